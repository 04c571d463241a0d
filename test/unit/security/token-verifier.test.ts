import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { Problem } from '../../../broker/core/model/problem.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { createLocalTokens } from '../../../security/tokens/local-tokens.ts'
import type { Revocation } from '../../../security/tokens/revocations.ts'
import { createTokenVerifier, type TrustedIssuer } from '../../../security/tokens/token-verifier.ts'
import { rejection } from '../../support/rejection.ts'

const ISSUER = 'https://issuer.example.org'
const AUDIENCE = 'urn:hub'
const START = 1_760_000_000

interface Signer {
  readonly jwk: JWK
  readonly spki: string
  sign(claims?: JWTPayload, header?: { alg?: string; typ?: string; kid?: string }): Promise<string>
}

async function signer(alg = 'ES256', kid = 'one'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    spki: await exportSPKI(publicKey),
    sign: (claims = {}, header = {}) =>
      new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'abc', exp: START + 600, role: ['a'], ...claims })
        .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
        .sign(privateKey),
  }
}

/** Puts a token together by hand, signed or not. */
const byHand = (header: object, claims: object, signature = '') =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${signature}`

async function refusal(promise: Promise<unknown>): Promise<Problem> {
  const error = await rejection(promise)
  if (!(error instanceof Problem)) throw new Error(`No problem but ${String(error)}`)
  return error
}

describe('security/tokens: createTokenVerifier', () => {
  const egress = createEgress({ mode: 'open' })
  let now = START
  let one: Signer
  let other: Signer
  const verifierOf = (more: Partial<TrustedIssuer> = {}) =>
    createTokenVerifier({
      issuers: [
        { issuer: ISSUER, audience: AUDIENCE, keys: () => ({ keys: [{ kty: 'EC', ...one.jwk }] }), ...more },
      ],
      egress,
      clock: () => now * 1_000_000,
    })

  before(async () => {
    one = await signer()
    other = await signer()
  })
  beforeEach(() => {
    now = START
  })
  after(() => egress.close())

  it('answers the claims of a good token', async () => {
    const token = await one.sign({
      role: ['a', 'b'],
      organisation: 'o',
      city: 'c',
      purpose: 'p',
      client_id: 'x',
      account: 'n',
    })
    expect(await verifierOf().verify(token)).to.deep.equal({
      subject: 'abc',
      issuer: ISSUER,
      roles: ['a', 'b'],
      organisation: 'o',
      city: 'c',
      purpose: 'p',
      purposes: ['p'],
      client: 'x',
      name: 'n',
      expiresAt: START + 600,
      anonymous: false,
    })
  })

  it('takes a role that is one text, and JWT as type or none', async () => {
    expect((await verifierOf().verify(await one.sign({ role: 'a' }))).roles).to.deep.equal(['a'])
    await verifierOf().verify(await one.sign({}, { typ: 'JWT' }))
  })

  const CASES: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
    ['an expired token', () => one.sign({ exp: START - 31 }), /is expired/],
    ['a token without end', () => one.sign({ exp: undefined } as unknown as JWTPayload), /never ends/],
    ['a token that is not valid yet', () => one.sign({ nbf: START + 31 }), /not valid yet/],
    ['a token of another issuer', () => one.sign({ iss: 'https://evil.example.org' }), /unknown issuer/],
    ['a token without issuer', () => one.sign({ iss: undefined } as unknown as JWTPayload), /unknown issuer/],
    ['a token for another audience', () => one.sign({ aud: 'urn:other' }), /wrong audience/],
    [
      'a token without audience',
      () => one.sign({ aud: undefined } as unknown as JWTPayload),
      /wrong audience/,
    ],
    ['a token without subject', () => one.sign({ sub: undefined } as unknown as JWTPayload), /no subject/],
    ['a token signed by somebody else', () => other.sign(), /bad signature/],
    ['a token of an unknown key', () => other.sign({}, { kid: 'two' }), /unknown key/],
    ['a token of another type', () => one.sign({}, { typ: 'logout+jwt' }), /another type/],
    [
      'alg none',
      () =>
        byHand({ alg: 'none', typ: 'at+jwt' }, { iss: ISSUER, aud: AUDIENCE, sub: 'abc', exp: START + 600 }),
      /is unsigned/,
    ],
    ['a token without its signature', async () => (await one.sign()).replace(/\.[^.]*$/, '.'), /is unsigned/],
    [
      'HS256 with the public key as secret',
      () =>
        new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'abc', exp: START + 600 })
          .setProtectedHeader({ alg: 'HS256', kid: 'one' })
          .sign(new TextEncoder().encode(one.spki)),
      /algorithm that is not accepted/,
    ],
    [
      'changed claims',
      async () =>
        (await one.sign()).replace(
          /\.[^.]*\./,
          `.${Buffer.from(JSON.stringify({ iss: ISSUER, aud: AUDIENCE, sub: 'root', exp: START + 600 })).toString('base64url')}.`,
        ),
      /bad signature/,
    ],
    ['text that is no token', () => 'hello', /no signed JWT/],
    ['an encrypted token', () => 'a.b.c.d.e', /no signed JWT/],
    ['a giant', () => 'x'.repeat(20_000), /too long/],
  ]
  for (const [what, make, telling] of CASES) {
    it(`refuses ${what}`, async () => {
      const token = await make()
      const problem = await refusal(verifierOf().verify(token))
      expect(problem.code).to.equal('Unauthorized')
      expect(problem.message).to.match(telling)
      expect(problem.headers['WWW-Authenticate']).to.match(/^Bearer error="invalid_token"/)
      for (const part of ['evil', 'abc', 'root', ...token.split('.').filter((each) => each.length > 3)]) {
        expect(JSON.stringify([problem.message, problem.headers, problem.members])).not.to.contain(part)
      }
    })
  }

  it('gives clocks 30 seconds', async () => {
    await verifierOf().verify(await one.sign({ exp: START - 29 }))
    await verifierOf().verify(await one.sign({ nbf: START + 29 }))
  })

  it('remembers what it verified, but not beyond its end', async () => {
    const verifier = verifierOf()
    const token = await one.sign()
    const first = await verifier.verify(token)
    expect(await verifier.verify(token)).to.equal(first)
    now = START + 631
    expect((await refusal(verifier.verify(token))).message).to.match(/is expired/)
  })

  it('keeps tokens apart that come in turns', async () => {
    const verifier = verifierOf()
    const forged = await other.sign({ role: ['b'] })
    const [short, long] = [await one.sign({ exp: START + 60 }), await one.sign({ role: ['b'] })]
    const [first, second] = [await verifier.verify(short), await verifier.verify(long)]
    for (const token of [short, long, long, short]) {
      expect(verifier.known(token)).to.equal(token === short ? first : second)
      expect(verifier.known(forged)).to.equal(undefined)
      expect((await refusal(verifier.verify(forged))).message).to.match(/bad signature/)
    }
    expect(verifier.known(short)).to.equal(first)
    now = START + 120
    expect(verifier.known(short)).to.equal(undefined)
    expect(verifier.known(long)).to.equal(second)
  })

  it('forgets what is revoked, and goes through no other that it remembers', async () => {
    let asked = 0
    let tell: (revocation: Revocation) => void = () => undefined
    const verifier = createTokenVerifier({
      issuers: [{ issuer: ISSUER, audience: AUDIENCE, keys: () => ({ keys: [{ kty: 'EC', ...one.jwk }] }) }],
      egress,
      clock: () => now * 1_000_000,
      revocations: {
        isRevoked: () => ++asked === 0,
        follow: (told) => {
          tell = told
        },
      },
    })
    const [first, second] = [await one.sign({ jti: '1' }), await one.sign({ jti: '2' })]
    await verifier.verify(first)
    await verifier.verify(second)
    expect(asked).to.equal(2)
    tell({ issuer: ISSUER, kind: 'token', id: '1' })
    expect(verifier.known(first)).to.equal(undefined)
    expect(verifier.known(second)).to.include({ tokenId: '2' })
    expect(asked).to.equal(2)
  })

  it('takes claims from where an issuer has them, and only the roles that it may give', async () => {
    const verifier = verifierOf({
      claims: { role: 'realm_access.roles', city: 'address.city' },
      roles: ['operator'],
    })
    const token = await one.sign({
      realm_access: { roles: ['operator', 'dpo', 7] },
      address: { city: 'pho-yen' },
    })
    expect(await verifier.verify(token)).to.deep.include({ roles: ['operator'], city: 'pho-yen' })
  })

  it('reads assurance, purposes, tenants and what a token is bound to as its issuer is configured', async () => {
    const verifier = verifierOf({ assurance: { gold: 2 }, purposes: ['repair', 'audit'], tenants: ['a'] })
    const claims = async (members: JWTPayload) => verifier.verify(await one.sign(members))
    expect(await claims({ acr: 'gold', auth_time: START - 5, purpose: ['audit', 'fun'] })).to.deep.include({
      assurance: 2,
      authenticatedAt: START - 5,
      purpose: 'audit',
      purposes: ['audit'],
      tenants: ['a'],
    })
    const other = await claims({ acr: 'aal3', cnf: { jkt: 'k', 'x5t#S256': 'c' } })
    expect(other).to.deep.include({
      purposes: ['repair', 'audit'],
      confirmation: { key: 'k', certificate: 'c' },
    })
    expect(other).to.not.have.any.keys('assurance', 'purpose')
    for (const cnf of [{}, 'x', { kid: 'k' }, { jkt: 'k', jwk: {} }])
      expect((await claims({ cnf })).confirmation, JSON.stringify(cnf)).to.deep.equal({ other: true })
  })

  it('takes the other algorithms that issuers use', async () => {
    for (const alg of ['RS256', 'PS256', 'EdDSA']) {
      const each = await signer(alg)
      const verifier = verifierOf({ keys: () => ({ keys: [{ kty: 'x', ...each.jwk }] }) })
      expect((await verifier.verify(await each.sign())).subject, alg).to.equal('abc')
    }
  })

  describe('with an issuer elsewhere', () => {
    let server: Server
    let issuer: string
    let keys: JWK[]
    let up: boolean
    let asked: string[]
    let named: string | undefined
    const verifier = () =>
      createTokenVerifier({ issuers: [{ issuer, audience: AUDIENCE }], egress, clock: () => now * 1_000_000 })

    beforeEach(async () => {
      keys = [one.jwk]
      up = true
      asked = []
      named = undefined
      server = createServer((request, answer) => {
        asked.push(request.url ?? '')
        if (!up) return void answer.writeHead(503).end()
        const discovery = { issuer: named ?? issuer, jwks_uri: `${issuer}/keys` }
        answer.end(JSON.stringify(request.url?.endsWith('/keys') ? { keys } : discovery))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/oidc` // it listens on a port
    })
    afterEach(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    })

    it('finds its keys by discovery, once for requests at the same time', async () => {
      const from = verifier()
      const tokens = await Promise.all(['1', '2', '3'].map((sub) => one.sign({ iss: issuer, sub })))
      await Promise.all(tokens.map((token) => from.verify(token)))
      expect(asked).to.deep.equal(['/oidc/.well-known/openid-configuration', '/oidc/keys'])
    })

    it('goes on with kept keys when the issuer is away', async () => {
      const from = verifier()
      await from.verify(await one.sign({ iss: issuer }))
      up = false
      now += 3600
      expect((await from.verify(await one.sign({ iss: issuer, exp: now + 60 }))).subject).to.equal('abc')
      expect(asked.length).to.be.greaterThan(2)
    })

    it('asks again for a new key, but not at every token with an unknown one', async () => {
      const from = verifier()
      await from.verify(await one.sign({ iss: issuer }))
      const next = await signer('ES256', 'two')
      keys = [one.jwk, next.jwk]
      now += 31
      await from.verify(await next.sign({ iss: issuer }))
      const before = asked.length
      const stranger = await signer('ES256', 'three')
      for (const sub of ['1', '2', '3']) await refusal(from.verify(await stranger.sign({ iss: issuer, sub })))
      expect(asked.length).to.equal(before)
    })

    it('says that the issuer is away when it never had its keys', async () => {
      up = false
      const problem = await refusal(verifier().verify(await one.sign({ iss: issuer })))
      expect(problem.code).to.equal('ServiceUnavailable')
    })

    it('does not believe the configuration of another issuer', async () => {
      named = 'https://evil.example.org'
      expect((await refusal(verifier().verify(await one.sign({ iss: issuer })))).code).to.equal(
        'ServiceUnavailable',
      )
    })

    it('never takes a shared secret from a key set', async () => {
      keys = [{ kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url'), kid: 'one', alg: 'HS256' }]
      const token = await new SignJWT({ iss: issuer, aud: AUDIENCE, sub: 'abc', exp: START + 600 })
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .sign(Buffer.alloc(32, 1))
      expect((await refusal(verifier().verify(token))).code).to.equal('Unauthorized')
    })
  })
})

describe('security/tokens: createLocalTokens', () => {
  it('takes what it issued, and nothing else', () => {
    const tokens = createLocalTokens()
    const token = tokens.issue('feed.air', ['feed'], { city: 'pho-yen' })
    expect(tokens.verify(token)).to.deep.include({
      roles: ['feed'],
      name: 'feed.air',
      city: 'pho-yen',
      issuer: 'local',
    })
    for (const bad of [
      '',
      'local.',
      'local.0.',
      'local.0.AAAA',
      `${token}A`,
      token.replace('local.0', 'local.1'),
      'x',
    ]) {
      expect(tokens.verify(bad), bad).to.equal(undefined)
    }
    expect(createLocalTokens().verify(token)).to.equal(undefined)
  })
})
