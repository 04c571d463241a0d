import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { packageRoot } from '../../ontology/package-root.ts'
import { inaccessible } from '../support/accessibility.ts'
import { hasChromium, inChromium, openWatchedPage, startChromium } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const PASSWORD = 'three words for tests'

describe(inChromium("developers' portal"), () => {
  let hub: TestHub
  let browser: Browser
  let page: Page
  let complaints: readonly string[]
  let strangers: readonly string[]

  before(async function () {
    if (!hasChromium) this.skip()
    const port = await freePort()
    browser = await startChromium()
    hub = await startTestHub({
      'context.default': 'ontology',
      title: 'Trung tâm dữ liệu Thái Nguyên',
      'listen.port': port,
      'auth.mode': 'required',
      'auth.policies': [join(packageRoot, 'config/policies/demo.yaml')],
      'egress.mode': 'open',
      'identity.enabled': true,
      'identity.demoPassword': PASSWORD,
      'identity.secondFactor': [],
      'identity.accounts': [{ name: 'analyst', roles: ['analyst'] }],
      'identity.clients': [{ id: 'console', redirectUris: [`http://127.0.0.1:${port}/`] }],
      feeds: [
        { file: join(packageRoot, 'adapters/feeds/parking/feed.yaml'), variables: { city: 'thai-nguyen' } },
      ],
    })
  })
  after(async () => {
    await browser?.close()
    await hub?.stop()
  })
  beforeEach(async () => {
    ;({ page, complaints, strangers } = await openWatchedPage(browser, [hub.url]))
  })
  afterEach(async () => {
    await page.context().close()
    expect(strangers, 'requests that leave the hub').to.deep.equal([])
  })

  const open = async (path: string) => {
    await page.goto(`${hub.url}${path}`)
    await page.waitForSelector('main:not([aria-busy])')
  }
  const text = (selector: string) => page.locator(selector).innerText()
  const focused = () => page.evaluate<string>('document.activeElement.id || document.activeElement.href')

  it('is walked by keyboard alone: past its head, or by search to a guide', async () => {
    await open('/docs')
    expect(await page.title()).to.equal('Cổng nhà phát triển · Trung tâm dữ liệu Thái Nguyên')
    await page.keyboard.press('Tab')
    expect(await focused()).to.equal('skip')
    await page.keyboard.press('Enter')
    expect(await focused()).to.equal('page')
    await page.keyboard.press('Tab')
    expect(await focused()).to.equal(`${hub.url}/docs/guide`)

    await page.focus('#words')
    await page.keyboard.type('che du lieu ca nhan')
    await page.waitForSelector('#found a')
    await page.keyboard.press('Escape')
    expect(await page.locator('#found').isHidden()).to.equal(true)
    await page.fill('#words', '') // what Escape has done already, in some browsers
    await page.keyboard.type('che du lieu ca nhan')
    await page.waitForSelector('#found a')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).to.equal(`${hub.url}/docs/guide/masking`)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${hub.url}/docs/guide/masking`)
    expect(complaints).to.deep.equal([])
  })

  it('finds guides, operations and terms, with accents or without, and says when there is nothing', async () => {
    await open('/docs/search?q=khong%20khi')
    expect(await text('main'))
      .to.include('AirQualityObserved')
      .and.include('Loại thực thể')
    await open('/docs/search?q=subscriptions')
    expect(await text('main'))
      .to.include('POST /ngsi-ld/v1/subscriptions')
      .and.include('Đăng ký nhận thay đổi')
    await open('/docs/search?q=%3Cb%3Exyzzy')
    expect(await text('main'))
      .to.include('<b>xyzzy')
      .and.include('Không tìm thấy gì')
    expect(complaints).to.deep.equal([])
  })

  it('renders guides, with links between them, code to copy and what is on the page', async () => {
    await open('/docs/guide')
    expect(await text('main')).to.include('Nhà phát triển ứng dụng cấp tỉnh')
    await page.getByRole('link', { name: 'Truy vấn dữ liệu toàn tỉnh' }).click()
    await page.waitForURL(`${hub.url}/docs/guide/query-the-province`)
    expect(await text('h1')).to.equal('Query the province')
    expect(await page.locator('article').getAttribute('lang')).to.equal('en')
    expect(await page.locator('.aside [aria-current="page"]').innerText()).to.equal(
      'Truy vấn dữ liệu toàn tỉnh',
    )
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Sao chép' }).first().click()
    await page.getByText('Đã chép').first().waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(
      await page.evaluate("document.querySelector('.code pre').innerText"),
    )
    await open('/docs/guide/masking')
    const links = await page
      .locator('article a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
    for (const link of links.filter((href) => href.startsWith('/')))
      expect((await hub.send(link.replace(/#.*/, ''))).status, link).to.equal(200)
    expect(links).to.include('/docs/guide/places#boundaries')
    await open('/docs/guide/places#boundaries')
    expect(await page.locator('#boundaries').count()).to.equal(1)
    expect(complaints).to.deep.equal([])
  })

  it('shows types and attributes of the ontology in both languages, and remembers the language', async () => {
    await open('/docs/ontology')
    await page.getByLabel('Lọc').fill('khong khi')
    expect(await page.locator('.terms li:visible').count()).to.be.within(1, 6)
    await page.getByRole('link', { name: 'Quan trắc chất lượng không khí' }).click()
    await page.waitForURL(`${hub.url}/docs/ontology/AirQualityObserved`)
    await page.locator('.code pre').waitFor()
    const row = page.getByRole('row').filter({ has: page.locator('#pm25') })
    expect(await row.innerText())
      .to.include('µg/m³')
      .and.include('0 … 10.000')
      .and.include('Bụi PM2.5')
      .and.not.include('Mass concentration')
    expect(await text('.code pre')).to.include('"urn:ngsi-ld:AirQualityObserved:')
    await page.getByRole('button', { name: 'English' }).click()
    await page.waitForSelector('html[lang="en"]')
    await page.locator('.code pre').waitFor()
    expect(await row.innerText())
      .to.include('Mass concentration')
      .and.not.include('Bụi')
    await open('/docs/ontology/reporterPhone')
    expect(await text('main'))
      .to.include('basic')
      .and.include('ServiceRequest')
      .and.include('phone')
    expect(complaints.filter((one) => !one.includes('401'))).to.deep.equal([])
  })

  it('tries an operation in the name of who logged in, and comes back to where the login was begun', async function () {
    this.timeout(300_000) // the rules look at each element of the page
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await open('/docs/reference#/Discovery/retrieveEntityTypes')
    expect(await text('#page')).to.include('Đăng nhập để thấy')
    await page.getByRole('button', { name: 'Đăng nhập' }).click()
    await page.getByLabel('Tài khoản').fill('analyst')
    await page.getByLabel('Mật khẩu').fill(PASSWORD)
    await page.getByRole('button', { name: 'Đăng nhập' }).click()
    await page.waitForURL(`${hub.url}/docs/reference#/Discovery/retrieveEntityTypes`)
    await page.waitForSelector('main:not([aria-busy])')
    expect(await text('#account')).to.equal('analyst')
    const operation = page.locator('#operations-Discovery-retrieveEntityTypes')
    await operation.getByRole('button', { name: /Try it out/ }).click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    await operation.locator('.live-responses-table .response').first().waitFor()
    expect(await operation.locator('.live-responses-table').innerText())
      .to.include('200')
      .and.include('EntityType')
    await page.getByLabel(/Lọc theo thao tác/).fill('get retrieveEntityTypes')
    await operation.waitFor()
    expect(await inaccessible(page), 'reference').to.deep.equal([])
    await page.getByLabel(/Lọc theo thao tác/).fill('get retrieveAttributes')
    await page.locator('#operations-Discovery-retrieveAttributes').waitFor()
    expect(await page.locator('.opblock').count()).to.equal(1)

    await open('/docs/ontology/OffStreetParking')
    await page.getByText(/dữ liệu của \d+ thuộc tính/).waitFor()
    expect(await page.getByText('có dữ liệu').count()).to.be.greaterThan(2)
    expect(complaints).to.deep.equal([])
  })

  it('keeps to the basics of accessibility, in light colours and in dark ones', async function () {
    this.timeout(300_000) // the rules look at each element of all pages
    await page.emulateMedia({ reducedMotion: 'reduce' })
    for (const path of [
      '/docs',
      '/docs/guide/masking',
      '/docs/ontology',
      '/docs/ontology/ServiceRequest',
      '/docs/search?q=air',
    ]) {
      await open(path)
      expect(await inaccessible(page), path).to.deep.equal([])
    }
  })
})
