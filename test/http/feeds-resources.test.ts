import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import type { Action, Caller } from '../../broker/core/model/caller.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { feedRoutes } from '../../broker/http/routes/feed-routes.ts'
import type { RunningHub } from '../../broker/main.ts'
import { listFeeds, readCheckpoint, readFeed } from '../../broker/operations/feeds/feed-state.ts'
import { deleteQuarantine, listQuarantine, readQuarantine } from '../../broker/operations/feeds/quarantine.ts'
import { replayQuarantine } from '../../broker/operations/feeds/replay-quarantine.ts'
import { NO_FEEDS, type ReplayOutcome } from '../../broker/operations/feeds/running-feeds.ts'
import { OPEN_CALLER } from '../../security/open-caller.ts'
import { until } from '../support/until.ts'
import { ask, entitiesOf, inFolder, startFeedHub } from './feed-hub.ts'

const FEED = `name: NAME
title: Counts
source: urn:ngsi-ld:Feed:counts
dataProvider: Sở Xây dựng
transport:
  kind: KIND
format:
  kind: json
mapping:
  expression: |
    { 'id': $iri('Thing', key), 'type': 'Thing',
      'count': { 'type': 'Property', 'value': $number(count), 'observedAt': $time(at) } }
`
const JSON_BODY = { 'content-type': 'application/json' }

async function withFeeds(task: (hub: RunningHub, folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const [hook, files] = [path.join(folder, 'hook.yaml'), path.join(folder, 'files.yaml')]
    await writeFile(hook, FEED.replace('NAME', 'counts').replace('KIND', 'webhook'))
    await writeFile(
      files,
      FEED.replace('NAME', 'files').replace('kind: KIND', 'kind: directory\n  path: .\n  pattern: none'),
    )
    const hub = await startFeedHub([{ file: hook }, { file: files }])
    try {
      await task(hub, folder)
    } finally {
      await hub.stop()
    }
  })
}

function send(
  hub: RunningHub,
  records: unknown,
  feed = 'counts',
): Promise<{ status: number; body: unknown }> {
  return ask(`${hub.url}/hub/v1/feeds/${feed}/records`, {
    method: 'POST',
    headers: JSON_BODY,
    body: typeof records === 'string' ? records : JSON.stringify(records),
  })
}

async function setAside(hub: RunningHub, query = ''): Promise<Record<string, unknown>[]> {
  const { body } = await ask(`${hub.url}/hub/v1/quarantine${query}`)
  return (body as { records: Record<string, unknown>[] }).records
}

const at = (minute: number): string => `2025-11-15T08:${String(minute).padStart(2, '0')}:00+07:00`

describe('feeds: records that are sent', () => {
  it('answers 202 when each record is written or in quarantine', () =>
    withFeeds(async (hub) => {
      const answer = await send(hub, [
        { key: 'a', count: '1,5', at: at(1) },
        { key: 'b', count: 'x', at: at(1) },
        { key: 'a', count: '2', at: at(2) },
      ])
      expect(answer).to.deep.equal({
        status: 202,
        body: { read: 3, written: 2, unchanged: 0, quarantined: { unmapped: 1 } },
      })
      const [thing, ...others] = await entitiesOf(hub)
      expect(others).to.deep.equal([])
      expect(thing).to.deep.include({
        count: { type: 'Property', value: 2, observedAt: '2025-11-15T01:02:00Z' },
        source: { type: 'Property', value: 'urn:ngsi-ld:Feed:counts' },
      })
    }))

  it('does not send again what is unchanged, and takes A after B after A', () =>
    withFeeds(async (hub) => {
      const summaries: unknown[] = []
      for (const [count, minute] of [
        [1, 1],
        [1, 1],
        [2, 2],
        [1, 3],
        [1, 1],
      ] as const) {
        const { body } = await send(hub, [{ key: 'a', count, at: at(minute) }])
        const { written, unchanged, quarantined } = body as Record<string, unknown>
        summaries.push([written, unchanged, quarantined])
      }
      expect(summaries).to.deep.equal([
        [1, 0, {}],
        [0, 1, {}],
        [1, 0, {}],
        [1, 0, {}],
        [0, 1, {}],
      ])
    }))

  it('keeps a body that is no JSON in quarantine, and one that is not text as base64', () =>
    withFeeds(async (hub) => {
      expect((await send(hub, '{"key":')).body).to.deep.include({ quarantined: { unreadable: 1 } })
      const bytes = Buffer.from([0xff, 0x00, 0x7b])
      await fetch(`${hub.url}/hub/v1/feeds/counts/records`, { method: 'POST', body: bytes })
      const records = await Promise.all(
        (await setAside(hub)).map(({ id }) => ask(`${hub.url}/hub/v1/quarantine/${id}`)),
      )
      expect(
        records.map(({ body }) => [(body as { encoding: string }).encoding, (body as { raw: string }).raw]),
      ).to.have.deep.members([
        ['utf-8', '{"key":'],
        ['base64', bytes.toString('base64')],
      ])
    }))

  it('refuses feeds that are unknown (404) or take no records (409)', () =>
    withFeeds(async (hub) => {
      expect((await send(hub, [], 'nobody')).status).to.equal(404)
      expect((await send(hub, [], 'files')).status).to.equal(409)
      expect((await send(hub, [], 'Counts!')).status).to.equal(400)
    }))
})

