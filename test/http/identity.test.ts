import { expect } from 'chai'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import { createEgress } from '../../security/egress/create-egress.ts'
import { createTokenVerifier } from '../../security/tokens/token-verifier.ts'
import {
  ACCOUNT,
  authorizationPath,
  Browser,
  basic,
  type IdentityServer,
  logIn,
  openLogin,
  PASSWORD,
  pkce,
  RESOURCE,
  redeem,
  SECRET,
  startIdentity,
  token,
} from './identity-server.ts'

const DEMO = 'urn:urban-data-hub:grant:demo'
const clock = () => Date.now() * 1000

describe('identity provider over HTTP', () => {
  let identity: IdentityServer
  let browser: Browser
  const notices: string[] = []
  const { info, warn } = console

  before(async () => {
    console.info = (text: unknown) => void notices.push(String(text))
    console.warn = (text: unknown) => void notices.push(String(text))
    identity = await startIdentity()
  })
  after(async () => {
    console.info = info
    console.warn = warn
    await identity.stop()
  })
  beforeEach(() => {
    browser = new Browser(identity.url)
  })
  afterEach(async () => {
    await browser.close()
    expect(identity.failures, 'failures').to.deep.equal([])
    expect(notices, 'notices of the library').to.deep.equal([])
  })

  it('describes itself under its mount path', async () => {
    const { json } = await browser.send('/oidc/.well-known/openid-configuration')
    expect(json).to.include({
      issuer: identity.issuer,
      token_endpoint: `${identity.issuer}/token`,
      jwks_uri: `${identity.issuer}/jwks`,
    })
    expect(json.code_challenge_methods_supported).to.deep.equal(['S256'])
    expect(json.grant_types_supported).not.to.include(DEMO)
  })

  it('publishes public keys only', async () => {
    const { text, json } = await browser.send('/oidc/jwks')
    expect(json.keys).to.have.length(2)
    expect(text).not.to.contain('"d"')
    expect(JSON.stringify(identity.provider.keys())).not.to.contain('"d"')
  })

  describe('client credentials', () => {
    it('gives a machine a token that the verifier takes', async () => {
      const { status, json } = await token(
        browser,
        { grant_type: 'client_credentials' },
        basic('feeds', SECRET),
      )
      expect(status).to.equal(200)
      expect(json.expires_in).to.equal(600)
      const text = String(json.access_token)
      expect(decodeProtectedHeader(text)).to.include({ alg: 'ES256', typ: 'at+jwt' })
      const egress = createEgress({ mode: 'guarded', allowedOrigins: [identity.url] })
      const verifier = createTokenVerifier({
        issuers: [{ issuer: identity.issuer, audience: RESOURCE }],
        egress,
        clock,
      })
      const claims = await verifier.verify(text)
      expect(claims).to.deep.include({
        roles: ['feed'],
        city: 'song-cong',
        client: 'feeds',
        anonymous: false,
      })
      await egress.close()
    })

    for (const [what, headers] of [
      ['a wrong secret', basic('feeds', 'wrong')],
      ['an unknown client', basic('nobody', SECRET)],
      ['the hash in place of the secret', basic('feeds', 'scrypt$16384$8$1$x$y')],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const { status, json } = await token(browser, { grant_type: 'client_credentials' }, headers)
        expect(status).to.equal(401)
        expect(json.access_token).to.equal(undefined)
      })
    }

    it('refuses a public client', async () => {
      const { status } = await token(browser, { grant_type: 'client_credentials', client_id: 'console' })
      expect(status).to.equal(400)
    })

    it('refuses another resource', async () => {
      const { status, json } = await token(
        browser,
        { grant_type: 'client_credentials', resource: 'urn:other' },
        basic('feeds', SECRET),
      )
      expect(status).to.equal(400)
      expect(json.error).to.equal('invalid_target')
    })
  })

  describe('code with PKCE', () => {
    it('logs a person in and gives a token with its claims', async () => {
      const { verifier, challenge } = pkce()
      const { status, json } = await redeem(browser, await logIn(browser, challenge), verifier)
      expect(status).to.equal(200)
      const claims = decodeJwt(String(json.access_token))
      expect(claims).to.deep.include({
        iss: identity.issuer,
        aud: RESOURCE,
        role: ['operator'],
        city: 'song-cong',
        organisation: 'H55.02',
        purpose: 'operations',
        account: ACCOUNT,
        client_id: 'console',
      })
      expect(Number(claims.exp) - Number(claims.iat)).to.equal(600)
      expect(claims.sub).to.match(/^[0-9a-f]{32}$/)
      expect(json.refresh_token).to.be.a('string')
    })

    it('refuses a request without PKCE, and one with the plain method', async () => {
      for (const more of [
        { code_challenge: '', code_challenge_method: '' },
        { code_challenge_method: 'plain' },
      ]) {
        const { headers } = await browser.send(authorizationPath('x'.repeat(43), more))
        expect(String(headers.location)).to.contain('error=invalid_request')
      }
    })

    it('refuses a redirect to an address that is not registered', async () => {
      const { status, text, headers } = await browser.send(
        authorizationPath(pkce().challenge, { redirect_uri: 'https://evil.example.org/' }),
      )
      expect(status).to.equal(400)
      expect(headers.location).to.equal(undefined)
      expect(text).not.to.contain('evil.example.org')
    })

    it('refuses a wrong verifier', async () => {
      const code = await logIn(browser, pkce().challenge)
      const { status, json } = await redeem(browser, code, pkce().verifier)
      expect(status).to.equal(400)
      expect(json.error).to.equal('invalid_grant')
    })

    it('takes a code once, and takes back what it gave when the code comes again', async () => {
      const { verifier, challenge } = pkce()
      const code = await logIn(browser, challenge)
      const first = await redeem(browser, code, verifier)
      expect((await redeem(browser, code, verifier)).status).to.equal(400)
      const refreshed = await token(browser, {
        grant_type: 'refresh_token',
        client_id: 'console',
        refresh_token: String(first.json.refresh_token),
      })
      expect(refreshed.status).to.equal(400)
    })

    it('takes a code once of two requests at the same time', async () => {
      const { verifier, challenge } = pkce()
      const code = await logIn(browser, challenge)
      const other = new Browser(identity.url)
      const answers = await Promise.all([redeem(browser, code, verifier), redeem(other, code, verifier)])
      await other.close()
      expect(answers.filter(({ status }) => status === 200).length).to.be.lessThan(2)
    })

    it('does not ask again while the session lasts', async () => {
      await logIn(browser, pkce().challenge)
      const again = await browser.send(authorizationPath(pkce().challenge))
      expect(String(again.headers.location)).to.match(/^https:\/\/app\.example\.org\/back\?code=/)
    })
  })

  describe('refresh tokens', () => {
    const refresh = (value: unknown) =>
      token(browser, { grant_type: 'refresh_token', client_id: 'console', refresh_token: String(value) })

    it('rotate, and a used one withdraws all', async () => {
      const { verifier, challenge } = pkce()
      const first = await redeem(browser, await logIn(browser, challenge), verifier)
      const second = await refresh(first.json.refresh_token)
      expect(second.status).to.equal(200)
      expect(second.json.refresh_token).to.be.a('string').and.not.equal(first.json.refresh_token)
      expect(decodeJwt(String(second.json.access_token)).role).to.deep.equal(['operator'])
      expect((await refresh(first.json.refresh_token)).status).to.equal(400)
      expect((await refresh(second.json.refresh_token)).status).to.equal(400)
    })

    it('outlive a restart, and so does the signing key', async () => {
      const { verifier, challenge } = pkce()
      const first = await redeem(browser, await logIn(browser, challenge), verifier)
      const kid = decodeProtectedHeader(String(first.json.access_token)).kid
      await browser.close()
      identity = await identity.restart()
      browser = new Browser(identity.url)
      const { status, json } = await refresh(first.json.refresh_token)
      expect(status).to.equal(200)
      expect(decodeProtectedHeader(String(json.access_token)).kid).to.equal(kid)
      expect(decodeJwt(String(json.access_token)).sub).to.equal(
        decodeJwt(String(first.json.access_token)).sub,
      )
    })
  })

  describe('login page', () => {
    it('speaks Vietnamese and English, labels its fields, and loads nothing', async () => {
      const page = await openLogin(browser, pkce().challenge)
      const vi = await browser.send(page)
      expect(vi.text).to.contain('<html lang="vi">').and.contain('Mật khẩu')
      const en = await browser.send(`${page}?lang=en`)
      expect(en.text).to.contain('<html lang="en">').and.contain('Password')
      for (const { text, headers } of [vi, en]) {
        for (const field of text.matchAll(/<input id="(\w+)"/g)) {
          expect(text).to.contain(`<label for="${field[1]}">`)
        }
        expect(text).not.to.match(/<script|src=|https?:\/\//)
        expect(headers['content-security-policy']).to.match(/default-src 'none'/)
        expect(headers['content-security-policy']).to.match(/frame-ancestors 'none'/)
        expect(headers['content-security-policy']).to.match(/form-action 'self' https:\/\/app\.example\.org;/)
        expect(headers['cache-control']).to.equal('no-store')
      }
    })

    it('does not open without the cookie of its own interaction', async () => {
      const page = await openLogin(browser, pkce().challenge)
      const stranger = new Browser(identity.url)
      const { status, text } = await stranger.send(page, { form: { account: ACCOUNT, password: PASSWORD } })
      await stranger.close()
      expect(status).to.equal(400)
      expect(text).not.to.contain('name="password"')
    })

    it('refuses a form that another site sends', async () => {
      const page = await openLogin(browser, pkce().challenge)
      const { status } = await browser.send(page, {
        form: { account: ACCOUNT, password: PASSWORD },
        headers: { origin: 'https://evil.example.org' },
      })
      expect(status).to.equal(400)
    })

    it('says the same for an unknown account, a wrong password and an account without one', async () => {
      const page = await openLogin(browser, pkce().challenge)
      const texts = new Set<string>()
      for (const account of ['nobody', ACCOUNT, 'public']) {
        const { status, text } = await browser.send(page, { form: { account, password: 'wrong' } })
        expect(status).to.equal(401)
        texts.add(text.replaceAll(account, '…'))
      }
      expect(texts.size).to.equal(1)
    })

    it('escapes what was typed', async () => {
      const page = await openLogin(browser, pkce().challenge)
      const { text } = await browser.send(page, { form: { account: '"><script>x', password: 'wrong' } })
      expect(text).not.to.contain('<script')
    })

    it('can be cancelled', async () => {
      const page = await openLogin(browser, pkce().challenge)
      const posted = await browser.send(page, { form: { cancel: 'yes' } })
      const back = await browser.send(String(posted.headers.location))
      expect(String(back.headers.location)).to.contain('error=access_denied')
    })
  })

  it('refuses the demo grant where it is not offered', async () => {
    const { status, json } = await token(browser, {
      grant_type: DEMO,
      client_id: 'hub-demo',
      account: 'public',
    })
    expect(status).to.be.oneOf([400, 401])
    expect(json.access_token).to.equal(undefined)
  })

  it('keeps no password, secret or trace of it in the change log', async () => {
    await logIn(browser, pkce().challenge)
    const log = await identity.store.log('' as Parameters<typeof identity.store.log>[0], 0, 100)
    expect(log).to.deep.equal([])
  })

  describe('lockout', () => {
    it('takes many at once for no more guesses than many in turn', async () => {
      const judged = async () => {
        const kept = await identity.store.documents('' as Tenant, 'identity', { limit: 1000 })
        const counts = kept.map(({ id, document }) =>
          id.startsWith('login:') ? Number(document.failures) : 0,
        )
        return counts.reduce((sum, each) => sum + each, 0) / 3 // of account and address, of each of them alone
      }
      const page = await openLogin(browser, pkce().challenge)
      const before = await judged()
      const account = 'nobody.yet' // counted as well as those that there are
      const all = await Promise.all(
        Array.from({ length: 8 }, () => browser.send(page, { form: { account, password: 'wrong' } })),
      )
      expect(all.map(({ status }) => status)).to.deep.equal(all.map(() => 401))
      expect((await judged()) - before).to.equal(5)
    })

    it('shuts an account out after five failures, without saying so', async () => {
      const page = await openLogin(browser, pkce().challenge)
      let last = ''
      for (let attempt = 0; attempt < 5; attempt++) {
        last = (await browser.send(page, { form: { account: ACCOUNT, password: 'wrong' } })).text
      }
      const right = await browser.send(page, { form: { account: ACCOUNT, password: PASSWORD } })
      expect(right.status).to.equal(401)
      expect(right.text).to.equal(last)
    })
  })
})

