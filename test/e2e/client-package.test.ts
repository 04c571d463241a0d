import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Browser, chromium } from 'playwright-core'
import { packageRoot } from '../../ontology/package-root.ts'
import { clientCredentials } from '../../openapi/client/client.ts'
import { type ClientHub, PASSWORD, startClientHub, stationId } from '../support/client-hub.ts'
import type { TestHub } from '../support/hub.ts'
import { temporaryFolder } from '../support/stores.ts'

const CHROMIUM = '/usr/bin/chromium'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

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

  describe(
    existsSync(CHROMIUM) ? 'and in Chromium' : 'SKIPPED: client in Chromium (no /usr/bin/chromium)',
    () => {
      let browser: Browser
      before(async function () {
        if (!existsSync(CHROMIUM)) this.skip()
        browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET })
      })
      after(() => browser?.close())

      it('logs somebody in, asks, follows by each way, refreshes, and logs out', async () => {
        const page = await browser.newPage()
        page.setDefaultTimeout(25_000)
        const strangers: string[] = []
        page.on('request', (request) => {
          if (new URL(request.url()).origin !== hub.url) strangers.push(request.url())
        })
        await page.route(`${hub.url}/app*`, (route) =>
          route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>App</title>' }),
        )
        const begin = `(async () => {
        const { CodeLogin } = await import('/client.js')
        const login = new CodeLogin({ issuer: location.origin + '/oidc', clientId: 'page', redirectUri: location.origin + '/app' })
        location.assign(await login.begin('#dust', { ui_locales: 'vi' }))
      })()`
        await page.goto(`${hub.url}/app`)
        await page.evaluate(begin)
        await page.getByLabel('Tài khoản').fill('viewer')
        await page.getByLabel('Mật khẩu').fill(PASSWORD)
        await page.getByRole('button', { name: 'Đăng nhập' }).click()
        await page.waitForURL(/\/app\?.*code=/)
        const told: string = await page.evaluate(`(async () => {
        const { CodeLogin, createClient, HubProblem } = await import('/client.js')
        const login = new CodeLogin({ issuer: location.origin + '/oidc', clientId: 'page', redirectUri: location.origin + '/app' })
        const state = await login.complete(location.href)
        const first = await login.token({})
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
        const second = await login.token({ refused: first })
        const end = await login.end()
        return JSON.stringify({ state, values, followed, refused, other: first !== second, end: new URL(end).pathname, gone: !login.isLoggedIn })
      })()`)
        const { values, ...others } = JSON.parse(told)
        expect(others).to.deep.equal({
          state: '#dust',
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
    },
  )
})
