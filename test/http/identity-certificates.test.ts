import { X509Certificate } from 'node:crypto'
import { createServer, type RequestOptions, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { decodeJwt } from 'jose'
import { type Certificates, hasOpenssl, makeCertificates } from '../support/certificates.ts'
import { type IdentityServer, startIdentity } from './identity-server.ts'

describe(
  hasOpenssl() ? 'machines with certificates (RFC 8705)' : 'SKIPPED: machines with certificates (no openssl)',
  () => {
    let identity: IdentityServer
    let server: Server
    let made: Certificates
    before(async function () {
      if (!hasOpenssl()) return this.skip()
      made = makeCertificates()
      identity = await startIdentity({
        clients: [
          { id: 'station', certificate: 'client.example', roles: ['feed'] },
          { id: 'other', certificate: 'other.example', roles: ['feed'] },
        ],
      })
      const { certificate: cert, key } = made.server
      server = createServer(
        { cert, key, ca: made.authority.certificate, requestCert: true, rejectUnauthorized: false },
        (incoming, response) => {
          Object.assign(incoming, { originalUrl: incoming.url })
          incoming.url = incoming.url?.replace(/^\/oidc/, '')
          identity.provider.callback(incoming, response)
        },
      )
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    })
    after(async () => {
      if (!server) return
      await new Promise((resolve) => server.close(resolve))
      await identity.stop()
    })

    const ask = (client: string, shown: Pick<RequestOptions, 'cert' | 'key'>) =>
      new Promise<{ readonly status: number; readonly json: Record<string, unknown> }>((resolve, reject) => {
        const { port } = server.address() as AddressInfo // it listens on a port
        const sent = request(
          {
            ...{ host: '127.0.0.1', port, path: '/oidc/token', method: 'POST', agent: false, ...shown },
            ca: made.authority.certificate,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          },
          (answer) => {
            let text = ''
            answer.setEncoding('utf8').on('data', (part: string) => {
              text += part
            })
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, json: JSON.parse(text) }))
          },
        )
        sent.on('error', reject)
        sent.end(`grant_type=client_credentials&client_id=${client}`)
      })

    it('get tokens that are bound to them', async () => {
      const { certificate: cert, key } = made.client
      const { status, json } = await ask('station', { cert, key })
      expect(status, JSON.stringify(json)).to.equal(200)
      const thumbprint = Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(':', ''), 'hex')
      expect(decodeJwt(String(json.access_token))).to.deep.include({
        role: ['feed'],
        cnf: { 'x5t#S256': thumbprint.toString('base64url') },
      })
    })

    it('get none without, with that of another name, or with one that nobody vouches for', async () => {
      const { certificate: cert, key } = made.client
      const { certificate: foreign, key: foreignKey } = makeCertificates().client
      for (const { status, json } of [
        await ask('station', {}),
        await ask('other', { cert, key }),
        await ask('station', { cert: foreign, key: foreignKey }),
      ]) {
        expect(status).to.equal(401)
        expect(json.error).to.equal('invalid_client')
      }
    })
  },
)
