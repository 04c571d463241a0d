import { expect } from 'chai'
import type { Caller } from '../../../broker/core/model/caller.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { Micros } from '../../../broker/core/model/time.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { ChangeQueue } from '../../../broker/operations/changes/change-queue.ts'
import { selectionTerms } from '../../../broker/operations/changes/change-selection.ts'
import { followChanges, type StreamedChange } from '../../../broker/operations/changes/follow-changes.ts'
import { streamPlaces } from '../../../broker/operations/changes/stream-places.ts'
import { tellSelection } from '../../../broker/operations/changes/tell-change.ts'
import { createLiveFeeds, type LiveFeeds } from '../../../broker/subscriptions/follow/live-feeds.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { entity, NOW, PM10, property, put, TYPE } from '../../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../../support/stores.ts'
import { until } from '../../support/until.ts'
import { tableOf } from '../context/terms.ts'

const SECRET = 'https://example.org/secret'
const engine = createGeometryEngine()
const open = OPEN_CALLER.view(DEFAULT_TENANT)
/** Sees all but one attribute. */
const narrow: View = {
  ...open,
  id: 'narrow',
  unrestricted: false,
  treatment: (_types, attribute) => (attribute === SECRET ? 'absent' : 'clear'),
}
const refusing: Caller = {
  ...OPEN_CALLER,
  check: () => {
    throw new Problem('Forbidden', 'Policies do not let this caller read entities')
  },
}

describe('followChanges', () => {
  let opened: OpenedStore
  let feeds: LiveFeeds
  let now: Micros
  let standing: Caller | undefined
  const versions = new Map<string, number>()
  beforeEach(async () => {
    opened = await SQLITE.open()
    feeds = createLiveFeeds({
      store: opened.store,
      failed: (error) => {
        throw error
      },
    })
    now = NOW
    standing = OPEN_CALLER
    versions.clear()
  })
  afterEach(async () => {
    await feeds.stop()
    await opened.close()
  })

  const create = async (id: string, secret = 0) => {
    const attributes = { [PM10]: [property(1)], [SECRET]: [property(secret)] }
    const [result] = await opened.store.commit(DEFAULT_TENANT, [put(entity(id, { attributes }))])
    expect(result?.outcome).to.equal('kept')
  }

  /** Starts a stream, and takes all that it tells. */
  async function follow(caller: Caller = OPEN_CALLER) {
    const told: StreamedChange[] = []
    const gone = new AbortController()
    const stream = await followChanges({
      store: opened.store,
      feeds,
      engine,
      clock: () => now,
      retention: 0,
      delegate: () => standing,
      places: streamPlaces({ most: 1, mostOfCaller: 1 }),
      heartbeatMilliseconds: 50,
    })({
      caller,
      tenant: DEFAULT_TENANT,
      origin: { by: 'tester' },
      telling: tellSelection(
        { engine, clock: () => now },
        {
          selection: { collections: new Set(['entity']), query: {} },
          table: tableOf(),
          options: { format: 'simplified' },
        },
      ),
      beginning: 'earliest',
    })
    const ended = (async () => {
      for await (const change of stream(gone.signal)) told.push(change)
    })()
    const changes = () => told.flatMap(({ text }) => text ?? [])
    const reason = () => told.at(-1)?.reason
    return { told, gone, ended, changes, reason }
  }

  it('ends when the token ends, at the next sign of life', async () => {
    const { ended, reason, told } = await follow({ ...OPEN_CALLER, validUntil: NOW + 10 })
    await until('a sign of life', () => told.length > 1)
    now = NOW + 10
    await ended
    expect(reason()).to.match(/token is expired/)
  })

  it('tells nothing more when the rights are gone', async () => {
    for (const left of [undefined, refusing]) {
      standing = OPEN_CALLER
      const { ended, changes, reason } = await follow()
      await create(`urn:before:${left?.name}`)
      await until('the change', () => changes().some((text) => text.includes(`urn:before:${left?.name}`)))
      standing = left
      await create(`urn:after:${left?.name}`)
      await ended
      expect(reason()).to.match(/any more/)
      expect(changes().join()).not.to.contain(`urn:after:${left?.name}`)
    }
  })

  it('sees with the rights of the moment', async () => {
    const { changes, gone, ended } = await follow()
    await create('urn:clear:1', 41)
    await until('the first change', () => changes().length === 1)
    standing = { ...OPEN_CALLER, view: () => narrow }
    await create('urn:masked:1', 42)
    await until('the second change', () => changes().length === 2)
    expect(changes()[0]).to.contain('41')
    expect(changes()[1]).to.contain('urn:masked:1').and.not.to.contain('42')
    gone.abort()
    await ended
  })

  it('gives the place back', async () => {
    const first = await follow()
    await until('a beginning', () => first.told.length > 0)
    first.gone.abort()
    await first.ended
    const second = await follow()
    await until('a beginning', () => second.told.length > 0)
    second.gone.abort()
    await second.ended
  })

  it('costs a write nothing that a thousand others do not follow', async () => {
    let judged = 0
    const tell = () => {
      judged++
      return undefined
    }
    const selection = (type: string) => ({
      collections: new Set(['entity'] as const),
      query: { types: { kind: 'type' as const, type } },
    })
    for (let at = 0; at < 1000; at++)
      feeds.follow(DEFAULT_TENANT, new ChangeQueue(selectionTerms(selection(`urn:t:${at}`), open), tell), 0)
    feeds.follow(DEFAULT_TENANT, new ChangeQueue(selectionTerms(selection(TYPE), open), tell), 0)
    await create('urn:one:1')
    await until('the one who follows', () => judged > 0)
    expect(judged).to.equal(1)
  })

  it('holds few changes for who takes none', async () => {
    const queue = new ChangeQueue([{}], ({ id }) => ({ text: id.padEnd(5000, 'x') }))
    const following = feeds.follow(DEFAULT_TENANT, queue, 0)
    for (let at = 0; at < 300; at++) await create(`urn:many:${at}`)
    await until('a full queue', () => !queue.hasRoom())
    const taken: string[] = []
    await until('all of them', () => {
      for (let next = queue.take(); next; next = queue.take())
        taken.push(String('text' in next.told && next.told.text).replaceAll('x', ''))
      expect(taken.length).to.be.at.most(300)
      following.wake()
      return taken.length === 300
    })
    expect(taken).to.deep.equal(Array.from({ length: 300 }, (_, at) => `urn:many:${at}`))
    following.leave()
  })

  it('holds few large changes that are not written yet', async () => {
    const queue = new ChangeQueue([{}], () => async () => ({}))
    const large = { [PM10]: [property('x'.repeat(100_000))] }
    const made = Array.from({ length: 6 }, (_, at) => put(entity(`urn:large:${at}`, { attributes: large })))
    await opened.store.commit(DEFAULT_TENANT, made)
    const following = feeds.follow(DEFAULT_TENANT, queue, 0)
    await until('a full queue', () => !queue.hasRoom())
    const takeAll = (): number => {
      let taken = 0
      while (queue.take()) taken++
      return taken
    }
    expect(takeAll()).to.equal(3)
    expect(queue.hasRoom()).to.equal(true)
    following.wake()
    await until('a full queue', () => !queue.hasRoom())
    expect(takeAll()).to.equal(3)
    following.leave()
  })
})
