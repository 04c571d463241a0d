import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
  SignJWT,
} from 'jose'
import {
  type Answer,
  authorizationPath,
  Browser,
  basic,
  beAhead,
  type IdentityServer,
  logIn,
  pkce,
  REDIRECT,
  redeem,
  SECRET,
  secretHash,
  startIdentity,
} from './identity-server.ts'

describe('what the identity provider gave, and takes back', () => {
  let identity: IdentityServer
  let browser: Browser
  let application: Server
  const told: string[] = []
  /** Tokens that the hub takes no more. */
  const taken = new Set<string>()

  before(async () => {
    application = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => told.push(text))
      request.on('end', () => response.writeHead(200).end())
    })
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
    const { port } = application.address() as AddressInfo // it listens on a port
    identity = await startIdentity({
      clients: [
        { id: 'portal', redirectUris: [REDIRECT], logoutUri: `http://127.0.0.1:${port}/logout` },
        { id: 'sensor', secret: await secretHash(), roles: ['feed'], bound: true },
        { id: 'hub.city', secret: await secretHash(), roles: ['hub'] },
        { id: 'hub.province', secret: await secretHash(), roles: ['hub'], audiences: ['urn:city'] },
      ],
      verify: async (text) => {
        const person = { subject: 'x', issuer: 'https://neighbour.example', anonymous: false }
        const neighbour = { ...person, roles: ['operator'], city: 'pho-yen', assurance: 2 }
        const purposes = { purpose: 'mending', purposes: ['mending', 'counting'] }
        const expiresAt = Date.now() / 1000 + 100
        if (text === 'token of a neighbour') return { ...neighbour, ...purposes, expiresAt }
        if (text === 'token for one tenant') return { ...neighbour, expiresAt, tenants: ['one'] }
        if (taken.has(text)) throw new Error('is revoked')
        return { ...person, issuer: String(decodeJwt(text).iss), roles: [] }
      },
    })
  })
  after(async () => {
    await identity.stop()
    await new Promise((resolve) => application.close(resolve))
  })
  beforeEach(() => {
    browser = new Browser(identity.url)
  })
  afterEach(async () => {
    await browser.close()
    expect(identity.failures).to.deep.equal([])
  })

  const logged = async (more: Record<string, string> = {}): Promise<Answer['json']> => {
    const { verifier, challenge } = pkce()
    const answer = await redeem(browser, await logIn(browser, challenge, more), verifier, more.client_id)
    expect(answer.status, answer.text).to.equal(200)
    return answer.json
  }
  const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    browser.send(`/oidc${path}`, { form, headers: { accept: 'application/json', ...headers } })
  const grantOf = (access: unknown) => String(decodeJwt(String(access)).grant)

  it('says of a login how, when, and for which grant it was', async () => {
    const { access_token: access } = await logged()
    const claims = decodeJwt(String(access))
    expect(claims).to.deep.include({ acr: 'aal1', amr: ['pwd'] })
    expect(claims.auth_time).to.be.a('number')
    expect(claims.grant).to.be.a('string').and.have.length.greaterThan(20)
    expect(claims.jti).to.be.a('string')
  })

  it('takes the grant back when a used refresh token comes again', async () => {
    const { access_token: access, refresh_token: first } = await logged()
    const refresh = (value: unknown) =>
      post('/token', {
        grant_type: 'refresh_token',
        client_id: 'console',
        refresh_token: String(value),
      })
    const second = await refresh(first)
    expect(decodeJwt(String(second.json.access_token))).to.deep.include({
      grant: grantOf(access),
      acr: 'aal1',
    })
    expect((await refresh(first)).json.error).to.equal('invalid_grant')
    expect(identity.revoked).to.include(`grant ${grantOf(access)}`)
    expect((await refresh(second.json.refresh_token)).json.error).to.equal('invalid_grant')
  })

  it('takes back one access token, or by a refresh token all of them', async () => {
    const { access_token: access, refresh_token: refresh } = await logged()
    const revoke = (value: unknown, client = 'console') =>
      post('/token/revocation', { token: String(value), client_id: client })
    expect((await revoke(access, 'portal')).status, 'of another client').to.equal(400)
    expect((await revoke('nonsense')).status).to.equal(200)
    expect((await revoke(access)).status).to.equal(200)
    expect(identity.revoked).to.include(`token ${decodeJwt(String(access)).jti}`)
    expect(identity.revoked).not.to.include(`grant ${grantOf(access)}`)
    expect((await revoke(refresh)).status).to.equal(200)
    expect(identity.revoked).to.include(`grant ${grantOf(access)}`)
  })

  it('tells a hub whether a token is good, and nobody else but its owner', async () => {
    const { access_token: access } = await logged()
    const ask = (id: string, value: unknown = access) =>
      post('/token/introspection', { token: String(value) }, basic(id, SECRET))
    const good = await ask('hub.city')
    expect(good.json).to.deep.include({ active: true, client_id: 'console', role: ['operator'] })
    expect((await ask('feeds')).json).to.deep.equal({ active: false })
    expect((await post('/token/introspection', { token: String(access) })).status).to.equal(400)
    await post('/token/revocation', { token: String(access), client_id: 'console' })
    expect((await ask('hub.city')).json).to.deep.equal({ active: false })
    expect((await ask('hub.city', `${access}x`)).json).to.deep.equal({ active: false })
  })

  it('ends the grants of a login with it, and tells applications', async () => {
    const { access_token: access, id_token: hint } = await logged({ client_id: 'portal' })
    const page = await browser.send(`/oidc/session/end?id_token_hint=${hint}`)
    const xsrf = /name="xsrf" value="(\w+)"/.exec(page.text)?.[1] ?? ''
    await browser.send('/oidc/session/end/confirm', { form: { xsrf, logout: 'yes' } })
    expect(identity.revoked).to.include(`grant ${grantOf(access)}`)
    const { payload } = await jwtVerify(
      new URLSearchParams(told.at(-1)).get('logout_token') ?? '',
      createLocalJWKSet(identity.provider.keys()),
      { issuer: identity.issuer, audience: 'portal' },
    )
    expect(payload.sub).to.equal(decodeJwt(String(access)).sub)
    expect(payload.sid).to.equal(decodeJwt(String(hint)).sid)
    expect(payload.events).to.deep.equal({ 'http://schemas.openid.net/event/backchannel-logout': {} })
    const again = await browser.send(authorizationPath(pkce().challenge))
    expect(String(again.headers.location)).to.contain('/interaction/')
  })

  describe('token exchange (RFC 8693)', () => {
    const exchange = (subject: unknown, more: Record<string, string> = {}, client = 'hub.province') =>
      post(
        '/token',
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: String(subject),
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          audience: 'urn:city',
          ...more,
        },
        basic(client, SECRET),
      )

    it('keeps the subject, and names who asked', async () => {
      const { access_token: access } = await logged()
      const { status, json } = await exchange(access)
      expect(status).to.equal(200)
      expect(json).to.include({
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      })
      const [before, after] = [access, json.access_token].map((text) => decodeJwt(String(text)))
      for (const claim of ['iss', 'sub', 'account', 'role', 'city', 'acr', 'amr', 'auth_time', 'grant'])
        expect(after?.[claim], claim).to.deep.equal(before?.[claim])
      expect(after).to.deep.include({
        aud: 'urn:city',
        client_id: 'hub.province',
        act: { sub: 'hub.province' },
      })
      expect(after?.exp).to.be.at.most(before?.exp ?? 0)
      expect(after?.jti).not.to.equal(before?.jti)
      expect(json.refresh_token).to.equal(undefined)
    })

    it('knows somebody of another issuer by a pseudonym', async () => {
      const { json } = await exchange('token of a neighbour')
      const claims = decodeJwt(String(json.access_token))
      expect(claims).to.deep.include({
        ...{ role: ['operator'], city: 'pho-yen', acr: 'aal2', purpose: ['mending', 'counting'] },
        act: { sub: 'hub.province' },
      })
      expect(claims.sub).to.match(/^[0-9a-f]{32}$/)
      expect(Number(claims.exp) - Number(claims.iat)).to.be.at.most(100)
    })

    it('is refused to others, for others, and of what is no token', async () => {
      const { access_token: access } = await logged()
      expect((await exchange(access, {}, 'hub.city')).status).to.equal(400)
      expect((await exchange(access, { audience: 'urn:elsewhere' })).json.error).to.equal('invalid_target')
      expect((await exchange(access, { actor_token: 'x' })).json.error).to.equal('invalid_request')
      for (const text of ['x', 'token for one tenant']) {
        expect((await exchange(text)).json.error, text).to.equal('invalid_request')
      }
      taken.add(String(access))
      expect((await exchange(access)).json.error, 'the hub takes it no more').to.equal('invalid_request')
      taken.clear()
      expect((await exchange(access, { subject_token_type: 'urn:x' })).json.error).to.equal('invalid_request')
      await post('/token/revocation', { token: String(access), client_id: 'console' })
      expect((await exchange(access)).json.error).to.equal('invalid_request')
    })
  })

  describe('proofs of possession (RFC 9449)', () => {
    const prove = async (more: object = {}) => {
      const { publicKey, privateKey } = await generateKeyPair('ES256')
      const jwk = await exportJWK(publicKey)
      const proof = (members: object = {}) =>
        new SignJWT({ htm: 'POST', htu: `${identity.issuer}/token`, jti: crypto.randomUUID(), ...members })
          .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
          .setIssuedAt()
          .sign(privateKey)
      return { proof: await proof(more), again: proof, thumbprint: await calculateJwkThumbprint(jwk) }
    }
    const ask = (headers: Record<string, string>) =>
      post('/token', { grant_type: 'client_credentials' }, { ...basic('sensor', SECRET), ...headers })

    it('bind the token to the key', async () => {
      const { proof, thumbprint } = await prove()
      const { status, json } = await ask({ dpop: proof })
      expect(status).to.equal(200)
      expect(json.token_type).to.equal('DPoP')
      expect(decodeJwt(String(json.access_token)).cnf).to.deep.equal({ jkt: thumbprint })
    })

    it('are asked of a client that has to give them, and are good once', async () => {
      expect((await ask({})).json.error).to.equal('invalid_grant')
      const { proof } = await prove()
      expect((await ask({ dpop: proof })).status).to.equal(200)
      expect((await ask({ dpop: proof })).json.error).to.equal('invalid_grant')
    })

    it('for another address are refused, and nonces are handed out', async () => {
      const { proof } = await prove({ htu: 'https://example.org/token' })
      expect((await ask({ dpop: proof })).json.error).to.equal('invalid_dpop_proof')
      const { again } = await prove()
      const { headers } = await ask({ dpop: await again() })
      expect(headers['dpop-nonce']).to.be.a('string')
      expect((await ask({ dpop: await again({ nonce: headers['dpop-nonce'] }) })).status).to.equal(200)
      expect((await ask({ dpop: await again({ nonce: 'made up' }) })).json.error).to.equal('use_dpop_nonce')
    })
  })

  describe('keys', () => {
    const kids = () => identity.provider.keys().keys.map(({ kid }) => kid)
    const signedWith = async () => {
      const { json } = await post('/token', { grant_type: 'client_credentials' }, basic('feeds', SECRET))
      return { kid: decodeProtectedHeader(String(json.access_token)).kid, access: String(json.access_token) }
    }
    const published = async () => (await browser.send('/oidc/jwks')).json as unknown as JSONWebKeySet

    it('are published before they sign, and as long as what they signed is good', async () => {
      const before = await signedWith()
      const [first, next] = kids()
      expect(before.kid).to.equal(first)
      await identity.provider.rotateKeys({ withdraw: false })
      const after = await signedWith()
      expect(after.kid).to.equal(next)
      expect(kids()).to.include(first).and.have.length(3)
      for (const { access } of [before, after])
        await jwtVerify(access, createLocalJWKSet(await published()), { issuer: identity.issuer })
    })

    it('change by themselves when they are old, and are forgotten in the end', async () => {
      const [first, next] = kids()
      beAhead(91)
      try {
        await published()
        expect(kids()[0]).to.equal(next)
        expect(kids()).to.include(first)
        beAhead(92)
        expect(kids()).not.to.include(first)
      } finally {
        beAhead(0)
      }
    })

    it('are all taken back after a theft', async () => {
      const before = kids()
      const { access } = await signedWith()
      await identity.provider.rotateKeys({ withdraw: true })
      expect(kids().filter((kid) => before.includes(kid))).to.deep.equal([])
      expect(identity.revoked).to.include(`issuer ${identity.issuer}`)
      const verified = jwtVerify(access, createLocalJWKSet(await published()))
      expect(await verified.then(Boolean, () => false)).to.equal(false)
    })

    it('lie in the store under seal', async () => {
      const kept = await identity.store.document(
        '' as Parameters<typeof identity.store.document>[0],
        'identity',
        'oidc-secrets',
      )
      expect(Object.keys(kept?.document ?? {})).to.deep.equal(['sealed'])
    })
  })
})
