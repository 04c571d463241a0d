import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { packageRoot } from '../../ontology/package-root.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const AUDIENCE = 'urn:urban-data-hub'
const NOW = Math.floor(Date.now() / 1000)

describe('e2e: tokens', () => {
  let issuer: Server
  let url: string
  let hub: TestHub
  let trusted: CryptoKey
  let stranger: CryptoKey

  before(async function () {
    this.timeout(30_000)
    const keys = await generateKeyPair('ES256')
    trusted = keys.privateKey
    stranger = (await generateKeyPair('ES256')).privateKey
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: '1', alg: 'ES256', use: 'sig' }
    issuer = createServer((_, response) => {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}` // it listens on a port
    hub = await startTestHub({
      'auth.mode': 'required',
      'auth.policies': [join(packageRoot, 'config/policies/demo.yaml')],
      'auth.issuers': [{ issuer: url, jwksUri: `${url}/jwks` }],
      'egress.allow': [url],
    })
  })
  after(async () => {
    await hub.stop()
    await new Promise((resolve) => issuer.close(resolve))
  })

  const claims = (): Record<string, unknown> => ({
    iss: url,
    aud: AUDIENCE,
    sub: 'x',
    role: ['dpo'],
    iat: NOW - 60,
    exp: NOW + 600,
  })
  const signed = (members: object = {}, key = trusted): Promise<string> =>
    new SignJWT({ ...claims(), ...members })
      .setProtectedHeader({ alg: 'ES256', kid: '1', typ: 'at+jwt' })
      .sign(key)
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const ask = (authorization: string) =>
    hub.send('/ngsi-ld/v1/entities?type=ServiceRequest', { headers: { Authorization: authorization } })

  it('a good one of a trusted issuer answers 200', async () => {
    expect((await ask(`Bearer ${await signed()}`)).status).to.equal(200)
  })

  const BAD: Readonly<Record<string, () => Promise<string> | string>> = {
    'that has expired': async () => `Bearer ${await signed({ exp: NOW - 30_000 })}`,
    'that is not valid yet': async () => `Bearer ${await signed({ nbf: NOW + 30_000 })}`,
    'for somebody else': async () => `Bearer ${await signed({ aud: 'urn:another' })}`,
    'of an issuer that nobody trusts': async () => `Bearer ${await signed({ iss: 'https://example.org' })}`,
    'signed with a key that is not the issuer’s': async () => `Bearer ${await signed({}, stranger)}`,
    'without a signature (alg none)': () =>
      `Bearer ${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims())}.`,
    'with another payload under a good signature': async () => {
      const [header, , signature] = (await signed({ role: ['public'] })).split('.')
      return `Bearer ${header}.${part(claims())}.${signature}`
    },
    'that is no JWT': () => 'Bearer nonsense',
    'of another scheme': () => 'Basic ZHBvOmRwbw==',
  }

  for (const [what, make] of Object.entries(BAD)) {
    it(`one ${what} answers 401 and is not repeated`, async () => {
      const authorization = await make()
      const { status, headers, text } = await ask(authorization)
      expect(status, text).to.equal(401)
      expect(headers['www-authenticate']).to.match(/^Bearer/)
      expect(JSON.stringify(headers) + text).to.not.include(authorization.split(' ')[1])
    })
  }
})
