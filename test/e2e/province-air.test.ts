import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { packageRoot } from '../../ontology/package-root.ts'
import { inaccessible } from '../support/accessibility.ts'
import {
  hasChromium,
  inChromium,
  openWatchedPage,
  startChromium,
  type WatchedPage,
} from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'
import { type Provinces, startProvince } from './province-of-three.ts'

const EXAMPLE = join(packageRoot, 'examples/province-air')
const PASSWORD = 'three words for tests'
/** Of persons in the reports of the demonstration. */
const PERSONS = ['Nguyễn Văn An', 'Trần Văn Bình', 'Phạm Thị Dung', '0900 000 000', '0900000000']
const SECTIONS = '#stations li, #feedback tr'

describe('e2e: first application of a developer', () => {
  it('is what its tutorial builds, step by step', () => {
    const guide = readFileSync(join(packageRoot, 'docs/guide/first-app.md'), 'utf8')
    const steps = [...guide.matchAll(/^```js\n([\s\S]*?)\n```$/gm)].map(([, code = '']) => code)
    const [, ...program] = readFileSync(join(EXAMPLE, 'app.js'), 'utf8').split('\n')
    expect(steps).to.have.length(8)
    expect(program.join('\n')).to.equal(`${steps.join('\n\n')}\n`)
    expect(guide.match(/^## (\d+)\. /gm)).to.have.length(10)
  })
})

describe(inChromium('first application of a developer'), () => {
  const folder = temporaryFolder()
  let provinces: Provinces
  let server: ChildProcess
  let browser: Browser
  let site: string

  before(async function () {
    if (!hasChromium) this.skip()
    const port = await freePort()
    site = `http://127.0.0.1:${port}`
    const feed = (name: string, city: string) => ({
      file: join(packageRoot, 'adapters/feeds', name, 'feed.yaml'),
      variables: { city },
    })
    provinces = await startProvince(folder, {
      province: {
        corsOrigins: [site],
        'identity.demoPassword': PASSWORD,
        'identity.secondFactor': [],
        'identity.clients': [{ id: 'province-air', redirectUris: [`${site}/`] }],
      },
      city: (city) => ({
        corsOrigins: [site],
        feeds: ['environment-stations', 'citizen-feedback'].map((name) => feed(name, city)),
        indicators: [
          {
            ...{ name: 'vn-aqi-hour', type: 'AirQualityObserved', attributes: ['pm25', 'pm10'] },
            calculation: 'vn-aqi-hour',
            target: { type: 'AirQualityIndicator', attribute: 'airQualityIndex' },
          },
        ],
      }),
    })
    const cities = Object.fromEntries([...provinces.cities].map(([name, { url }]) => [name, url]))
    const hubs = join(folder, 'hubs.json')
    writeFileSync(
      hubs,
      JSON.stringify({ province: provinces.province.url, cities, clientId: 'province-air' }),
    )
    server = spawn(process.execPath, [join(EXAMPLE, 'serve.js'), hubs, String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => server.stdout?.once('data', resolve))
    browser = await startChromium()
    for (const [type, least] of [
      ['ServiceRequest', 6],
      ['AirQualityObserved', 4],
      ['AirQualityIndicator', 2],
    ] as const)
      await until(`${least} of ${type}`, async () => {
        const { body } = await provinces.send(provinces.province, 'dpo', `/ngsi-ld/v1/entities?type=${type}`)
        return body.length >= least
      })
  })
  after(async () => {
    await browser?.close()
    server?.kill()
    await provinces?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function loggedIn(account: string): Promise<WatchedPage> {
    const origins = [site, provinces.province.url, ...[...provinces.cities.values()].map(({ url }) => url)]
    const watched = await openWatchedPage(browser, origins)
    const { page } = watched
    await page.goto(site)
    await page.getByText('Đăng nhập để xem dữ liệu.').waitFor()
    expect(await page.locator(SECTIONS).count(), 'shown to nobody').to.equal(0)
    await page.getByRole('button', { name: 'Đăng nhập' }).click()
    await page.locator('input[type=password]').fill(PASSWORD)
    await page.locator('input:not([type=hidden])').first().fill(account)
    await page.keyboard.press('Enter')
    await page.locator('#feedback tr').nth(5).waitFor()
    await page.locator('#trend circle').first().waitFor()
    return watched
  }

  async function quiet({ page, complaints, strangers }: WatchedPage): Promise<void> {
    expect(complaints).to.deep.equal([])
    expect(strangers).to.deep.equal([])
    await page.context().close()
  }

  for (const [account, sees] of [
    ['public', 'nothing of persons'],
    ['operator.thai-nguyen', 'nothing of persons'],
    ['analyst', 'persons under pseudonyms'],
    ['dpo', 'persons'],
  ] as const)
    it(`shows air and reports of three cities, a trend, and ${sees}, to ${account}`, async () => {
      const watched = await loggedIn(account)
      const { page } = watched
      const [air, reports] = [await page.innerText('#stations'), await page.innerText('#feedback')]
      expect(air)
        .to.match(/PM2\.5 \d+,?\d* µg\/m³/)
        .and.to.match(/VN_AQI \d+ · (Tốt|Trung bình|Kém|Xấu)/)
      for (const code of ['PA-PY-', 'PA-SC-', 'PA-TN-']) expect(reports).to.include(code)
      for (const person of PERSONS)
        expect((await page.content()).includes(person), person).to.equal(
          account === 'dpo' && reports.includes(person),
        )
      if (sees === 'persons')
        expect(reports).to.include('Nguyễn Văn An').and.not.include('ẩn theo chính sách')
      if (sees === 'persons under pseudonyms') expect(reports).to.match(/che: pseudonym:[0-9a-f]{24}/)
      if (sees === 'nothing of persons')
        expect(reports).to.include('ẩn theo chính sách').and.not.include('che:')
      expect(await page.innerText('#who')).to.match(new RegExp(`^${account} \\(`))
      const points = (await page.locator('#trend polyline').getAttribute('points')) ?? ''
      expect(points.split(' ').length).to.be.greaterThan(1)
      expect(await page.innerText('#trend-text')).to.match(/µg\/m³\. .*\d\d:\d\d .*: \d+/)
      expect(await page.locator('#problem').isVisible()).to.equal(false)
      await quiet(watched)
    })

  it('shows an alert when a city raises it', async () => {
    const watched = await loggedIn('analyst')
    const { page } = watched
    const city = provinces.cities.get('thai-nguyen')!
    // the stream may open a moment after what else is shown
    let raised = 0
    await until('the alert', async () => {
      const body = {
        id: `urn:ngsi-ld:Alert:thai-nguyen:${raised++}`,
        type: 'Alert',
        name: 'Ngập đường <b>Bến Tượng</b>',
      }
      const { status, text } = await provinces.send(city, 'operator.thai-nguyen', '/ngsi-ld/v1/entities', {
        method: 'POST',
        body,
      })
      expect(status, text).to.equal(201)
      return (await page.innerText('#alerts')).includes('thai-nguyen: Ngập đường <b>Bến Tượng</b>')
    })
    expect(await page.locator('#quiet').isVisible()).to.equal(false)
    await quiet(watched)
  })

  it('can be used by keyboard, on small screens, in the dark and in English', async () => {
    const watched = await loggedIn('dpo')
    const { page } = watched
    expect(await inaccessible(page)).to.deep.equal([])
    await page.setViewportSize({ width: 320, height: 640 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(320)
    const reached: string[] = []
    await page.evaluate('document.body.focus()')
    for (let press = 0; press < 4; press++) {
      await page.keyboard.press('Tab')
      reached.push(
        String(await page.evaluate('document.activeElement.id || document.activeElement.className')),
      )
    }
    expect(reached).to.deep.equal(['login', 'language', 'station', 'wide'])
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('ArrowDown')
    await page.waitForFunction("document.getElementById('station').value === '1'")
    await page.locator('#language').press('Enter')
    await page.getByRole('heading', { name: 'Air and feedback of three cities' }).waitFor()
    await page.locator('#feedback tr').first().waitFor()
    expect(await page.innerText('#feedback')).to.include('Received')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.waitForURL(/\/oidc\/session\/end/)
    await page.getByRole('button', { name: /Đăng xuất|Log out/ }).click()
    await page.getByText('Log in to see data.').waitFor()
    await quiet(watched)
  })
})
