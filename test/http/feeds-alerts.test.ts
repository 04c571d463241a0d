import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect } from 'chai'
import { loadFeed } from '../../adapters/kit/feed.ts'
import { runFeed } from '../../adapters/kit/run-feed.ts'
import type { RunningHub } from '../../broker/main.ts'
import { until } from '../support/until.ts'
import { ask, feedFolder, startFeedHub } from './feed-hub.ts'

const SAMPLES = path.join(feedFolder('cap-alerts'), 'samples/thai-nguyen')

/** A message of the samples, without an end. */
async function sample(name: string): Promise<string> {
  return (await readFile(path.join(SAMPLES, name), 'utf8')).replace(/<\?xml.*\?>|<expires>.*<\/expires>/g, '')
}

describe('feeds: warnings', function () {
  this.timeout(20_000)
  let hub: RunningHub
  let body = ''
  let asked = 0
  const source = createServer((_request, response) => {
    asked++
    if (body === '') response.writeHead(503).end()
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
  async function take(): Promise<Record<string, { value?: unknown }>[]> {
    const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}/cap.xml`
    const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
    let taken = 0
    const feed = await runFeed(await loadFeed(path.join(feedFolder('cap-alerts'), 'feed.yaml'), { url }), {
      connection,
      onEvent: ({ kind }) => {
        if (kind === 'taken') taken++
      },
      retry: { attempts: 2, firstMs: 20, longestMs: 50 },
    })
    await until('the source was taken', () => taken > 0)
    await feed.stop()
    return (await ask(`${hub.url}/ngsi-ld/v1/entities?type=Alert`)).body as Record<
      string,
      { value?: unknown }
    >[]
  }

  it('are one entity: an update replaces, a cancellation ends, and what comes late changes nothing', async () => {
    body = await sample('1-lu-song-cau.xml')
    const [first] = await take()
    expect([first?.alertStatus?.value, first?.severity?.value]).to.deep.equal(['active', 'high'])
    body = (await sample('3-huy.xml')) + (await sample('1-lu-song-cau.xml'))
    expect((await take()).map(({ alertStatus }) => alertStatus?.value)).to.deep.equal(['ended'])
    body = await sample('2-cap-nhat.xml')
    const alerts = await take()
    expect(alerts).to.have.length(1)
    expect([alerts[0]?.alertStatus?.value, alerts[0]?.severity?.value]).to.deep.equal(['ended', 'critical'])
    expect(asked).to.equal(3)
  })
})
