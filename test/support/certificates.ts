import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate and its key: PEM texts, and the files that hold them. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
  readonly certificateFile: string
  readonly keyFile: string
}

/** An authority with a server on loopback and a client that it has certified. */
export interface Certificates {
  readonly authority: Certificate
  readonly server: Certificate
  readonly client: Certificate
}

/** Tells whether certificates can be made on this machine. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Makes certificates that hold for two days. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'hub-certificates-'))
  const openssl = (...parts: string[]): void => {
    execFileSync('openssl', parts, { cwd: folder, stdio: 'ignore' })
  }
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'authority.key',
    '-out',
    'authority.crt',
    '-days',
    '2',
    '-subj',
    '/CN=Authority',
  )
  const issue = (name: string, extensions: string): Certificate => {
    writeFileSync(join(folder, `${name}.ext`), extensions)
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    const by = ['-CA', 'authority.crt', '-CAkey', 'authority.key', '-CAcreateserial']
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    )
    return read(folder, name)
  }
  return {
    authority: read(folder, 'authority'),
    server: issue('server', 'subjectAltName=DNS:localhost,IP:127.0.0.1'),
    client: issue('client', 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:client.example'),
  }
}

function read(folder: string, name: string): Certificate {
  const certificateFile = join(folder, `${name}.crt`)
  const keyFile = join(folder, `${name}.key`)
  return {
    certificateFile,
    keyFile,
    certificate: readFileSync(certificateFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
  }
}
