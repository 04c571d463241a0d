import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Problem } from '../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import type { IdentityEvent } from '../../security/identity/identity-events.ts'
import { codeOf, stepAt } from '../../security/identity/totp.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import {
  ACCOUNT,
  type Answer,
  Browser,
  basic,
  type IdentityServer,
  logIn,
  openLogin,
  PASSWORD,
  passwordHash,
  pkce,
  REDIRECT,
  redeem,
  SECRET,
  secretHash,
  startIdentity,
  token,
} from './identity-server.ts'

const NAME = 'an.nguyen'
const GUARDED = 'binh.tran'
// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
type Record = any

/** The key that somebody is to put into an authenticator. */
function keyIn(page: string): string {
  return /otpauth:\/\/[^"]*secret=([A-Z2-7]+)/.exec(page)?.[1] ?? ''
}

/** The code that an authenticator with this key shows. */
function codeNow(key: string): string {
  const bits = [...key].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const bytes = (bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))
  return codeOf(Buffer.from(bytes), stepAt(Date.now() / 1000))
}

describe('HTTP: what is on record of sign-ins and tokens', () => {
  let data: string
  let hub: TestHub
  let browser: Browser
  const secrets: string[] = [PASSWORD, SECRET, NAME, GUARDED, '127.0.0.1', REDIRECT]

  before(async () => {
    data = mkdtempSync(join(tmpdir(), 'hub-audit-'))
    const password = await passwordHash()
    const part = { organisation: 'H55.02', purpose: 'operations', city: 'song-cong' }
    hub = await startTestHub({
      data,
      'auth.mode': 'required',
      'auth.policies': [join(packageRoot, 'config/policies/demo.yaml')],
      'identity.enabled': true,
      'identity.accounts': [
        { name: NAME, password, roles: ['operator'], ...part },
        { name: GUARDED, password, roles: ['dpo'] },
      ],
      'identity.clients': [
        { id: 'console', redirectUris: [REDIRECT] },
        { id: 'machine', secret: await secretHash(), roles: ['feed'], organisation: 'H55.03' },
        { id: 'shop', title: 'Cửa hàng', redirectUris: [REDIRECT], thirdParty: true },
      ],
    })
  })
  after(async () => {
    await hub.stop()
    rmSync(data, { recursive: true, force: true })
  })
  beforeEach(() => {
    browser = new Browser(hub.url)
  })
  afterEach(() => browser.close())

  const folder = (): string => join(data, 'audit')
  const text = (): string =>
    readdirSync(folder())
      .filter((name) => /^\d/.test(name))
      .sort()
      .map((name) => readFileSync(join(folder(), name), 'utf8'))
      .join('')
  const records = (operation: string): readonly Record[] =>
    text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((record) => record.kind === 'identity' && record.operation === operation)
  const newest = (operation: string): Record => records(operation).at(-1)
  const said = ({ seq: _, prev: __, at: ___, since: ____, ...rest }: Record): Record => rest

  const post = (page: string, form: { [name: string]: string }): Promise<Answer> =>
    browser.send(page, { form })
  /** Logs in up to the code that the application gets. */
  const codeFor = async (challenge: string, more: { [name: string]: string } = {}): Promise<string> => {
    const page = await openLogin(browser, challenge, more)
    const posted = await post(page, { account: NAME, password: PASSWORD })
    let at = String(posted.headers.location)
    let answer = await browser.send(at)
    if (String(answer.headers.location).includes('/interaction/')) {
      at = String(answer.headers.location)
      answer = await browser.send(String((await post(at, { consent: 'yes' })).headers.location))
    }
    return new URL(String(answer.headers.location)).searchParams.get('code') ?? ''
  }
  const tokensFor = async (more: { [name: string]: string } = {}): Promise<Answer['json']> => {
    const { verifier, challenge } = pkce()
    const { json, text: answered } = await redeem(
      browser,
      await codeFor(challenge, more),
      verifier,
      more.client_id,
    )
    expect(json.access_token, answered).to.be.a('string')
    for (const name of ['access_token', 'refresh_token', 'id_token'])
      if (json[name] !== undefined) secrets.push(String(json[name]))
    return json
  }

  it('a sign-in and the tokens that came of it, under the pseudonym that reads are on record under', async () => {
    const { access_token: access, refresh_token: refresh } = await tokensFor()
    const signIn = newest('identity.signIn')
    const { caller } = signIn
    const from = signIn.details.from
    expect(from).to.match(/^[0-9a-f]{12}$/)
    const part = { organisation: 'H55.02', city: 'song-cong', purpose: 'operations', roles: ['operator'] }
    const about = { kind: 'identity', outcome: 'done', caller, client: 'console', assurance: 1, ...part }
    expect(said(signIn)).to.deep.equal({
      ...{ ...about, operation: 'identity.signIn' },
      details: { methods: ['pwd'], from },
    })
    const issued = { grant: 'authorization_code', refresh: true, from }
    expect(said(newest('identity.token'))).to.deep.equal({
      ...{ ...about, operation: 'identity.token', details: issued },
    })
    const headers = { Authorization: `Bearer ${access}` }
    await hub.send('/hub/v1/audit', { headers })
    await hub.running.audit?.seal()
    expect(text()).to.match(new RegExp(`"kind":"counted".*"outcome":"refused".*"caller":"${caller}"`))
    await token(browser, {
      grant_type: 'refresh_token',
      client_id: 'console',
      refresh_token: String(refresh),
    })
    expect(newest('identity.token').details).to.deep.equal({ ...issued, grant: 'refresh_token' })
  })

  it('tokens of machines, and a refresh token that comes twice', async () => {
    const { json } = await token(browser, { grant_type: 'client_credentials' }, basic('machine', SECRET))
    secrets.push(String(json.access_token))
    expect(newest('identity.token')).to.deep.include({
      client: 'machine',
      organisation: 'H55.03',
      roles: ['feed'],
    })
    const { refresh_token: refresh } = await tokensFor()
    const again = () =>
      token(browser, { grant_type: 'refresh_token', client_id: 'console', refresh_token: String(refresh) })
    await again()
    expect((await again()).status).to.equal(400)
    expect(newest('identity.revoke')).to.deep.include({ outcome: 'done', organisation: 'H55.02' })
    expect(newest('identity.revoke').details).to.include({ kind: 'grant', because: 'used twice' })
  })

  it('what is taken back, and who leaves', async () => {
    const { access_token: access, id_token: hint } = await tokensFor()
    const form = { token: String(access), client_id: 'console' }
    expect((await browser.send('/oidc/token/revocation', { form })).status).to.equal(200)
    expect(newest('identity.revoke')).to.deep.include({
      outcome: 'done',
      client: 'console',
      organisation: 'H55.02',
    })
    expect(newest('identity.revoke').details).to.include({ kind: 'token' })
    const { text: page } = await browser.send(`/oidc/session/end?id_token_hint=${hint}`)
    const [, xsrf = ''] = /name="xsrf" value="(\w+)"/.exec(page) ?? []
    await browser.send('/oidc/session/end/confirm', { form: { xsrf, logout: 'yes' } })
    expect(newest('identity.signOut')).to.deep.include({
      ...{ outcome: 'done', caller: newest('identity.signIn').caller },
    })
  })

  it('what somebody agreed to, and the account behind the subject that the application got', async () => {
    await tokensFor({ client_id: 'shop' })
    const { caller } = newest('identity.signIn')
    expect(newest('identity.consent')).to.deep.include({ outcome: 'done', caller, client: 'shop' })
    expect(newest('identity.consent').details.scopes).to.deep.equal(['hub', 'openid'])
    const issued = newest('identity.token')
    expect(issued.caller).not.to.equal(caller)
    expect(issued.details.account).to.equal(caller)
  })

  it('a second factor that is set up, and the sign-in with it', async () => {
    const page = await openLogin(browser, pkce().challenge)
    const shown = await post(page, { account: GUARDED, password: PASSWORD })
    const key = keyIn(shown.text)
    secrets.push(key)
    const before = records('identity.signIn').length
    await post(page, { code: codeNow(key) })
    expect(newest('identity.secondFactor')).to.deep.include({ outcome: 'done', roles: ['dpo'] })
    expect(newest('identity.secondFactor').details).to.include({ set: 'first' })
    expect(records('identity.signIn').length, 'not yet').to.equal(before)
    await post(page, {})
    expect(newest('identity.signIn')).to.deep.include({ assurance: 2, roles: ['dpo'] })
    expect(newest('identity.signIn').details.methods).to.deep.equal(['pwd', 'otp', 'mfa'])
  })

  it('attempts that failed, counted, and no more of them than the disk bears', async () => {
    const page = await openLogin(browser, pkce().challenge)
    const before = records('identity.signIn').length
    for (let at = 0; at < 7; at++) await post(page, { account: NAME, password: 'wrong' })
    for (let at = 0; at < 3; at++) await post(page, { account: `nobody.${at}`, password: 'wrong' })
    await token(browser, { grant_type: 'client_credentials' }, basic('machine', 'wrong'))
    expect(records('identity.signIn').length).to.equal(before)
    await hub.running.audit?.seal()
    const counted = records('identity.signIn').slice(before)
    const of = (outcome: string, known: boolean) =>
      counted.find((each) => each.outcome === outcome && (each.caller !== undefined) === known)
    expect(of('failed', true)).to.deep.include({ times: 5, organisation: 'H55.02' })
    expect(of('refused', true)).to.deep.include({ times: 2 })
    expect(of('refused', true).details).to.include({ locked: true, shown: 'password' })
    expect(of('failed', false), 'together').to.deep.include({ times: 3 })
    expect(newest('identity.token')).to.deep.include({ outcome: 'failed', times: 1 })
    expect(newest('identity.token').details).to.include({ code: 'invalid_client', client: 'machine' })
  })

  it('keys that came in force, and never a name, an address, a password or a token', async () => {
    expect(records('identity.keys.inForce')).to.have.length(1)
    await hub.running.audit?.seal()
    for (const secret of secrets) expect(text()).not.to.include(secret)
  })
})