describe('feeds: quarantine', () => {
  it('lists without what the source sent, page by page, by feed', () =>
    withFeeds(async (hub) => {
      await send(
        hub,
        [1, 2, 3].map((key) => ({ key, count: 'x', at: at(key) })),
      )
      const all = await setAside(hub, '?feed=counts')
      expect(all).to.have.length(3)
      for (const record of all) {
        expect(record).to.include({
          feed: 'counts',
          reason: 'unmapped',
          detail: 'Value is not a number',
          attempts: 0,
        })
        expect(record).not.to.have.any.keys('raw', 'preamble')
      }
      const first = (await ask(`${hub.url}/hub/v1/quarantine?feed=counts&limit=2`)).body as {
        records: { id: string }[]
        next: string
      }
      const second = (await ask(`${hub.url}/hub/v1/quarantine?feed=counts&limit=2&after=${first.next}`))
        .body as { records: { id: string }[] }
      expect([...first.records, ...second.records].map(({ id }) => id)).to.deep.equal(all.map(({ id }) => id))
      expect(second).not.to.have.property('next')
      expect(await setAside(hub, '?feed=count')).to.deep.equal([])
    }))

  it('keeps the same record once', () =>
    withFeeds(async (hub) => {
      const record = { key: 'a', count: 'x', at: at(1) }
      await send(hub, [record])
      await send(hub, [record])
      expect(await setAside(hub)).to.have.length(1)
    }))

  it('tries a record again: it stays with its reason, and leaves when it can be written', () =>
    withFeeds(async (hub) => {
      await send(hub, [{ key: 'a', count: 'x', at: at(1) }])
      const [record] = await setAside(hub)
      const replay = (): Promise<{ status: number; body: unknown }> =>
        ask(`${hub.url}/hub/v1/quarantine/${record!.id}/replay`, { method: 'POST' })
      expect(await replay()).to.deep.equal({
        status: 200,
        body: { outcome: 'quarantined', reason: 'unmapped', detail: 'Value is not a number' },
      })
      expect((await setAside(hub))[0]).to.include({ attempts: 1 })
      const stored = await hub.store.document(DEFAULT_TENANT, 'quarantine', String(record!.id))
      const repaired = { ...stored!.document, raw: JSON.stringify({ key: 'a', count: '7', at: at(1) }) }
      const unit = {
        collection: 'quarantine',
        id: String(record!.id),
        next: repaired,
        at: 1,
        origin: { by: 'test' },
        logged: false,
      } as const
      await hub.store.commit(DEFAULT_TENANT, [unit])
      expect(await replay()).to.deep.equal({ status: 200, body: { outcome: 'written' } })
      expect(await setAside(hub)).to.deep.equal([])
      expect((await entitiesOf(hub))[0]).to.have.nested.property('count.value', 7)
      expect((await replay()).status).to.equal(404)
    }))

  it('does not bring a record back that is deleted while it is tried', () =>
    withFeeds(async (hub) => {
      await send(hub, [{ key: 'a', count: 'x', at: at(1) }])
      const [record] = await setAside(hub)
      const id = String(record!.id)
      const command = { caller: OPEN_CALLER, tenant: DEFAULT_TENANT, origin: { by: 'test' }, id }
      const clock = () => Date.now() * 1000
      const running = {
        ...NO_FEEDS,
        tenant: DEFAULT_TENANT,
        standing: async () => ({ since: '', faults: [] }),
        replay: async (): Promise<ReplayOutcome> => {
          await deleteQuarantine({ store: hub.store, clock, maxFeeds: () => 0 })(command)
          return { outcome: 'quarantined', reason: 'unmapped', detail: 'Value is not a number' }
        },
      }
      const replay = replayQuarantine({ store: hub.store, clock, maxFeeds: () => 0, running })
      expect(await replay(command).catch(({ code }: Problem) => code)).to.equal('ResourceNotFound')
      expect(await setAside(hub)).to.deep.equal([])
    }))

  it('deletes a record for good', () =>
    withFeeds(async (hub) => {
      await send(hub, [{ key: 'a', count: 'x', at: at(1) }])
      const [record] = await setAside(hub)
      const remove = (): Promise<{ status: number }> =>
        ask(`${hub.url}/hub/v1/quarantine/${record!.id}`, { method: 'DELETE' })
      expect((await remove()).status).to.equal(204)
      expect((await remove()).status).to.equal(404)
      expect(await setAside(hub)).to.deep.equal([])
    }))

  const malformed: readonly [string, unknown][] = [
    ['no object', 1],
    [
      'an id of another feed',
      {
        id: `b.${'0'.repeat(32)}`,
        feed: 'a',
        reason: 'refused',
        detail: '',
        input: '',
        raw: '',
        encoding: 'utf-8',
      },
    ],
    [
      'no bytes',
      { id: `a.${'0'.repeat(32)}`, feed: 'a', reason: 'refused', detail: '', input: '', encoding: 'utf-8' },
    ],
    [
      'an unknown encoding',
      {
        id: `a.${'0'.repeat(32)}`,
        feed: 'a',
        reason: 'refused',
        detail: '',
        input: '',
        raw: '',
        encoding: 'x',
      },
    ],
    ['too many', Array.from({ length: 101 }, () => ({}))],
  ]
  for (const [title, body] of malformed) {
    it(`refuses ${title}`, () =>
      withFeeds(async (hub) => {
        const answer = await ask(`${hub.url}/hub/v1/quarantine`, {
          method: 'POST',
          headers: JSON_BODY,
          body: JSON.stringify(body),
        })
        expect(answer.status).to.equal(400)
        expect(await setAside(hub)).to.deep.equal([])
      }))
  }
})

