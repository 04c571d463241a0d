import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { packageRoot } from '../../ontology/package-root.ts'
import { hasChromium, inChromium, openWatchedPage, startChromium } from '../support/chromium.ts'
import { freePort } from '../support/free-port.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'

const PASSWORD = 'three words for tests'
const REQUEST = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:PA-TN-000123'
const TYPES = ['ServiceRequest', 'OffStreetParking', 'AirQualityObserved']

const feed = (name: string) => ({
  file: join(packageRoot, 'adapters/feeds', name, 'feed.yaml'),
  variables: { city: 'thai-nguyen' },
})

describe(inChromium('console'), () => {
  const folder = temporaryFolder()
  let open: TestHub
  let guarded: TestHub
  let browser: Browser
  let page: Page
  let complaints: readonly string[]
  let strangers: readonly string[]

  before(async function () {
    if (!hasChromium) this.skip()
    const port = await freePort()
    const database = new DatabaseSync(join(folder, 'levels.db'))
    database.exec(`CREATE TABLE levels (ma TEXT, luc TEXT, muc REAL, luu REAL);
        INSERT INTO levels VALUES ('GB', '2025-11-15T07:00:00+07:00', 2210, 45)`)
    database.close()
    browser = await startChromium()
    open = await startTestHub({
      'context.default': 'ontology',
      name: 'song-cong',
      title: 'Trung tâm dữ liệu Sông Công',
      'federation.timeout': 500,
      'federation.sources': [
        { name: 'pho-yen', endpoint: `http://127.0.0.1:${await freePort()}`, types: TYPES },
      ],
      feeds: [feed('parking'), { file: await levelFeed('m') }],
    })
    guarded = await startTestHub({
      'context.default': 'ontology',
      name: 'thai-nguyen',
      title: 'Trung tâm dữ liệu Thái Nguyên',
      city: 'thai-nguyen',
      'listen.port': port,
      'auth.mode': 'required',
      'auth.policies': [join(packageRoot, 'config/policies/demo.yaml')],
      'egress.mode': 'open',
      'identity.enabled': true,
      'identity.demoPassword': PASSWORD,
      'identity.secondFactor': [],
      'identity.accounts': [
        { name: 'dpo', roles: ['dpo'] },
        { name: 'public', roles: ['public'] },
      ],
      'identity.clients': [{ id: 'console', redirectUris: [`http://127.0.0.1:${port}/`] }],
      feeds: [feed('citizen-feedback')],
    })
  })
  /** A feed of a table, whose levels are of a unit; the same file each time. */
  async function levelFeed(unit: string): Promise<string> {
    const file = join(folder, 'feed.yaml')
    await writeFile(
      file,
      `name: levels
title: Mực nước
source: urn:ngsi-ld:Feed:song-cong:levels
dataProvider: Chi cục Thủy lợi
transport: { kind: sql, url: 'sqlite:levels.db', query: SELECT * FROM levels, everySeconds: 60 }
format: { kind: json }
mapping:
  type: WaterLevelObserved
  id: song-cong:{ma}
  time: { from: luc }
  columns: { luu: flow, muc: { attribute: waterLevel, unit: ${unit} } }
`,
    )
    return file
  }

  after(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
    await Promise.all([open?.stop(), guarded?.stop()])
  })

  beforeEach(async () => {
    ;({ page, complaints, strangers } = await openWatchedPage(browser, [open.url, guarded.url]))
  })
  afterEach(async () => {
    await page.context().close()
    expect(strangers, 'requests that leave the hubs').to.deep.equal([])
  })

  const settled = () => page.waitForSelector('main:not([aria-busy])')
  const text = (selector: string) => page.locator(selector).innerText()

  async function login(account: string): Promise<void> {
    await page.goto(`${guarded.url}/`)
    await page.getByRole('button', { name: 'Đăng nhập' }).first().click()
    await page.getByLabel('Tài khoản').fill(account)
    await page.getByLabel('Mật khẩu').fill(PASSWORD)
    await page.getByRole('button', { name: 'Đăng nhập' }).click()
    await page.waitForURL(`${guarded.url}/`)
    await settled()
  }

  it('shows the federation, feeds and entities of a hub without access control', async () => {
    await waitForEntities(open, 'OffStreetParking')
    await page.goto(`${open.url}/`)
    await settled()
    expect(await page.title()).to.equal('Toàn cảnh liên kết · Trung tâm dữ liệu Sông Công')
    expect(await text('main table'))
      .to.include('pho-yen')
      .and.include('Độ trễ')
    expect(await text('.types')).to.match(/Bãi đỗ xe\s+Off-street parking\s+\d/)
    await page.getByRole('button', { name: 'Hỏi lại tất cả' }).click()
    await page.waitForSelector('.asked .notice')
    expect(await text('.asked')).to.include('Có trung tâm không trả lời')
    expect(await page.locator('.badge.bad, .badge.rest').count()).to.equal(1)

    await page.getByRole('link', { name: 'Nguồn dữ liệu' }).click()
    await page.getByRole('rowheader', { name: /Car parks/ }).waitFor()
    expect(await page.locator('nav a[aria-current="page"]').innerText()).to.include('Feeds')
    expect(await text('main table'))
      .to.include('Tốt')
      .and.not.include('Lỗi')

    await page.getByRole('link', { name: 'Thực thể' }).click()
    await page.getByRole('rowheader').first().waitFor()
    await page.getByRole('rowheader').first().getByRole('link').click()
    await page.waitForSelector('table.views')
    expect(await page.locator('td[data-kind="clear"]').count()).to.be.greaterThan(3)
    expect(await page.locator('td[data-kind="absent"]').count()).to.equal(0)
    expect(complaints).to.deep.equal([])
  })

  it('shows how a feed stands, what was set aside and why, and tries that again when the feed is repaired', async () => {
    const row = page.getByRole('row').filter({ hasText: 'Mực nước' })
    const shows = (words: string) =>
      until(words, async () => {
        await page.goto(`${open.url}/?${Math.random()}#feeds`)
        await settled()
        return (await row.innerText()).includes(words)
      })
    await shows('1 bản ghi')
    expect(await row.innerText())
      .to.match(/Tốt[\s\S]*\d ngày \d+ d[\s\S]*1 Giá trị vô lý implausible/)
      .and.match(/lần sau next \d\d:\d\d/)
    await levelFeed('parsec')
    await shows('Cấu hình lỗi')
    expect(await row.innerText()).to.include(
      'feed.yaml: mapping Unit of WaterLevelObserved waterLevel is not known',
    )
    await levelFeed('cm')
    await shows('Tốt')
    await row.getByRole('link').click()
    await page.getByRole('rowheader', { name: /Giá trị vô lý/ }).waitFor()
    await page.getByRole('button', { name: 'Xử lý lại các bản ghi này' }).click()
    await page.getByText('1 đã vào trung tâm, 0 vẫn cách ly').waitFor()
    expect(await page.getByRole('rowheader').count()).to.equal(0)
    const { body } = await open.send('/ngsi-ld/v1/entities?type=WaterLevelObserved&format=simplified')
    expect(body[0].waterLevel).to.equal(22.1)
    expect(complaints).to.deep.equal([])
  })

  it('pages through entities by next links, and back', async () => {
    const body = Array.from({ length: 30 }, (_, at) => ({
      id: `urn:ngsi-ld:Device:${String(at).padStart(2, '0')}`,
      type: 'Device',
      name: { type: 'Property', value: `Thiết bị <b>${at}</b>` },
    }))
    const { status, text: answer } = await open.send('/ngsi-ld/v1/entityOperations/create', {
      method: 'POST',
      body,
    })
    expect(status, answer).to.equal(201)
    await page.goto(`${open.url}/#entities/Device`)
    await settled()
    const first = await page.locator('tbody tr').count()
    expect(await text('tbody tr:first-child a')).to.equal('Thiết bị <b>0</b>')
    await page.locator('.paging a[rel="next"]').click()
    await page.locator('.paging a[rel="first"]').waitFor()
    expect(first + (await page.locator('tbody tr').count())).to.equal(30)
    await page.goBack()
    await page.locator('.paging a[rel="next"]').waitFor()
    expect(await page.locator('tbody tr').count()).to.equal(first)
    expect(complaints).to.deep.equal([])
  })

  it('says in words that something is not there, and can be worked by keyboard', async () => {
    await page.goto(`${open.url}/#entity/urn%3Angsi-ld%3ADevice%3Anone`)
    await settled()
    expect(await text('[role=alert]'))
      .to.include('Không tìm thấy')
      .and.include('urn:ngsi-ld:Device:none')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).to.equal('skip')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).to.equal('page')
    expect(page.url()).to.include('#entity/')
  })

  it('logs in as the data-protection officer and shows a request as four roles see it', async () => {
    await waitForEntities(guarded, 'ServiceRequest')
    await login('dpo')
    expect(await text('#account')).to.equal('dpo')
    await page.goto(`${guarded.url}/#entity/${encodeURIComponent(REQUEST)}`)
    await page.waitForSelector('table.views')
    const roles = await page
      .locator('table.views thead th[data-role]')
      .evaluateAll((heads) => heads.map((head) => head.getAttribute('data-role')))
    expect(roles).to.deep.equal(['dpo', 'operator', 'analyst', 'public'])
    const kinds = (attribute: string) =>
      page
        .locator(`tr[data-attribute="${attribute}"] td`)
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-kind')))
    expect(await kinds('reporterPhone')).to.deep.equal(['clear', 'partial', 'pseudonym', 'absent'])
    expect(await kinds('location')).to.deep.equal(['clear', 'partial', 'partial', 'absent'])
    expect(await kinds('category')).to.deep.equal(['clear', 'clear', 'clear', 'clear'])
    const status = page.locator('tr[data-attribute="status"] td')
    expect(await status.first().innerText()).to.equal('Đang xử lý In progress')
    const phone = page.locator('tr[data-attribute="reporterPhone"] td')
    expect(await phone.nth(0).innerText()).to.equal('0900000000')
    expect(await phone.nth(1).innerText()).to.match(/^09\*+000\s+◐\s+Che một phần partial$/)
    expect(await phone.nth(2).innerText()).to.match(/^pseudonym:[0-9a-f]+\s+◈\s+Bí danh pseudonym$/)
    expect(await phone.nth(3).innerText()).to.match(/^○\s+Không thấy absent$/)

    await page.goto(`${guarded.url}/#feeds`)
    await page.getByRole('link', { name: /bản ghi/ }).click()
    await page.getByRole('columnheader', { name: /Lý do/ }).waitFor()
    await page.getByRole('button', { name: 'Đăng xuất' }).click()
    await page.waitForURL(/\/oidc\/session\/end/)
    await page.getByRole('button', { name: 'Đăng xuất' }).click()
    await page.waitForURL(`${guarded.url}/#quarantine/citizen-feedback`)
    await settled()
    expect(await text('main')).to.include('Cần đăng nhập')
  })

  it('tells the public in words what it may not see, and shows it the rest', async () => {
    await waitForEntities(guarded, 'ServiceRequest')
    await login('public')
    expect(await text('main')).to.include('Tài khoản này không có quyền xem phần này')
    expect(await text('.types')).to.include('Phản ánh hiện trường')
    await page.goto(`${guarded.url}/#feeds`)
    await page.getByRole('heading', { name: 'Trung tâm dữ liệu Thái Nguyên' }).waitFor()
    expect(await text('[role=alert]')).to.include('Tài khoản này không có quyền')
    await page.goto(`${guarded.url}/#entity/${encodeURIComponent(REQUEST)}`)
    await page.waitForSelector('table.views')
    expect(await text('main')).to.include('Chỉ cán bộ bảo vệ dữ liệu so sánh được các vai trò')
    expect(await text('main'))
      .to.include('Vệ sinh môi trường')
      .and.not.include('0900')
    expect(await text('main')).to.not.include('Nguyễn Văn An')
  })
})

/** Feeds write while the hub is starting up. */
async function waitForEntities(hub: TestHub, type: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { types } = await hub.running.store.counters(DEFAULT_TENANT)
    if ([...types].some(([name, number]) => name.endsWith(`/${type}`) && number > 0)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`No ${type} came in`)
}
