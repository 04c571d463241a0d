import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { packageRoot } from '../../ontology/package-root.ts'
import {
  CodeLogin,
  clientCredentials,
  createClient,
  type KeptTexts,
  type LoginFault,
} from '../../openapi/client/client.ts'
import { Browser as Visitor } from '../http/identity-server.ts'
import { hasChromium, inChromium, startChromium } from '../support/chromium.ts'
import { type ClientHub, PASSWORD, startClientHub, stationId } from '../support/client-hub.ts'
import type { TestHub } from '../support/hub.ts'
import { temporaryFolder } from '../support/stores.ts'

describe('e2e: client as a package', () => {
  const folder = temporaryFolder()
  let started: ClientHub
  let hub: TestHub
  before(async () => {
    started = await startClientHub()
    ;({ hub } = started)
  })
  after(async () => {
    await started?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const page of ['docs/guide/use-the-client.md', 'openapi/client/README.md'])
    it(`does what ${page} says, in a project of somebody's own`, async () => {
      const project = join(folder, page.replaceAll(/\W/g, '-'))
      mkdirSync(join(project, 'node_modules', '@urban-data-hub'), { recursive: true })
      symlinkSync(join(packageRoot, 'openapi/client'), join(project, 'node_modules/@urban-data-hub/client'))
      symlinkSync(join(packageRoot, 'node_modules/@types'), join(project, 'node_modules/@types'))
      writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
      const blocks = readFileSync(join(packageRoot, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)
      const program = [...blocks].map(([, text = '']) => text).join('\n')
      writeFileSync(join(project, 'program.ts'), program.replaceAll(/http:\/\/127\.0\.0\.1:102\d/g, hub.url))
      const node = async (...parameters: readonly string[]) => {
        const child = spawn(process.execPath, parameters, {
          cwd: project,
          env: { ...process.env, FORCE_COLOR: '0' },
        })
        let output = ''
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += piece))
        const [code] = await once(child, 'close')
        expect(code, output).to.equal(0)
        return output
      }
      const compiler = join(packageRoot, 'node_modules/typescript-native/bin/tsc')
      const options = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--types', 'node']
      await node(compiler, ...options, 'program.ts')
      const output = await node('program.js', await clientCredentials(started.credentials)({}))
      expect(output).to.match(
        page.startsWith('docs') ? /^400 .* 5$/m : new RegExp(`^${stationId(24)} 24$`, 'm'),
      )
    })

  describe('and as who is logged in', () => {
    const texts = new Map<string, string>()
    const storage: KeptTexts = {
      getItem: (key) => texts.get(key) ?? null,
      setItem: (key, text) => void texts.set(key, text),
      removeItem: (key) => void texts.delete(key),
    }
    let login: CodeLogin
    beforeEach(() => {
      texts.clear()
      started.asked.length = 0
      const { issuer, fetch } = started.credentials
      login = new CodeLogin({ issuer, clientId: 'portal', redirectUri: `${hub.url}/app`, storage, fetch })
    })
    /** Goes where the application sends the browser to and logs in there; answers where the issuer sends it back to. */
    async function through(url: string): Promise<string> {
      const visitor = new Visitor(hub.url)
      const { headers } = await visitor.send(url)
      const form = { account: 'viewer', password: PASSWORD }
      const posted = await visitor.send(String(headers.location), { form })
      const back = await visitor.send(String(posted.headers.location))
      await visitor.close()
      return String(back.headers.location)
    }
    const fault = (run: Promise<unknown>) =>
      run.then(
        () => undefined,
        (caught: LoginFault) => caught.error,
      )

    it('asks in that name, with one refresh for all who need it at the same time', async () => {
      const back = await through(await login.begin('#dust'))
      expect(await login.complete(back)).to.equal('#dust')
      expect(login.claims).to.include({ client_id: 'portal' })
      const first = await login.token({})
      const wanted = await Promise.all([1, 2, 3].map(() => login.token({ refused: first })))
      expect([new Set(wanted).size, wanted[0] === first]).to.deep.equal([1, false])
      expect(started.asked.filter((path) => path.endsWith('/oidc/token'))).to.have.length(2)
      const air = createClient({ url: hub.url, token: login.token }).entities
      expect(await air.query('AirQualityObserved', { limit: 3 }).first())
        .to.have.property('items')
        .with.length(3)
      expect(await fault(login.complete(back)), 'the same answer again').to.equal('invalid_state')
    })

    it('takes no answer that it did not ask for, and none of another issuer', async () => {
      expect(await login.complete(`${hub.url}/app?page=2`)).to.equal(undefined)
      const asked = new URL(await login.begin())
      expect(asked.searchParams.get('code_challenge_method')).to.equal('S256')
      const state = String(asked.searchParams.get('state'))
      expect(await fault(login.complete(`${hub.url}/app?code=made-up&state=other`))).to.equal('invalid_state')
      const again = new URL(await login.begin()).searchParams.get('state')
      expect(again).to.not.equal(state)
      const stranger = new URLSearchParams({
        code: 'x',
        state: String(again),
        iss: 'https://elsewhere.example',
      })
      expect(await fault(login.complete(`${hub.url}/app?${stranger}`))).to.equal('invalid_issuer')
      const refused = new URLSearchParams({
        error: 'access_denied',
        state: String(new URL(await login.begin()).searchParams.get('state')),
      })
      expect(await fault(login.complete(`${hub.url}/app?${refused}`))).to.equal('access_denied')
      expect([login.isLoggedIn, login.claims]).to.deep.equal([false, undefined])
    })

    it('is nobody any more when the issuer ends the login', async () => {
      expect(await fault(login.token({}))).to.equal('login_required')
      await login.complete(await through(await login.begin()))
      const kept = [...texts.values()].map((text) => JSON.parse(text)).find(({ refresh }) => refresh)
      const body = new URLSearchParams({ token: kept.refresh, client_id: 'portal' })
      expect((await fetch(`${hub.url}/oidc/token/revocation`, { method: 'POST', body })).status).to.equal(200)
      expect(await fault(login.token({ refused: kept.token }))).to.equal('invalid_grant')
      expect([login.isLoggedIn, texts.size]).to.deep.equal([false, 0])
    })
  })

  describe(inChromium('client'), () => {
    let browser: Browser
    before(async function () {
      if (!hasChromium) this.skip()
      browser = await startChromium()
    })
    after(() => browser?.close())

    it('logs somebody in as the guide does, asks, follows by each way, refreshes, and logs out', async () => {
      const page = await browser.newPage({ locale: 'vi-VN' })
      page.setDefaultTimeout(25_000)
      const strangers: string[] = []
      page.on('pageerror', (error) => strangers.push(error.message))
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== hub.url) strangers.push(request.url())
      })
      const guide = readFileSync(join(packageRoot, 'docs/guide/use-the-client.md'), 'utf8')
      const [, program = ''] = /^```js\n([\s\S]*?)^```$/m.exec(guide) ?? []
      const body = `<!doctype html><title>App</title><script type="module">${program}\nObject.assign(globalThis, { hub, login })</script>`
      await page.route(`${hub.url}/app*`, (route) => route.fulfill({ contentType: 'text/html', body }))
      await page.goto(`${hub.url}/app`)
      await page.getByLabel('Tài khoản').fill('viewer')
      await page.getByLabel('Mật khẩu').fill(PASSWORD)
      await page.getByRole('button', { name: 'Đăng nhập' }).click()
      await page.waitForURL(/\/app\?.*code=/)
      await page.reload() // what a redirect leads to is not served by the test
      await page.waitForFunction('globalThis.hub && login.isLoggedIn')
      // a page that the hub serves itself may open sockets to it
      await page.goto(`${hub.url}/hub.json`)
      const told: string = await page.evaluate(`(async () => {
        const { CodeLogin, createClient, HubProblem } = await import('/client.js')
        const login = new CodeLogin({ issuer: location.origin + '/oidc', clientId: 'portal', redirectUri: location.origin + '/app' })
        const hub = createClient({ token: login.token })
        const values = []
        for await (const { pm25 } of hub.entities.query('AirQualityObserved', { format: 'simplified', limit: 10, q: (attribute) => attribute('pm25').less(12) }))
          values.push(pm25)
        const followed = []
        for (const by of ['events', 'socket', 'feed'])
          for await (const change of hub.changes.follow('AirQualityObserved', { by, after: 'earliest' })) {
            followed.push(change.action)
            break
          }
        const refused = await hub.entities.delete('${stationId(1)}').catch((fault) => HubProblem.is(fault, 'Forbidden'))
        const first = await login.token({})
        const second = await login.token({ refused: first })
        const end = await login.end()
        return JSON.stringify({ values, followed, refused, other: first !== second, end: new URL(end).pathname, gone: !login.isLoggedIn })
      })()`)
      const { values, ...others } = JSON.parse(told)
      expect(others).to.deep.equal({
        followed: ['created', 'created', 'created'],
        refused: true,
        other: true,
        end: '/oidc/session/end',
        gone: true,
      })
      expect(values.sort((left: number, right: number) => left - right)).to.deep.equal([
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
      ])
      expect(strangers).to.deep.equal([])
    })
  })
})
