import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect } from 'chai'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { runFeed } from '../../adapters/kit/run/run-feed.ts'
import type { RunningHub } from '../../broker/main.ts'
import { until } from '../support/until.ts'
import { ask, feedFolder, startFeedHub } from './feed-hub.ts'

const SAMPLES = path.join(feedFolder('cap-alerts'), 'samples/thai-nguyen')

/** A message of the samples, without an end. */
async function sample(name: string): Promise<string> {
  return (await readFile(path.join(SAMPLES, name), 'utf8')).replace(/<\?xml.*\?>|<expires>.*<\/expires>/g, '')
}

/** Which feed takes so many pages at a place of the source, and what they become. */
interface Taking {
  readonly name: string
  readonly place: string
  readonly type: string
  readonly pages: number
}

const WARNINGS: Taking = { name: 'cap-alerts', place: '/cap.xml', type: 'Alert', pages: 1 }
const REQUESTS: Taking = {
  name: 'open311',
  place: '/requests.json?page_size=2',
  type: 'ServiceRequest',
  pages: 3,
}

type Attributes = Record<string, { value?: unknown; observedAt?: string }>

/** Two requests, of which the first was closed while the pages were read; then none. */
function pageOf(page: string): string {
  const request = (id: string, status: string, at: string) => ({
    service_request_id: id,
    status,
    requested_datetime: '2025-11-15T08:00:00+07:00',
    updated_datetime: `2025-11-15T${at}:00+07:00`,
    email: 'an@citizen.example',
  })
  if (page === '1') return JSON.stringify([request('1', 'closed', '09:30'), request('2', 'open', '08:00')])
  return JSON.stringify(page === '2' ? [request('1', 'open', '08:00')] : [])
}

describe('feeds: warnings, and requests of citizens', () => {
  let hub: RunningHub
  let body = ''
  let asked = 0
  const source = createServer((request, response) => {
    asked++
    if (request.url?.startsWith('/requests.json?page_size=2') === true)
      response.end(pageOf(new URL(request.url, 'http://a').searchParams.get('page') ?? '1'))
    else response.setHeader('content-type', 'application/atom+xml').end(`<feed>${body}</feed>`)
  })

  before(async () => {
    hub = await startFeedHub()
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve))
  })
  after(async () => {
    source.close()
    await hub.stop()
  })

  /** Lets the feed run until the source was taken as it is. */
  async function take({ name, place, type, pages }: Taking): Promise<Attributes[]> {
    const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}${place}`
    const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
    let taken = 0
    const feed = await runFeed(await loadFeed(path.join(feedFolder(name), 'feed.yaml'), { url }), {
      connection,
      onEvent: ({ kind }) => {
        if (kind === 'taken') taken++
      },
      retry: { attempts: 2, firstMs: 20, longestMs: 50 },
    })
    await until('the source was taken', () => taken >= pages)
    await feed.stop()
    return (await ask(`${hub.url}/ngsi-ld/v1/entities?type=${type}`)).body as Attributes[]
  }

  it('warnings are one entity: an update replaces, a cancellation ends, and what comes late changes nothing', async () => {
    body = await sample('1-lu-song-cau.xml')
    const [first] = await take(WARNINGS)
    expect([first?.alertStatus?.value, first?.severity?.value]).to.deep.equal(['active', 'high'])
    body = (await sample('3-huy.xml')) + (await sample('1-lu-song-cau.xml'))
    expect((await take(WARNINGS)).map(({ alertStatus }) => alertStatus?.value)).to.deep.equal(['ended'])
    body = await sample('2-cap-nhat.xml')
    const alerts = await take(WARNINGS)
    expect(alerts).to.have.length(1)
    expect([alerts[0]?.alertStatus?.value, alerts[0]?.severity?.value]).to.deep.equal(['ended', 'critical'])
    expect(asked).to.equal(3)
  })

  it('warnings end by their time, and one that an update moved on meanwhile stands again', async () => {
    const status = async (): Promise<unknown> => {
      const alerts = (await ask(`${hub.url}/ngsi-ld/v1/entities?type=Alert`)).body as Attributes[]
      const { alertStatus } =
        alerts.find(({ identifier }) => identifier?.value !== undefined && !known.has(identifier.value)) ?? {}
      return alertStatus && [alertStatus.value, alertStatus.observedAt]
    }
    const known = new Set((await take(WARNINGS)).map(({ identifier }) => identifier?.value))
    const inSeconds = (seconds: number): string =>
      new Date(Math.floor(Date.now() / 1000 + seconds) * 1000).toISOString().replace('.000Z', '+00:00')
    const [sent, updated, end] = [inSeconds(-90), inSeconds(-60), inSeconds(3)]
    const message = (kind: string, [when, expires]: readonly [string, string], references = '') =>
      `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>MAU-${kind}</identifier><sender>pctt@thainguyen.example</sender>
      <sent>${when}</sent><status>Actual</status><msgType>${kind}</msgType><scope>Public</scope>${references}<info>
      <language>vi-VN</language><category>Met</category><event>Lũ sông Cầu</event><urgency>Immediate</urgency><severity>Severe</severity>
      <certainty>Observed</certainty><expires>${expires}</expires><area><areaDesc>Phường Phan Đình Phùng</areaDesc></area></info></alert>`
    const atEnd = end.replace('+00:00', 'Z')
    body = message('Alert', [sent, end])
    await take(WARNINGS)
    expect(await status()).to.deep.equal(['active', sent.replace('+00:00', 'Z')])
    await until('its end', async () => String(await status()) === `ended,${atEnd}`)
    await take(WARNINGS)
    expect(await status(), 'the same again').to.deep.equal(['ended', atEnd])
    const references = `<references>pctt@thainguyen.example,MAU-Alert,${sent}</references>`
    body += message('Update', [updated, '2099-01-01T00:00:00+07:00'], references)
    await take(WARNINGS)
    await until('its update', async () => String(await status()) === `active,${atEnd}`)
  })

  it('requests are read page by page: the latest status stands, and who sent them is nowhere', async () => {
    const requests = await take(REQUESTS)
    const said = requests.map(({ requestCode, status }) => [requestCode?.value, status?.value].join())
    expect(said.sort()).to.deep.equal(['1,resolved', '2,received'])
    const { body: quarantine } = await ask(`${hub.url}/hub/v1/quarantine?feed=open311`)
    expect(JSON.stringify(requests)).not.to.include('citizen.example')
    expect(JSON.stringify(quarantine)).not.to.include('citizen.example')
  })
})