describe('HTTP: what cannot be put on record is not given', () => {
  let identity: IdentityServer
  let browser: Browser
  let isFull = false
  before(async () => {
    const note = async ({ outcome }: IdentityEvent): Promise<void> => {
      if (isFull && outcome === 'done') throw new Problem('InsufficientStorage', 'Audit log has no room')
    }
    const guarded = { name: GUARDED, password: await passwordHash(), roles: ['dpo'], secondFactor: true }
    const shop = { id: 'shop', title: 'Cửa hàng', redirectUris: [REDIRECT], thirdParty: true }
    identity = await startIdentity({ records: { note }, accounts: [guarded], clients: [shop] })
    browser = new Browser(identity.url)
  })
  after(async () => {
    await browser.close()
    await identity.stop()
  })

  it('no sign-in, and no token', async () => {
    const { verifier, challenge } = pkce()
    const code = await logIn(browser, challenge)
    isFull = true
    const other = new Browser(identity.url)
    const page = await openLogin(other, pkce().challenge)
    const refused = await other.send(page, { form: { account: ACCOUNT, password: PASSWORD } })
    expect([refused.status, refused.headers.location]).to.deep.equal([503, undefined])
    await other.close()
    const given = await redeem(browser, code, verifier)
    expect([given.status, given.json.error]).to.deep.equal([503, 'temporarily_unavailable'])
    expect(given.text).not.to.include('_token"')
    isFull = false
    const machine = await token(browser, { grant_type: 'client_credentials' }, basic('feeds', SECRET))
    expect(machine.status).to.equal(200)
  })

  it('no consent is kept that nobody would know of', async () => {
    const grants = async () => {
      const kept = await identity.store.documents(DEFAULT_TENANT, 'identity', { limit: 1000 })
      return kept.flatMap(({ id }) => (id.startsWith('oidc:Grant:') ? [id] : []))
    }
    const other = new Browser(identity.url)
    const page = await openLogin(other, pkce().challenge, { client_id: 'shop' })
    const login = await other.send(page, { form: { account: ACCOUNT, password: PASSWORD } })
    const asked = await other.send(String(login.headers.location))
    const at = String(asked.headers.location)
    const before = await grants()
    isFull = true
    expect((await other.send(at, { form: { consent: 'yes' } })).status).to.equal(503)
    isFull = false
    expect(await grants()).to.deep.equal(before)
    expect((await other.send(at, { form: { consent: 'yes' } })).status).to.equal(303)
    expect(await grants()).to.have.length(before.length + 1)
    await other.close()
  })

  it('no second factor is in force that nobody would know of', async () => {
    const other = new Browser(identity.url)
    const page = await openLogin(other, pkce().challenge)
    const shown = await other.send(page, { form: { account: GUARDED, password: PASSWORD } })
    const key = keyIn(shown.text)
    isFull = true
    expect((await other.send(page, { form: { code: codeNow(key) } })).status).to.equal(503)
    isFull = false
    // still the page on which it is set up, with the same key
    const again = await other.send(page)
    expect([again.status, keyIn(again.text)]).to.deep.equal([200, key])
    const done = await other.send(page, { form: { code: codeNow(key) } })
    expect([done.status, keyIn(done.text)]).to.deep.equal([200, ''])
    await other.close()
  })
})
