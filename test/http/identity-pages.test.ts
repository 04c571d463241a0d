import { expect } from 'chai'
import { decodeJwt } from 'jose'
import { codeOf, stepAt } from '../../security/identity/totp.ts'
import {
  ACCOUNT,
  type Answer,
  authorizationPath,
  Browser,
  beAhead,
  type IdentityServer,
  openLogin,
  PASSWORD,
  passwordHash,
  pkce,
  REDIRECT,
  redeem,
  startIdentity,
  token,
} from './identity-server.ts'

describe('pages of the identity provider', () => {
  let identity: IdentityServer
  let browser: Browser
  before(async () => {
    const password = await passwordHash()
    identity = await startIdentity({
      accounts: [
        { name: 'dpo', password, roles: ['dpo'], secondFactor: true },
        { name: 'dpo.lost', password, roles: ['dpo'], secondFactor: true },
        { name: 'careful', password, roles: ['operator'] },
        { name: 'late', password, roles: ['operator'] },
      ],
      clients: [
        { id: 'shop', title: 'Cửa hàng <1>', redirectUris: ['https://shop.example.org/a'], thirdParty: true },
        { id: 'other', redirectUris: ['https://other.example.org/'], thirdParty: true },
        { id: 'tablet', title: 'Máy tính bảng', device: true },
      ],
    })
  })
  after(() => identity.stop())
  beforeEach(() => {
    browser = new Browser(identity.url)
  })
  afterEach(async () => {
    beAhead(0)
    await browser.close()
    expect(identity.failures).to.deep.equal([])
  })

  /** Follows redirects here; answers a page, or the address of an application. */
  const follow = async (answer: Answer): Promise<{ readonly answer: Answer; readonly at: string }> => {
    let [last, at] = [answer, '']
    while (last.headers.location !== undefined) {
      at = String(last.headers.location)
      if (!at.startsWith(identity.url) && !at.startsWith('/')) break
      last = await browser.send(at)
    }
    return { answer: last, at }
  }
  const open = async (more: Record<string, string> = {}, challenge = pkce().challenge): Promise<string> =>
    openLogin(browser, challenge, more)
  const password = (page: string, account: string) =>
    browser.send(page, { form: { account, password: PASSWORD } })
  /** What every page has to be. */
  const checkPage = ({ text, headers }: Answer, language: 'vi' | 'en' = 'vi') => {
    expect(text)
      .to.contain(`<html lang="${language}">`)
      .and.match(/<title>[^<]+<\/title>/)
    expect(text).to.match(/<h1>[^<]+<\/h1>/)
    expect(text).not.to.match(/<script|src=|javascript:| on\w+=|style="/)
    expect(headers['content-security-policy']).to.match(/^default-src 'none'; style-src 'sha256-/)
    for (const [, attributes = ''] of text.matchAll(/<input ([^>]*)>/g)) {
      const id = /(?:^| )id="(\w+)"/.exec(attributes)?.[1]
      if (attributes.includes('type="hidden"')) continue
      expect(text).to.contain(`<label for="${id}">`)
      const described = /aria-describedby="([^"]+)"/.exec(attributes)?.[1]?.split(' ') ?? []
      for (const note of described) expect(text).to.contain(`id="${note}"`)
      if (attributes.includes('aria-invalid')) expect(described.join(' ')).to.match(/-error|failed/)
    }
  }

  describe('languages', () => {
    it('follow ui_locales, the browser, and before all what somebody chose', async () => {
      const english = await open({ ui_locales: 'en' })
      checkPage(await browser.send(english), 'en')
      const page = await open()
      checkPage(await browser.send(page, { headers: { 'accept-language': 'en-GB,en;q=0.9' } }), 'en')
      checkPage(await browser.send(page, { headers: { 'accept-language': 'fr, vi;q=0.5' } }), 'vi')
      const switched = await browser.send(`${page}?lang=en`)
      expect(String(switched.headers['set-cookie'])).to.match(/hub_language=en; Path=\/oidc; HttpOnly/)
      checkPage(await browser.send(page, { headers: { 'accept-language': 'vi' } }), 'en')
      checkPage(await browser.send('/oidc/device'), 'en')
      expect(switched.text).to.contain('href="?lang=vi" hreflang="vi" lang="vi">Tiếng Việt')
    })

    it('tell a failed login at both fields', async () => {
      const page = await open()
      const failed = await browser.send(page, { form: { account: ACCOUNT, password: 'wrong' } })
      checkPage(failed)
      for (const id of ['account', 'password']) {
        expect(failed.text).to.match(
          new RegExp(`id="${id}"[^>]*aria-describedby="failed" aria-invalid="true"`),
        )
      }
    })
  })

  describe('second factor', () => {
    const keyOf = ({ text }: Answer): Uint8Array => {
      const key = /otpauth:\/\/[^"]*secret=([A-Z2-7]+)/.exec(text)?.[1] ?? ''
      const bits = [...key].map((letter) =>
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
      )
      return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
    }
    const now = (key: Uint8Array, steps = 0) => codeOf(key, stepAt(Date.now() / 1000) + steps)
    const enrol = async (account: string, more: Record<string, string> = {}) => {
      const page = await open(more)
      const shown = await password(page, account)
      checkPage(shown)
      const key = keyOf(shown)
      const codes = await browser.send(page, { form: { code: now(key) } })
      return { page, shown, key, codes }
    }
    const loggedIn = async (page: string, form: Record<string, string>): Promise<string> =>
      (await follow(await browser.send(page, { form }))).at

    it('is set up at the first login of an account that needs one, and asked for at the next', async () => {
      const { verifier, challenge } = pkce()
      const page = await open({}, challenge)
      const shown = await password(page, 'dpo')
      checkPage(shown)
      expect(shown.text).to.contain('<svg class="square" role="img" aria-label=')
      const key = keyOf(shown)
      expect(key).to.have.length(20)
      const wrong = await browser.send(page, { form: { code: '000000' } })
      expect(wrong.status).to.equal(401)
      checkPage(wrong)
      expect(keyOf(wrong), 'the same key').to.deep.equal(key)
      const code = now(key)
      const codes = await browser.send(page, { form: { code } })
      checkPage(codes)
      expect(codes.text.match(/<code translate="no">(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}</g)).to.have.length(10)
      const at = await loggedIn(page, {})
      const { json } = await redeem(browser, new URL(at).searchParams.get('code') ?? '', verifier)
      expect(decodeJwt(String(json.access_token))).to.deep.include({
        acr: 'aal2',
        amr: ['pwd', 'otp', 'mfa'],
      })
      const refreshed = await token(browser, {
        grant_type: 'refresh_token',
        client_id: 'console',
        refresh_token: String(json.refresh_token),
      })
      expect(decodeJwt(String(refreshed.json.access_token))).to.include({ acr: 'aal2' })

      const other = new Browser(identity.url)
      const again = await openLogin(other, pkce().challenge)
      const asked = await other.send(again, { form: { account: 'dpo', password: PASSWORD } })
      checkPage(asked)
      expect(asked.text).to.contain('name="code"').and.not.contain('otpauth')
      const used = await other.send(again, { form: { code } })
      expect(used.status, 'the code was used to set up').to.equal(401)
      checkPage(used)
      expect((await other.send(again, { form: { code: now(key, 1) } })).status).to.equal(303)
      await other.close()
    })

    it('is no second factor without the first, and a password alone logs nobody in', async () => {
      const page = await open()
      expect((await browser.send(page, { form: { code: '123456' } })).status).to.equal(401)
      const { text } = await password(page, 'dpo')
      expect(text).to.contain('name="code"')
      const { headers } = await browser.send(authorizationPath(pkce().challenge, { prompt: 'none' }))
      expect(String(headers.location)).to.contain('error=login_required')
    })

    it('can be a recovery code, once', async () => {
      const { codes } = await enrol('dpo.lost')
      const [code = ''] = /(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}/.exec(codes.text) ?? []
      for (const expected of [303, 401]) {
        const other = new Browser(identity.url)
        const page = await openLogin(other, pkce().challenge)
        await other.send(page, { form: { account: 'dpo.lost', password: PASSWORD } })
        const shown = await other.send(page, { form: { code: code.toLowerCase().replaceAll('-', ' ') } })
        expect(shown.status).to.equal(expected)
        await other.close()
      }
    })

    it('is asked of whoever has one, and of a login without it when an application wants it', async () => {
      const first = await follow(await password(await open(), 'careful'))
      expect(first.at).to.match(/^https:\/\/app\.example\.org\/back\?code=/)
      const stepUp = () => browser.send(authorizationPath(pkce().challenge, { acr_values: 'aal2' }))
      const { at } = await follow(await stepUp())
      const shown = await browser.send(at)
      expect(shown.text, 'to set one up takes the password').to.contain('name="password"')
      const key = keyOf(await password(at, 'careful'))
      await browser.send(at, { form: { code: now(key, -1) } })
      expect(await loggedIn(at, {})).to.match(/^https:\/\/app\.example\.org\/back\?code=/)

      const other = new Browser(identity.url)
      const page = await openLogin(other, pkce().challenge)
      const asked = await other.send(page, { form: { account: 'careful', password: PASSWORD } })
      expect(asked.text).to.contain('name="code"')
      await other.close()
    })

    it('alone is asked of a login that lacks it', async () => {
      await follow(await password(await open(), 'late'))
      const other = new Browser(identity.url)
      const page = await openLogin(other, pkce().challenge, { acr_values: 'aal2' })
      const key = keyOf(await other.send(page, { form: { account: 'late', password: PASSWORD } }))
      await other.send(page, { form: { code: now(key, -1) } })
      await other.close()
      const wanted = await browser.send(authorizationPath(pkce().challenge, { acr_values: 'aal2' }))
      const { answer, at } = await follow(wanted)
      expect(answer.text).to.contain('name="code"').and.not.contain('name="password"')
      expect(await loggedIn(at, { code: now(key) })).to.match(/^https:\/\/app\.example\.org\/back\?code=/)
    })

    it('lies in the store under seal, and its codes as hashes', async () => {
      const documents = await identity.store.documents('' as never, 'identity', {
        after: 'second-factor:',
        limit: 10,
      })
      const kept = documents.filter(({ id }) => id.startsWith('second-factor:'))
      expect(kept).to.have.length(4)
      for (const { document } of kept) {
        expect(Object.keys(document).sort()).to.deep.equal(['at', 'key', 'recovery', 'step'])
        expect(JSON.stringify(document)).not.to.match(/(?:[A-Z2-7]{4}-){3}/)
      }
    })

    it('counts wrong codes as wrong passwords', async () => {
      const page = await open()
      await password(page, 'careful')
      for (let attempt = 0; attempt < 5; attempt++) await browser.send(page, { form: { code: '000000' } })
      expect((await password(await open(), 'careful')).text).to.contain('name="password"')
      beAhead(1)
      expect((await password(await open(), 'careful')).text).to.contain('name="code"')
    })
  })

  describe('consent', () => {
    const asShop = { client_id: 'shop', redirect_uri: 'https://shop.example.org/a', scope: 'openid hub' }
    const consentTo = async (more: Record<string, string>, challenge = pkce().challenge) => {
      const page = await openLogin(browser, challenge, more)
      return follow(await password(page, ACCOUNT))
    }

    it('says which application asks for what, and with which rights', async () => {
      const { answer } = await consentTo(asShop)
      checkPage(answer)
      for (const shown of ['Cửa hàng &#60;1&#62;', ACCOUNT, 'operator', 'song-cong', 'shop.example.org'])
        expect(answer.text).to.contain(shown)
      expect(answer.text).not.to.contain('ngày')
      expect(answer.headers['content-security-policy']).to.contain(
        "form-action 'self' https://shop.example.org;",
      )
    })

    it('gives a token when it is given, to a subject of its own, without the account’s name', async () => {
      const subjects = new Set<unknown>()
      for (const client of [
        asShop,
        { ...asShop, client_id: 'other', redirect_uri: 'https://other.example.org/' },
      ]) {
        const { verifier, challenge } = pkce()
        browser = new Browser(identity.url)
        const { at } = await consentTo(client, challenge)
        const back = await follow(await browser.send(at, { form: { consent: 'yes' } }))
        const { json } = await token(browser, {
          grant_type: 'authorization_code',
          client_id: client.client_id,
          code: new URL(back.at).searchParams.get('code') ?? '',
          redirect_uri: client.redirect_uri,
          code_verifier: verifier,
        })
        const [claims, id] = [json.access_token, json.id_token].map((each) => decodeJwt(String(each)))
        expect(claims?.sub).to.match(/^[0-9a-f]{32}$/)
        expect(id?.sub).to.equal(claims?.sub)
        expect(claims).to.deep.include({ role: ['operator'], city: 'song-cong' })
        expect(JSON.stringify([claims, id])).not.to.contain(ACCOUNT)
        const behind = identity.provider.behind({ subject: String(claims?.sub), client: client.client_id })
        expect(behind?.roles).to.deep.equal(['operator'])
        expect(identity.provider.behind({ subject: String(claims?.sub), client: 'console' })).to.equal(
          undefined,
        )
        subjects.add(claims?.sub)
      }
      expect(subjects.size).to.equal(2)
    })

    it('gives nothing when it is refused', async () => {
      const { at } = await consentTo(asShop)
      const back = await follow(await browser.send(at, { form: { cancel: 'yes' } }))
      expect(back.at).to.contain('https://shop.example.org/a?error=access_denied')
    })

    it('is asked of nobody for the hub’s own applications', async () => {
      const { at } = await consentTo({})
      expect(at).to.match(new RegExp(`^${REDIRECT}\\?code=`))
    })
  })

  describe('devices (RFC 8628)', () => {
    const start = async () => {
      const { status, json } = await browser.send('/oidc/device/auth', {
        form: { client_id: 'tablet', scope: 'openid hub offline_access' },
        headers: { accept: 'application/json' },
      })
      expect(status).to.equal(200)
      return json
    }
    const poll = (code: unknown) =>
      token(browser, {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: 'tablet',
        device_code: String(code),
      })
    const enter = async (code: string) => {
      const page = await browser.send('/oidc/device')
      checkPage(page)
      const xsrf = /name="xsrf" value="(\w+)"/.exec(page.text)?.[1] ?? ''
      const answer = await browser.send('/oidc/device', { form: { xsrf, user_code: code } })
      return { xsrf, answer }
    }

    it('get tokens when somebody logs them in elsewhere', async () => {
      const { device_code: device, user_code: code } = await start()
      expect(code).to.match(/^[B-Z]{4}-[B-Z]{4}$/)
      expect((await poll(device)).json.error).to.equal('authorization_pending')
      const { xsrf, answer } = await enter(String(code).toLowerCase())
      checkPage(answer)
      expect(answer.text).to.contain('Máy tính bảng').and.contain(String(code))
      const confirmed = await follow(
        await browser.send('/oidc/device', { form: { xsrf, user_code: String(code), confirm: 'yes' } }),
      )
      const done = await follow(await password(confirmed.at, ACCOUNT))
      checkPage(done.answer)
      expect(done.answer.text).to.contain('Xong.')
      const { json } = await poll(device)
      expect(decodeJwt(String(json.access_token))).to.deep.include({
        client_id: 'tablet',
        role: ['operator'],
        acr: 'aal1',
      })
      expect(json.refresh_token).to.be.a('string')
      expect((await poll(device)).json.error).to.equal('invalid_grant')
    })

    it('get nothing for a code that is unknown, and are told when somebody refuses', async () => {
      const { answer } = await enter('BBBB-BBBB')
      checkPage(answer)
      expect(answer.text).to.match(/id="user_code"[^>]*aria-invalid="true"/)
      const { device_code: device, user_code: code } = await start()
      const { xsrf } = await enter(String(code))
      const refused = await browser.send('/oidc/device', {
        form: { xsrf, user_code: String(code), confirm: 'yes', abort: 'yes' },
      })
      checkPage(refused)
      expect((await poll(device)).json.error).to.equal('access_denied')
    })

    it('lead by an address with the code to a page with a button instead of a script', async () => {
      const { verification_uri_complete: address } = await start()
      const page = await browser.send(String(address))
      checkPage(page)
      expect(page.text).to.contain('name="user_code"').and.contain('<button type="submit">')
    })

    it('may not use other ways in, nor others theirs', async () => {
      const { json } = await browser.send('/oidc/device/auth', {
        form: { client_id: 'console' },
        headers: { accept: 'application/json' },
      })
      expect(json.error).to.equal('invalid_request')
    })
  })
})
