import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { packageRoot } from '../../ontology/package-root.ts'
import { openEvents } from '../support/event-stream.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { makeProofKey, type ProofKey } from '../support/proof.ts'
import { until } from '../support/until.ts'

const AUDIENCE = 'urn:urban-data-hub'
const NOW = Math.floor(Date.now() / 1000)
const PATH = '/ngsi-ld/v1/entities?type=ServiceRequest'
const EVENTS = '/hub/v1/events'
const TENANT = 'trusting'
const POLICIES = `
rules:
  - id: fitter.reads
    effect: permit
    subject: { role: fitter, purpose: repair }
    action: read
    obligations: { log: true }
  - { id: fitter.adds, effect: permit, subject: { role: fitter }, action: create }
  - { id: fitter.removes, effect: permit, subject: { role: fitter, assurance: 2 }, action: delete }
`

/** Headers with which a bad request comes. */
type Bad = Readonly<Record<string, string>>

describe('e2e: tokens', () => {
  let issuer: Server
  let url: string
  let hub: TestHub
  let trusted: CryptoKey
  let stranger: CryptoKey
  let spki: string
  let key: ProofKey
  let begun: number
  const data = mkdtempSync(join(tmpdir(), 'hub-tokens-'))

  before(async () => {
    const keys = await generateKeyPair('ES256', { extractable: true })
    trusted = keys.privateKey
    spki = await exportSPKI(keys.publicKey)
    stranger = (await generateKeyPair('ES256')).privateKey
    key = await makeProofKey()
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: '1', alg: 'ES256', use: 'sig' }
    issuer = createServer((_, response) => {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [jwk] }))
    })
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}` // it listens on a port
    const policies = join(data, 'fitters.yaml')
    writeFileSync(policies, POLICIES)
    hub = await startTestHub({
      data,
      'auth.mode': 'required',
      'auth.policies': [join(packageRoot, 'config/policies/demo.yaml'), policies],
      'auth.issuers': [
        {
          issuer: url,
          jwksUri: `${url}/jwks`,
          assurance: { silver: 1, gold: 2 },
        },
        { issuer: `${url}/second`, jwksUri: `${url}/jwks`, tenants: [TENANT] },
      ],
      'egress.allow': [url],
      'changes.heartbeat': 500,
    })
    begun = Math.floor(Date.now() / 1000)
  })
  after(async () => {
    await hub.stop()
    await new Promise((resolve) => issuer.close(resolve))
    rmSync(data, { recursive: true, force: true })
  })

  const claims = (): Record<string, unknown> => ({
    iss: url,
    aud: AUDIENCE,
    sub: 'x',
    role: ['dpo'],
    jti: randomUUID(),
    iat: NOW - 60,
    exp: NOW + 600,
  })
  const signed = (members: object = {}, by = trusted, header: object = {}): Promise<string> =>
    new SignJWT({ ...claims(), ...members })
      .setProtectedHeader({ alg: 'ES256', kid: '1', typ: 'at+jwt', ...header })
      .sign(by)
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const bearer = async (token: string | Promise<string>): Promise<Bad> => ({
    Authorization: `Bearer ${await token}`,
  })
  const bound = (): Promise<string> => signed({ cnf: { jkt: key.jkt } })
  const target = (): string => `${hub.url}/ngsi-ld/v1/entities`
  /** A good proof holds the nonce that the hub asked for, as right after its start. */
  const proven = async (token: string, more: object = {}, by = key): Promise<Bad> => {
    const members = { nonce: await nonce() }
    const proof = await by.proof({
      htu: target(),
      token,
      ...more,
      members: { ...members, ...memberOf(more) },
    })
    return { Authorization: `DPoP ${token}`, DPoP: proof }
  }
  const memberOf = (more: { readonly members?: object }): object => more.members ?? {}
  const nonce = async (): Promise<string> => {
    const token = await bound()
    const proof = await key.proof({ htu: target(), token, iat: begun })
    const { headers } = await ask({ Authorization: `DPoP ${token}`, DPoP: proof })
    return String(headers['dpop-nonce'])
  }
  const ask = (headers: Bad, path = PATH) => hub.send(path, { headers })
  const revoke = async (body: object, role = 'administrator') =>
    hub.send('/hub/v1/revocations', {
      method: 'POST',
      body: { issuer: url, ...body },
      headers: { ...(await bearer(signed({ role, sub: 'admin' }))), 'Content-Type': 'application/json' },
    })

  it('a good one of a trusted issuer answers 200', async () => {
    expect((await ask(await bearer(signed()))).status).to.equal(200)
    expect((await ask(await proven(await bound()))).status).to.equal(200)
  })

  const INVALID = /^Bearer error="invalid_token", error_description="[^"]+"$/
  const INVALID_DPOP = /^DPoP error="invalid_token", error_description="[^"]+", algs="[\w ]+"$/
  const INVALID_PROOF = /^DPoP error="invalid_dpop_proof", error_description="[^"]+", algs="[\w ]+"$/
  const WANTED = /^Bearer realm="hub", DPoP algs="ES256 PS256 RS256 EdDSA"$/

  const BAD: readonly (readonly [what: string, challenge: RegExp, make: () => Promise<Bad> | Bad])[] = [
    ['none', WANTED, () => ({})],
    ['of another scheme', WANTED, () => ({ Authorization: 'Basic ZHBvOmRwbw==' })],
    ['that is no JWT', INVALID, () => bearer('nonsense')],
    ['that has expired', INVALID, () => bearer(signed({ exp: NOW - 30_000 }))],
    ['that is not valid yet', INVALID, () => bearer(signed({ nbf: NOW + 30_000 }))],
    ['for a wrong audience', INVALID, () => bearer(signed({ aud: 'urn:another' }))],
    ['of a wrong issuer', INVALID, () => bearer(signed({ iss: 'https://example.org' }))],
    ['signed with a key that is not the issuer’s', INVALID, () => bearer(signed({}, stranger))],
    ['of an unknown key', INVALID, () => bearer(signed({}, stranger, { kid: '2' }))],
    [
      'without a signature (alg none)',
      INVALID,
      () => bearer(`${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims())}.`),
    ],
    [
      'signed as HS256 with the public key as secret',
      INVALID,
      () =>
        bearer(
          new SignJWT(claims())
            .setProtectedHeader({ alg: 'HS256', kid: '1', typ: 'at+jwt' })
            .sign(new TextEncoder().encode(spki)),
        ),
    ],
    ['that is truncated', INVALID, async () => bearer((await signed()).slice(0, -7))],
    [
      'with another payload under a good signature',
      INVALID,
      async () => {
        const [header, , signature] = (await signed({ role: ['public'] })).split('.')
        return bearer(`${header}.${part(claims())}.${signature}`)
      },
    ],
    [
      'that is revoked',
      INVALID,
      async () => {
        const [token, jti] = [await signed({ jti: 'r1' }), 'r1']
        expect((await ask(await bearer(token))).status).to.equal(200)
        expect((await revoke({ kind: 'token', id: jti })).status).to.equal(204)
        return bearer(token)
      },
    ],
    [
      'of a revoked subject',
      INVALID,
      async () => {
        expect((await revoke({ kind: 'subject', id: 'gone' })).status).to.equal(204)
        return bearer(signed({ sub: 'gone' }))
      },
    ],
    ['bound to a key and sent as a bearer token', INVALID, async () => bearer(bound())],
    ['bound in an unknown way', INVALID, () => bearer(signed({ cnf: { kid: 'x' } }))],
    ['bound to a certificate that is not shown', INVALID, () => bearer(signed({ cnf: { 'x5t#S256': 'x' } }))],
    ['that is no bound one and sent with a proof', INVALID_DPOP, async () => proven(await signed())],
    ['without its proof', INVALID_PROOF, async () => ({ Authorization: `DPoP ${await bound()}` })],
    [
      'with a replayed proof',
      INVALID_PROOF,
      async () => {
        const headers = await proven(await bound())
        expect((await ask(headers)).status).to.equal(200)
        return headers
      },
    ],
    ['with a proof for another method', INVALID_PROOF, async () => proven(await bound(), { htm: 'POST' })],
    [
      'with a proof for another URL',
      INVALID_PROOF,
      async () => proven(await bound(), { htu: `${hub.url}/ngsi-ld/v1/types` }),
    ],
    [
      'with a proof for a URL that the request claims',
      INVALID_PROOF,
      async () => ({
        ...(await proven(await bound(), { htu: 'https://evil.example.org/ngsi-ld/v1/entities' })),
        'X-Forwarded-Host': 'evil.example.org',
        'X-Forwarded-Proto': 'https',
      }),
    ],
    [
      'with a proof for another token',
      INVALID_PROOF,
      async () => {
        const token = await bound()
        return { ...(await proven(token, { members: { ath: 'x' } })) }
      },
    ],
    ['with an old proof', INVALID_PROOF, async () => proven(await bound(), { iat: NOW - 3600 })],
    ['with a proof of the future', INVALID_PROOF, async () => proven(await bound(), { iat: NOW + 3600 })],
    [
      'with a proof of another key',
      INVALID_DPOP,
      async () => proven(await bound(), {}, await makeProofKey()),
    ],
    [
      'with a proof that brings a private key along',
      INVALID_PROOF,
      async () => {
        const token = await bound()
        const proof = await key.proof({ htu: target(), token }, { jwk: { ...key.jwk, d: 'x' } })
        return { Authorization: `DPoP ${token}`, DPoP: proof }
      },
    ],
    [
      'with two proofs',
      INVALID_PROOF,
      async () => {
        const headers = await proven(await bound())
        return { ...headers, DPoP: `${headers.DPoP}, ${headers.DPoP}` }
      },
    ],
    [
      'with a proof that may be from before the hub began',
      /^DPoP error="use_dpop_nonce", /,
      async () => {
        const token = await bound()
        const proof = await key.proof({ htu: target(), token, iat: begun })
        return { Authorization: `DPoP ${token}`, DPoP: proof }
      },
    ],
  ]

  for (const [what, challenge, make] of BAD) {
    it(`one ${what} answers 401 and is not repeated`, async () => {
      const headers = await make()
      const answer = await ask(headers)
      expect(answer.status, answer.text).to.equal(401)
      expect(answer.headers['www-authenticate']).to.match(challenge)
      const secrets = Object.values(headers).flatMap((value) => value.split(/[ .]/))
      for (const secret of secrets.filter(({ length }) => length > 20))
        expect(JSON.stringify(answer.headers) + answer.text).to.not.include(secret)
      // streams are asked for like anything else
      const stream = await ask(headers, EVENTS)
      expect(stream.status, stream.text).to.equal(401)
    })
  }

  it('revoking needs a right, and ends what runs', async () => {
    expect((await revoke({ kind: 'token', id: 'x' }, 'public')).status).to.equal(403)
    expect((await revoke({ kind: 'everything', id: 'x' })).status).to.equal(400)
    const token = await signed({ sid: 's1' })
    const events = await openEvents(`${hub.url}${EVENTS}`, await bearer(token))
    expect(events.status).to.equal(200)
    expect((await revoke({ kind: 'session', id: 's1' })).status).to.equal(204)
    expect((await ask(await bearer(token))).status).to.equal(401)
    expect((await ask(await bearer(signed({ sid: 's2' })))).status).to.equal(200)
    await until('the stream to end', () => events.end.over)
    expect(events.end.reason).to.equal('Access token is revoked')
  })

  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  const records = (operation: string): readonly any[] =>
    readdirSync(join(data, 'audit'))
      .filter((name) => /^\d/.test(name))
      .sort()
      .flatMap((name) =>
        readFileSync(join(data, 'audit', name), 'utf8')
          .trimEnd()
          .split('\n'),
      )
      .map((line) => JSON.parse(line))
      .filter(({ kind, operation: of }) => of === operation && kind !== 'counted')
  const fitter = async (members: object = {}): Promise<Bad> => bearer(signed({ role: 'fitter', ...members }))
  const add = (id: string, headers: Bad) =>
    hub.send('/ngsi-ld/v1/entities', { method: 'POST', body: { id, type: 'ServiceRequest' }, headers })

  it('leaves on record who revoked what kind of whose, and nobody’s name', async () => {
    expect((await revoke({ kind: 'subject', id: 'somebody' })).status).to.equal(204)
    const record = records('tokens.revoke').at(-1)
    expect(record).to.deep.include({ outcome: 'done', roles: ['administrator'] })
    expect(record.details).to.deep.equal({ kind: 'subject', issuer: url })
    expect(JSON.stringify(record)).not.to.include('somebody')
    expect((await revoke({ kind: 'issuer', id: 'another' })).status).to.equal(400)
  })

  it('is for the purpose that is picked of those that it carries: rules and records go by it', async () => {
    const headers = await fitter({ purpose: ['statistics', 'repair'] })
    const repairing = { ...headers, 'Hub-Purpose': 'repair' }
    expect((await add('urn:ngsi-ld:ServiceRequest:purpose', repairing)).status).to.equal(201)
    const before = records('GET /ngsi-ld/v1/entities').length
    expect((await ask(headers)).status, 'the first is in force').to.equal(403)
    expect((await ask({ ...headers, 'Hub-Purpose': 'research' })).status, 'none of its own').to.equal(403)
    const answer = await ask(repairing)
    expect(answer.status, answer.text).to.equal(200)
    expect(answer.body).to.have.length(1)
    // the rule has `log`, and nothing of a person was shown
    const [record, ...others] = records('GET /ngsi-ld/v1/entities').slice(before)
    expect(others).to.deep.equal([])
    expect(record).to.deep.include({ outcome: 'permit', roles: ['fitter'], purpose: 'repair' })
    expect(record.rules).to.deep.equal(['fitter.reads'])
  })

  it('asks for a better sign-in where that would do, and nowhere else', async () => {
    const path = '/ngsi-ld/v1/entities/urn:ngsi-ld:ServiceRequest:step'
    const signedIn = (acr: string) => fitter({ acr, purpose: 'repair' })
    const [silver, gold] = [await signedIn('silver'), await signedIn('gold')]
    expect((await add('urn:ngsi-ld:ServiceRequest:step', silver)).status).to.equal(201)
    const weak = await hub.send(path, { method: 'DELETE', headers: silver })
    expect(weak.status, weak.text).to.equal(401)
    expect(weak.headers['www-authenticate']).to.match(
      /^Bearer error="insufficient_user_authentication", error_description="[^"]+", acr_values="gold"$/,
    )
    const body = { status: { type: 'Property', value: 'closed' } }
    const never = await hub.send(`${path}/attrs`, { method: 'PATCH', body, headers: silver })
    expect(never.status).to.equal(403)
    expect(never.headers).to.not.have.property('www-authenticate')
    expect((await hub.send(path, { method: 'DELETE', headers: gold })).status).to.equal(204)
  })

  it('of an issuer that is trusted in one tenant answers 401 in all others', async () => {
    const members = { iss: `${url}/second`, purpose: 'repair' }
    const id = 'urn:ngsi-ld:ServiceRequest:tenant'
    const within = async (tenant: object) => ({ ...(await fitter(members)), ...tenant })
    const trusting = await within({ 'NGSILD-Tenant': TENANT })
    expect((await add(id, trusting)).status).to.equal(201)
    expect((await ask(trusting)).body).to.have.length(1)
    const weak = { ...(await fitter({ ...members, acr: 'aal1' })), 'NGSILD-Tenant': TENANT }
    const step = await hub.send(`/ngsi-ld/v1/entities/${id}`, { method: 'DELETE', headers: weak })
    expect(step.headers['www-authenticate'], step.text).to.match(/, acr_values="aal2 aal3"$/)
    const general = await fitter({ purpose: 'repair' })
    expect((await add(id, { ...general, 'NGSILD-Tenant': 'other' })).status).to.equal(201)
    for (const tenant of [{ 'NGSILD-Tenant': 'other' }, {}]) {
      const headers = await within(tenant)
      for (const { status, headers: told } of [await ask(headers), await add(`${id}:2`, headers)]) {
        expect(status, JSON.stringify(tenant)).to.equal(401)
        expect(told['www-authenticate']).to.match(INVALID)
      }
    }
  })

  for (const upgrade of [false, true]) {
    it(`a head of 1 MB is refused with 431${upgrade ? ' where a socket is asked for' : ''}`, async () => {
      const { hostname, port } = new URL(hub.url)
      const socket = connect(Number(port), hostname)
      const lines = [
        `GET ${EVENTS} HTTP/1.1`,
        'Host: hub',
        ...(upgrade ? ['Connection: Upgrade', 'Upgrade: websocket'] : []),
        `Authorization: Bearer ${'x'.repeat(1_048_576)}`,
      ]
      let answer = ''
      socket.on('data', (piece) => {
        answer += String(piece)
      })
      socket.write(`${lines.join('\r\n')}\r\n\r\n`)
      await new Promise((resolve, reject) => socket.once('end', resolve).once('error', reject))
      socket.destroy()
      expect(answer).to.match(/^HTTP\/1\.1 431 /)
      expect(answer).to.include('"status":431').and.not.include('xxx')
    })
  }
})
