import { createHash, X509Certificate } from 'node:crypto'
import { copyFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { connect } from 'node:tls'
import { expect } from 'chai'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { packageRoot } from '../../ontology/package-root.ts'
import { type Certificates, hasOpenssl, makeCertificates } from '../support/certificates.ts'
import { startTestHub, type TestHub, testConfig } from '../support/hub.ts'
import { until } from '../support/until.ts'

const PATH = '/ngsi-ld/v1/entities?type=ServiceRequest'

const CREW = `rules:
  - { id: crew, effect: permit, subject: { role: crew, bound: certificate }, action: read }
`

describe('TLS', () => {
  let certificates: Certificates
  let issuer: Server
  let hub: TestHub
  let token: (members?: object) => Promise<string>

  before(async function () {
    if (!hasOpenssl()) this.skip()
    certificates = makeCertificates()
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const keys = [{ ...(await exportJWK(publicKey)), alg: 'ES256' }]
    issuer = createServer((_, response) => void response.end(JSON.stringify({ keys })))
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    const iss = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}` // it listens on a port
    token = (members = {}) =>
      new SignJWT({ iss, aud: 'urn:urban-data-hub', sub: 'x', role: 'dpo', ...members })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
        .setExpirationTime('10m')
        .sign(privateKey)
    const crew = join(dirname(certificates.client.certificateFile), 'crew.yaml')
    writeFileSync(crew, CREW)
    hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [join(packageRoot, 'config/policies/demo.yaml'), crew],
      'auth.issuers': [{ issuer: iss, jwksUri: iss }],
      'egress.allow': [iss],
      'listen.tls.certificate': certificates.server.certificateFile,
      'listen.tls.key': certificates.server.keyFile,
      'listen.tls.clientAuthorities': certificates.authority.certificateFile,
      'listen.tls.clients': 'request',
    })
  })
  after(async () => {
    await hub?.stop()
    await new Promise((resolve) => (issuer ? issuer.close(resolve) : resolve(undefined)))
  })

  const ask = (path: string, options: RequestOptions = {}) =>
    new Promise<{ status: number; headers: Readonly<Record<string, unknown>> }>((resolve, reject) => {
      const asked = request(`${hub.url}${path}`, {
        ...{ ca: certificates.authority.certificate, agent: false },
        ...options,
      })
      asked.once('response', (answer) => {
        answer.resume()
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }))
      })
      asked.once('error', reject).end()
    })
  const withClient = (): RequestOptions => ({
    cert: certificates.client.certificate,
    key: certificates.client.key,
  })

  it('is spoken where a certificate is configured, and browsers are told that there is no other way', async () => {
    expect(hub.url).to.match(/^https:/)
    for (const path of ['/health/live', PATH]) {
      const { headers } = await ask(path)
      expect(headers).to.include({
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      })
    }
  })

  it('binds tokens to the certificate of the connection (RFC 8705)', async () => {
    const { raw } = new X509Certificate(certificates.client.certificate)
    const bound = await token({ cnf: { 'x5t#S256': createHash('sha256').update(raw).digest('base64url') } })
    const headers = { Authorization: `Bearer ${bound}` }
    expect((await ask(PATH, { headers, ...withClient() })).status).to.equal(200)
    const without = await ask(PATH, { headers })
    expect(without.status).to.equal(401)
    expect(without.headers['www-authenticate']).to.match(/^Bearer error="invalid_token"/)
    const other = { cert: certificates.server.certificate, key: certificates.server.key }
    expect((await ask(PATH, { headers, ...other })).status).to.equal(401)
    expect((await ask(PATH, { headers: { Authorization: `Bearer ${await token()}` } })).status).to.equal(200)
  })

  it('lets rules ask for a certificate, and not just for the role', async () => {
    const { raw } = new X509Certificate(certificates.client.certificate)
    const cnf = { 'x5t#S256': createHash('sha256').update(raw).digest('base64url') }
    const asCrew = async (members: object) => {
      const headers = { Authorization: `Bearer ${await token({ role: 'crew', ...members })}` }
      return (await ask(PATH, { headers, ...withClient() })).status
    }
    expect(await asCrew({})).to.equal(403)
    expect(await asCrew({ cnf })).to.equal(200)
    expect(await asCrew({})).to.equal(403)
  })

  it('shows a new certificate when the files change, without a restart', async () => {
    const shown = () =>
      new Promise<string>((resolve, reject) => {
        const { hostname, port } = new URL(hub.url)
        const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN))
          socket.destroy()
        })
        socket.once('error', reject)
      })
    expect(await shown()).to.equal('server')
    copyFileSync(certificates.client.certificateFile, certificates.server.certificateFile)
    copyFileSync(certificates.client.keyFile, certificates.server.keyFile)
    await until('the other certificate to be shown', async () => (await shown()) === 'client')
  })

  it('refuses settings that do not go together', async () => {
    for (const settings of [
      { 'listen.tls.certificate': 'a.pem' },
      { 'listen.tls.clients': 'require' as const },
    ]) {
      let refused = false
      await testConfig({ 'auth.mode': 'off', ...settings }).catch(() => {
        refused = true
      })
      expect(refused, JSON.stringify(settings)).to.equal(true)
    }
  })
})