describe('feeds: state', () => {
  it('tells of each feed what it is, what it took and when', () =>
    withFeeds(async (hub) => {
      await send(hub, [{ key: 'a', count: '1', at: at(1) }])
      await send(hub, [{ key: 'a', count: 'x', at: at(2) }])
      const { body } = await ask(`${hub.url}/hub/v1/feeds/counts`)
      expect(body).to.deep.include({
        name: 'counts',
        definition: {
          title: 'Counts',
          source: 'urn:ngsi-ld:Feed:counts',
          dataProvider: 'Sở Xây dựng',
          transport: 'webhook',
          format: 'json',
        },
        counters: { read: 2, written: 1, unchanged: 0, quarantined: { unmapped: 1 } },
      })
      expect(body).not.to.have.property('lastError')
      // one that took nothing yet is there as well
      await until('both', async () => {
        const { body: list } = await ask(`${hub.url}/hub/v1/feeds`)
        return (list as { name: string }[]).map(({ name }) => name).join() === 'counts,files'
      })
      expect((await ask(`${hub.url}/hub/v1/feeds/nobody`)).status).to.equal(404)
    }))

  it('refuses states and checkpoints that are none', () =>
    withFeeds(async (hub) => {
      const put = (place: string, body: unknown): Promise<{ status: number }> =>
        ask(`${hub.url}/hub/v1/feeds/${place}`, {
          method: 'PUT',
          headers: JSON_BODY,
          body: JSON.stringify(body),
        })
      expect((await put('counts', [])).status).to.equal(400)
      expect((await put('COUNTS', {})).status).to.equal(400)
      expect((await put('counts/checkpoints/a', { retainDays: 0 })).status).to.equal(400)
      expect((await put('counts/checkpoints/a', { done: 1 })).status).to.equal(204)
      expect((await ask(`${hub.url}/hub/v1/feeds/counts/checkpoints/a`)).body).to.deep.equal({ done: 1 })
      expect((await ask(`${hub.url}/hub/v1/feeds/counts/checkpoints/b`)).status).to.equal(404)
    }))
})

