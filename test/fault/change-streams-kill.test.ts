import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { expect } from 'chai'
import { request } from 'undici'
import { packageRoot } from '../../ontology/package-root.ts'
import { CHANGES, type Line, toldBy } from '../support/change-lines.ts'
import { openEvents, openSocket } from '../support/event-stream.ts'
import { freePort } from '../support/free-port.ts'
import { uncovered } from '../support/hub-process.ts'
import { temporaryFolder } from '../support/stores.ts'
import { until } from '../support/until.ts'

const PROGRAM = new URL('../../broker/cli/main.js', import.meta.url).pathname
const EVENTS = '/hub/v1/events'
const KILLS = 4
const WRITERS = 4
const ENTITIES = 5

describe('Changes under kill -9', () => {
  const directory = temporaryFolder()
  after(() => rmSync(directory, { recursive: true, force: true }))

  async function startHub(): Promise<{ child: ChildProcess; url: string }> {
    const url = `http://127.0.0.1:${await freePort()}`
    const args = [PROGRAM, 'serve', '--data', directory, '--auth', 'off', '--port', new URL(url).port]
    const child = spawn(process.execPath, args, { cwd: packageRoot, env: uncovered, stdio: 'ignore' })
    const isReady = async () => (await status(`${url}/health/ready`)) === 200
    await until('a hub that is ready', isReady, 30_000)
    return { child, url }
  }

  async function status(url: string, body?: object): Promise<number> {
    const headers = { 'content-type': 'application/json' }
    const asked = body ? { method: 'POST' as const, headers, body: JSON.stringify(body) } : {}
    const answer = await request(url, asked).catch(() => undefined)
    await answer?.body.dump()
    return answer?.statusCode ?? 0
  }

  /** Answers the changes since a token, however many answers they take. */
  async function fed(url: string, after: string): Promise<readonly Line[]> {
    const lines: Line[] = []
    for (let token: string | undefined = after; token !== undefined; ) {
      const { statusCode, headers, body } = await request(
        `${url}${CHANGES}?type=Counted&limit=50&after=${token}`,
      )
      const told = toldBy({ status: statusCode, headers, text: await body.text(), body: undefined })
      lines.push(...told.changes)
      token = told.more ? told.after : undefined
    }
    return lines
  }

  /** Values by entity, in the order in which they were told. */
  const told = (lines: readonly Line[]) =>
    Object.fromEntries(
      Array.from({ length: ENTITIES }, (_, at) => [
        at,
        lines.filter(({ id }) => id === `urn:k:${at}`).map(({ entity }) => entity.count.value),
      ]),
    )

  it(`are told once each, in order, by feed and streams that go on after ${KILLS} kills`, async function () {
    this.timeout(180_000)
    let hub = await startHub()
    const begin = (await (await request(hub.url + CHANGES)).body.text()).match(/"after":"([^"]+)"/)?.[1] ?? ''
    const acknowledged: string[] = []
    const streams = { sse: [] as Line[], socket: [] as Line[] }
    const last = { sse: begin, socket: begin }
    let count = 0
    for (let kill = 0; kill <= KILLS; kill++) {
      const { url, child } = hub
      const sse = await openEvents(`${url}${EVENTS}?type=Counted`, { 'Last-Event-ID': last.sse })
      const socket = await openSocket(`${url}${EVENTS}?type=Counted&after=${last.socket}`)
      const until = acknowledged.length + 40 + kill * 13
      const write = async () => {
        while (acknowledged.length < until) {
          const value = ++count
          const body = [
            { id: `urn:k:${value % ENTITIES}`, type: 'Counted', count: { type: 'Property', value } },
          ]
          const answered = await status(`${url}/ngsi-ld/v1/entityOperations/upsert`, body as object)
          if (answered === 0) return
          acknowledged.push(`${value}`)
        }
        if (kill < KILLS) child.kill('SIGKILL')
      }
      await Promise.all(Array.from({ length: WRITERS }, write))
      if (kill < KILLS) {
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
        hub = await startHub()
      } else {
        const all = await fed(url, begin)
        await sse.has(all.length - streams.sse.length)
        await socket.has(all.length - streams.socket.length)
      }
      streams.sse.push(...sse.changes)
      streams.socket.push(...socket.changes)
      Object.assign(last, { sse: sse.last(), socket: socket.last() })
      await Promise.all([sse.close(), socket.close()])
    }
    const feed = await fed(hub.url, begin)
    const values = feed.map(({ entity }) => String(entity.count.value))
    expect(
      acknowledged.filter((value) => !values.includes(value)),
      'acknowledged and not told',
    ).to.deep.equal([])
    expect(new Set(values).size, 'told twice').to.equal(values.length)
    expect(told(streams.sse)).to.deep.equal(told(feed))
    expect(told(streams.socket)).to.deep.equal(told(feed))
    hub.child.kill('SIGKILL')
    await once(hub.child, 'exit')
  })
})
