import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { packageRoot } from '../../ontology/package-root.ts'
import { inaccessible } from '../support/accessibility.ts'
import { hasChromium, inChromium, openWatchedPage, startChromium } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { temporaryFolder } from '../support/stores.ts'
import { property } from './leak-entities.ts'
import { demoToken } from './secured-hubs.ts'

const PASSWORD = 'three words for tests'
const STATION = 'urn:ngsi-ld:AirQualityObserved:thai-nguyen:QT-01'
const PARKING = 'urn:ngsi-ld:OffStreetParking:thai-nguyen:P-01'

const place = (...coordinates: readonly number[]) => ({
  type: 'GeoProperty',
  value: { type: 'Point', coordinates },
})

const ENTITIES = [
  ...[
    ['QT-01', 61, 105.8412, 21.5903],
    ['QT-02', 38, 105.8511, 21.6011],
    ['QT-03', 12, 105.9002, 21.6402],
  ].map(([code = '', pm25, east = 0, north = 0]) => ({
    id: `urn:ngsi-ld:AirQualityObserved:thai-nguyen:${code}`,
    type: 'AirQualityObserved',
    name: { type: 'LanguageProperty', languageMap: { vi: `Trạm <b>${code}</b>`, en: `Station ${code}` } },
    pm25: { type: 'Property', value: pm25, unitCode: 'GQ', observedAt: '2026-11-20T01:00:00Z' },
    location: place(Number(east), Number(north)),
  })),
  {
    id: 'urn:ngsi-ld:ServiceRequest:thai-nguyen:PA-1',
    type: 'ServiceRequest',
    category: property('environment'),
    reporterPhone: property('0900000417'),
    reporterName: property('Nguyễn Văn An'),
  },
  {
    id: PARKING,
    type: 'OffStreetParking',
    availableSpotNumber: property(17),
    location: place(105.8405, 21.591),
  },
]

/** A square around the stations, for a real commune. */
const BOUNDARIES = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { code: '05443' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [105.83, 21.58],
            [105.86, 21.58],
            [105.86, 21.61],
            [105.83, 21.61],
            [105.83, 21.58],
          ],
        ],
      },
    },
  ],
}