describe('feeds: rights', () => {
  const limited = (allowed: readonly Action[]): Caller => ({
    ...OPEN_CALLER,
    check: (action, _tenant, { resource }) => {
      if (!allowed.includes(action)) throw new Problem('Forbidden', `Caller may not ${action} ${resource}`)
    },
  })
  const command = (caller: Caller) => ({ caller, tenant: DEFAULT_TENANT, origin: { by: 'test' } })

  it('shows what a source sent only to those who may repair it', () =>
    withFeeds(async (hub) => {
      await send(hub, [{ key: 'a', count: '0900 000 000', at: at(1) }])
      const [record] = await setAside(hub)
      const read = (allowed: readonly Action[]) =>
        readQuarantine(hub)({ ...command(limited(allowed)), id: String(record!.id) })
      expect(await read(['read', 'update']))
        .to.have.property('raw')
        .that.includes('0900 000 000')
      expect(await read(['read'])).not.to.have.any.keys('raw', 'preamble')
      expect(JSON.stringify(await read(['read']))).not.to.include('0900')
      expect(
        JSON.stringify(await listQuarantine(hub)({ ...command(limited(['read'])), limit: 10 })),
      ).not.to.include('0900')
    }))

  it('shows what a feed remembers of its observations only to those who may go on with it', () =>
    withFeeds(async (hub) => {
      const place = `${hub.url}/hub/v1/feeds/counts/checkpoints/quality`
      const body = JSON.stringify({ account: 'last values' })
      await ask(place, { method: 'PUT', headers: JSON_BODY, body })
      const read = (allowed: readonly Action[]) =>
        readCheckpoint(hub)({ ...command(limited(allowed)), feed: 'counts', key: 'quality' }).catch(
          ({ code }: Problem) => code,
        )
      expect(await read(['read', 'update'])).to.deep.equal({ account: 'last values' })
      expect(await read(['read'])).to.equal('Forbidden')
      expect(await read(['update'])).to.equal('Forbidden')
    }))

  it('tells what a transport remembers of the last record to nobody else either', () =>
    withFeeds(async (hub) => {
      const body = JSON.stringify({ checkpoint: { key: '"0900 000 000"' } })
      await ask(`${hub.url}/hub/v1/feeds/rows`, { method: 'PUT', headers: JSON_BODY, body })
      const running = NO_FEEDS
      for (const [allowed, told] of [
        [['read', 'update'], true],
        [['read'], false],
      ] as const) {
        const caller = limited(allowed)
        const states = [
          await readFeed({ ...hub, running })({ ...command(caller), feed: 'rows' }),
          ...(await listFeeds({ ...hub, running })({ ...command(caller), limit: 9, after: 'files' })),
        ]
        expect(states.map((state) => JSON.stringify(state).includes('0900'))).to.deep.equal([told, told])
      }
    }))

  it('decides before it looks', async () => {
    const forbidden = { ...command(limited([])), feed: 'nobody', id: 'x', limit: 1 }
    const nowhere = { store: undefined as never, running: NO_FEEDS }
    for (const operation of [readFeed(nowhere), readQuarantine(nowhere), listQuarantine(nowhere)]) {
      const code = await operation(forbidden).then(
        () => 'none',
        (error: Problem) => error.code,
      )
      expect(code).to.equal('Forbidden')
    }
  })

  it('has a route table without a repeated row', () => {
    const rows = feedRoutes({} as Parameters<typeof feedRoutes>[0]).map(
      ({ method, path: place }) => `${method} ${place}`,
    )
    expect(new Set(rows).size).to.equal(rows.length)
    expect(rows).to.have.length(11)
  })
})