describe('demo grant over HTTP', () => {
  let identity: IdentityServer
  let browser: Browser
  before(async () => {
    identity = await startIdentity({ demoGrant: true, demoPassword: 'demo-password' })
    browser = new Browser(identity.url)
  })
  after(async () => {
    await browser.close()
    await identity.stop()
  })
  const demo = (account: string, headers: Record<string, string> = {}) =>
    token(browser, { grant_type: DEMO, client_id: 'hub-demo', account }, headers)

  it('gives a token of a named account', async () => {
    const { status, json } = await demo('public')
    expect(status).to.equal(200)
    expect(decodeJwt(String(json.access_token))).to.deep.include({ role: ['public'], account: 'public' })
  })

  it('refuses an unknown account', async () => {
    const { status, json } = await demo('nobody')
    expect(status).to.equal(400)
    expect(json).to.include({ error: 'invalid_grant', error_description: 'there is no such demo account' })
  })

  it('refuses what came through a proxy', async () => {
    expect((await demo('public', { 'x-forwarded-for': '127.0.0.1' })).status).to.equal(400)
  })

  it('lets an account without a password log in with the demo password', async () => {
    const page = await openLogin(browser, pkce().challenge)
    const { status } = await browser.send(page, { form: { account: 'public', password: 'demo-password' } })
    expect(status).to.equal(303)
  })
})