describe(inChromium('workbench, rights and subscriptions of the portal'), () => {
  const folder = temporaryFolder()
  let hub: TestHub
  let browser: Browser
  let page: Page
  let complaints: readonly string[]
  let strangers: readonly string[]

  before(async function () {
    if (!hasChromium) this.skip()
    const port = await freePort()
    const boundaries = join(folder, 'communes.geojson')
    writeFileSync(boundaries, JSON.stringify(BOUNDARIES))
    browser = await startChromium()
    hub = await startTestHub({
      'context.default': 'ontology',
      name: 'thai-nguyen',
      title: 'Trung tâm dữ liệu Thái Nguyên',
      city: 'thai-nguyen',
      'listen.port': port,
      'auth.mode': 'required',
      'auth.policies': [join(packageRoot, 'config/policies/demo.yaml')],
      'egress.mode': 'open',
      'changes.heartbeat': 500,
      'places.boundaries': [{ file: boundaries, on: '2025-07-01' }],
      'identity.enabled': true,
      'identity.demoGrant': true,
      'identity.demoPassword': PASSWORD,
      'identity.secondFactor': [],
      'identity.accounts': [
        { name: 'operator', roles: ['operator'], city: 'thai-nguyen' },
        { name: 'public', roles: ['public'] },
        { name: 'feeds', roles: ['feed'], city: 'thai-nguyen' },
      ],
      'identity.clients': [{ id: 'console', redirectUris: [`http://127.0.0.1:${port}/`] }],
    })
    const { status, text } = await hub.send('/ngsi-ld/v1/entityOperations/create', {
      method: 'POST',
      body: ENTITIES,
      headers: { authorization: `Bearer ${await demoToken(hub, 'feeds')}` },
    })
    expect(status, text).to.equal(201)
    ;({ page, complaints, strangers } = await openWatchedPage(browser, [hub.url]))
  })
  after(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
    await hub?.stop()
    expect(strangers, 'requests that leave the hub').to.deep.equal([])
  })

  const text = (selector: string) => page.locator(selector).innerText()
  const open = async (address: string) => {
    await page.goto(`${hub.url}/docs/${address}`)
    await page.waitForSelector('main:not([aria-busy])')
  }
  const answered = () => page.waitForSelector('.answer:not([aria-busy]) > *')
  const ids = (entities: readonly { readonly id: string }[]) => entities.map(({ id }) => id.split(':').at(-1))

  /** What a browser says of refusals, some of which are meant, is no fault of a page. */
  const faults = () => complaints.filter((complaint) => !/status of 4\d\d/.test(complaint))
  const choice = (name: string) => page.getByRole('combobox', { name, exact: true })

  async function login(account: string): Promise<void> {
    await page.locator('#login').click()
    await page.getByLabel('Tài khoản').fill(account)
    await page.getByLabel('Mật khẩu').fill(PASSWORD)
    await page.getByRole('button', { name: 'Đăng nhập' }).click()
    await page.waitForURL(`${hub.url}/docs/**`)
    await page.waitForSelector('main:not([aria-busy])')
  }

  it('runs a query built by form, and the shown curl is answered the same', async () => {
    await open('workbench')
    await login('operator')
    await choice('Loại thực thể').selectOption('AirQualityObserved')
    await page.getByRole('button', { name: 'Thêm điều kiện' }).click()
    await choice('Thuộc tính').fill('pm25')
    await page.keyboard.press('Tab')
    await choice('So sánh').selectOption('>')
    await page.getByLabel('Giá trị (µg/m³)').fill('35')
    await page.keyboard.press('Enter')
    await answered()
    expect(await page.locator('.answer tbody tr').count()).to.equal(2)
    expect(await text('.answer table'))
      .to.include('Trạm <b>QT-01</b>')
      .and.not.include('QT-03')
    expect(await text('.answer .status')).to.match(/^200 .* 2 thực thể khớp$/)
    expect(new URL(page.url()).searchParams.get('condition')).to.equal('["pm25",">","35"]')

    await page.locator('[data-snippet=curl]').click()
    const answer = JSON.parse(await shell(await text('.snippet code'), await demoToken(hub, 'operator')))
    expect(ids(answer)).to.deep.equal(['QT-01', 'QT-02'])
    expect(answer[0].pm25).to.equal(61)
    await page.locator('[data-snippet=python]').click()
    expect(await text('.snippet code')).to.include('"q": "pm25>35"')
    await page.locator('[data-snippet=typescript]').click()
    expect(await text('.snippet code')).to.include("(attribute) => attribute('pm25').greater(35)")
  })

  it('keeps the query in the address, and answers it in each form', async () => {
    await open(`workbench?type=AirQualityObserved&condition=${encodeURIComponent('["pm25",">","35"]')}`)
    await answered()
    expect(await page.locator('.answer tbody tr').count()).to.equal(2)
    await page.getByRole('button', { name: 'JSON-LD' }).click()
    await page.waitForSelector('.answer:not([aria-busy]) pre')
    expect(JSON.parse(await text('.answer pre'))[0]).to.have.nested.property('pm25.unitCode', 'GQ')
    await page.getByRole('button', { name: 'Bản đồ' }).click()
    await page.locator('.answer .map-answer').waitFor({ state: 'attached' })
    expect(await page.locator('.answer .map-answer .dot').count()).to.equal(2)
    expect(await page.locator('.answer .map-units .outline').count()).to.equal(1)
    await choice('Đối tượng trên bản đồ').selectOption('0')
    expect(await text('.feature')).to.include(STATION)
    await page.getByRole('button', { name: 'RDF' }).click()
    await page.waitForSelector('.answer:not([aria-busy]) pre')
    expect(await text('.answer pre'))
      .to.include(`<${STATION}>`)
      .and.not.include('{"')
    expect(faults()).to.deep.equal([])
  })

  it('takes a place from the map by keyboard, and history in aggregates', async () => {
    await open('workbench?type=AirQualityObserved')
    await page.getByText('Vị trí, đơn vị hành chính, phạm vi').click()
    await choice('Vị trí').selectOption('near')
    await page.locator('.place svg').focus()
    await page.keyboard.press('Enter')
    const places = page.getByLabel('Tọa độ: kinh độ, vĩ độ')
    expect(await places.inputValue()).to.match(/^105\.\d+, 2\d\.\d+$/)
    await places.fill('105.845, 21.595')
    await page.getByRole('button', { name: 'Chạy truy vấn' }).click()
    await page.waitForSelector('.answer:not([aria-busy]) table')
    expect(await page.locator('.answer tbody tr').count()).to.equal(2)

    // places are not observed at a time
    await choice('Vị trí').selectOption('')
    await choice('Nguồn').selectOption('history')
    await page.getByRole('textbox', { name: 'Thời điểm' }).fill('2026-11-20T00:00')
    await page.getByLabel('trung bình').check()
    await page.getByRole('button', { name: 'Chạy truy vấn' }).click()
    await page.getByRole('columnheader', { name: 'avg' }).waitFor()
    expect(await text('.answer table')).to.match(/QT-01[\s\S]*61/)
    expect(faults()).to.deep.equal([])
  })

  it('shows masked what is masked for the caller, hides what is hidden, and tells a mistake in words', async () => {
    await open('workbench?type=ServiceRequest')
    await answered()
    expect(await text('.answer table'))
      .to.match(/09\*+417/)
      .and.not.include('0900000417')
    expect(await text('.answer thead')).to.match(/Số điện thoại[^\t]*◐ bị che/i)
    await open('workbench?type=AirQualityObserved&unit=Atlantis')
    await page.waitForSelector('.answer [role=alert]')
    expect(await text('.answer [role=alert]'))
      .to.include('Yêu cầu có chỗ chưa đúng')
      .and.include('Hub-Unit names no administrative unit')
  })

  it('shows a notification after a change, and deletes the subscription in the end', async () => {
    await open('subscriptions?type=OffStreetParking')
    expect(await text('.snippet')).to.include('"isActive": false')
    await page.getByRole('button', { name: 'Tạo và theo dõi' }).click()
    const id = await text('.facts code')
    await page.getByLabel('Giá trị mới').fill('4')
    await page.getByRole('button', { name: 'Ghi giá trị' }).click()
    await page.locator('.log li').first().waitFor()
    expect(await text('.log li')).to.include('OffStreetParking:thai-nguyen:P-01')
    await page.locator('.log summary').click()
    expect(JSON.parse(await text('.log pre')).availableSpotNumber).to.equal(4)
    const own = { headers: { authorization: `Bearer ${await demoToken(hub, 'operator')}` } }
    const path = `/ngsi-ld/v1/subscriptions/${encodeURIComponent(id)}`
    expect((await hub.send(path, own)).status).to.equal(200)
    await page.getByRole('button', { name: 'Xóa đăng ký' }).click()
    await page.getByText('Đã xóa đăng ký').waitFor()
    expect((await hub.send(path, own)).status).to.equal(404)
    expect(faults()).to.deep.equal([])
  })

  it('shows feeds, the quality of data and other hubs as far as the caller may see them', async () => {
    await open('status')
    expect(await text('main'))
      .to.include('chưa có nguồn dữ liệu nào')
      .and.include('không liên kết với trung tâm nào')
    expect(await page.locator('[role=alert]').count()).to.equal(0)
  })

  it('keeps to the basics of accessibility, in light colours and in dark ones', async function () {
    this.timeout(300_000) // the rules look at each element
    for (const address of [
      'workbench?type=AirQualityObserved&view=map&relation=near&positions=105.85,21.59&condition=["pm25",">","1"]&pick=pm25',
      'access?type=HealthIndicator',
      'subscriptions?type=OffStreetParking',
      'status',
    ]) {
      await open(address)
      expect(await inaccessible(page), address).to.deep.equal([])
    }
  })

  it('tells what the token may see, and another role less', async () => {
    await open('access?type=ServiceRequest')
    expect(await text('.facts'))
      .to.include('operator')
      .and.include('thai-nguyen')
    const shown = () => page.getByRole('row').filter({ hasText: 'reporterPhone' }).innerText()
    expect(await shown())
      .to.include('bị che')
      .and.include('chỉ còn vài ký tự')
    expect(await page.getByRole('row').filter({ hasText: 'đăng ký nhận thông báo' }).innerText()).to.include(
      'tạo',
    )
    await page.locator('#login').click()
    await page.getByRole('button', { name: 'Đăng xuất' }).click()
    await page.waitForURL(`${hub.url}/docs/**`)
    await login('public')
    expect(await shown())
      .to.include('ẩn')
      .and.not.include('bị che')
    await open('status')
    expect(await page.locator('[role=alert]').allInnerTexts()).to.have.length(2)
    await open('subscriptions')
    expect(await text('main')).to.include('Tài khoản này không có quyền')
  })
})

/** Runs what is shown, as somebody who copied it would. */
async function shell(command: string, token: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], {
    env: { PATH: process.env.PATH, TOKEN: token },
  })
  return stdout
}
