import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import type { LogRecord } from '../../../broker/core/model/change.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { Follower } from '../../../broker/subscriptions/follow/follower.ts'
import { TenantFeed } from '../../../broker/subscriptions/follow/tenant-feed.ts'
import type { Terms } from '../../../broker/subscriptions/index/terms.ts'
import { entity, NOW } from '../../support/store-builders.ts'
import { until } from '../../support/until.ts'

const TYPES = ['https://example.org/A', 'https://example.org/B']

/** A log whose positions have gaps, as documents without a trace leave them. */
function newLog() {
  const records: LogRecord[] = []
  let sequence = 0
  return {
    records,
    append: (type: number): LogRecord => {
      sequence += 1 + (sequence % 3)
      const id = `urn:ngsi-ld:Thing:${sequence}`
      const record: LogRecord = {
        sequence,
        collection: 'entity',
        id,
        action: 'created',
        at: NOW + sequence,
        origin: { by: 'tester' },
        after: entity(id, { types: [TYPES[type] ?? ''] }),
        attributes: [],
      }
      records.push(record)
      return record
    },
    end: () => sequence,
    log: async (_: unknown, after: number, limit: number) => {
      const page = records.filter((record) => record.sequence > after).slice(0, limit)
      await nextTurn()
      return page
    },
  }
}

class Taker implements Follower {
  readonly terms: readonly Terms[]
  readonly taken: number[] = []
  room: number

  constructor(type: number | undefined, room: number) {
    this.terms = type === undefined ? [{}] : [{ types: [TYPES[type] ?? ''] }]
    this.room = room
  }

  hasRoom() {
    return this.room > 0
  }

  offer({ sequence }: LogRecord) {
    if (this.room === 0) return false
    this.room--
    this.taken.push(sequence)
    return true
  }
}

function newFeed(log: ReturnType<typeof newLog>, position = 0): TenantFeed {
  return new TenantFeed(
    {
      store: log,
      tenant: DEFAULT_TENANT,
      failed: (error) => {
        throw error
      },
    },
    position,
  )
}

describe('tenant feed', () => {
  it('leaves one without room behind and goes on with the others', async () => {
    const log = newLog()
    const feed = newFeed(log)
    const [full, quick] = [new Taker(undefined, 1), new Taker(undefined, 1000)]
    feed.add(full, 0)
    feed.add(quick, 0)
    for (let at = 0; at < 10; at++) feed.grown({ tenant: DEFAULT_TENANT, records: [log.append(0)] })
    await until('the quick one has all', () => quick.taken.length === 10)
    expect(full.taken).to.have.length(1)
    expect(feed.isBehind(full)).to.equal(true)
    expect(feed.positionOf(full)).to.be.lessThan(log.records[1]?.sequence ?? 0)
    full.room = 1000
    feed.wake(full)
    await until('the full one has caught up', () => full.taken.length === 10)
    expect(full.taken).to.deep.equal(quick.taken)
    await until('it keeps up again', () => !feed.isBehind(full))
    await feed.stop()
  })

  it('goes on behind where it stood', async () => {
    const log = newLog()
    for (let at = 0; at < 1200; at++) log.append(at % 2)
    const half = log.records[599]?.sequence ?? 0
    const feed = newFeed(log, half)
    const [all, old] = [new Taker(undefined, 5000), new Taker(0, 5000)]
    feed.add(all, half)
    feed.add(old, log.records[99]?.sequence ?? 0)
    await until('both are at the end', () => all.taken.length === 600 && old.taken.length === 550)
    await feed.stop()
  })

  it('says when it has come to a place, and waits for no end that has no records', async () => {
    const log = newLog()
    const feed = newFeed(log)
    const all = new Taker(undefined, 5000)
    await feed.reached(all, 5) // nobody follows
    feed.add(all, 0)
    await until('it keeps up', () => !feed.isBehind(all))
    for (let at = 0; at < 1200; at++) log.append(0)
    await feed.reached(all, log.end())
    expect(all.taken).to.have.length(1200)
    await feed.reached(all, log.end() + 7)
    await feed.stop()
  })

  it('says so of one that is catching up when that one is there, and of one without room at once', async () => {
    const log = newLog()
    for (let at = 0; at < 1200; at++) log.append(0)
    const feed = newFeed(log)
    const [late, full] = [new Taker(undefined, 5000), new Taker(undefined, 1)]
    feed.add(full, 0)
    feed.add(late, 0)
    await feed.reached(late, log.end())
    expect(late.taken).to.have.length(1200)
    await feed.reached(full, log.end())
    expect(full.taken).to.have.length(1)
    await feed.stop()
  })

  it('tells everybody everything once and in order, whatever happens', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), types: fc.array(fc.nat(1), { maxLength: 5 }) }),
      fc.record({ kind: fc.constant('untold' as const), types: fc.array(fc.nat(1), { maxLength: 5 }) }),
      fc.record({ kind: fc.constant('room' as const), who: fc.nat(9), room: fc.integer({ min: 1, max: 4 }) }),
      fc.record({
        kind: fc.constant('add' as const),
        type: fc.option(fc.nat(1), { nil: undefined }),
        room: fc.nat(5),
      }),
      fc.record({ kind: fc.constant('pause' as const), turns: fc.nat(3) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const log = newLog()
        const feed = newFeed(log)
        const takers: { taker: Taker; from: number; type: number | undefined }[] = []
        for (const each of steps) {
          if (each.kind === 'append')
            feed.grown({ tenant: DEFAULT_TENANT, records: each.types.map((type) => log.append(type)) })
          else if (each.kind === 'untold') {
            for (const type of each.types) log.append(type)
            feed.grown({ tenant: DEFAULT_TENANT })
          } else if (each.kind === 'add') {
            const taker = new Taker(each.type, each.room)
            takers.push({ taker, from: log.end(), type: each.type })
            feed.add(taker, log.end())
          } else if (each.kind === 'room') {
            const chosen = takers[each.who % Math.max(takers.length, 1)]?.taker
            if (chosen) chosen.room += each.room
            if (chosen) feed.wake(chosen)
          } else for (let turn = 0; turn < each.turns; turn++) await nextTurn()
        }
        for (const { taker } of takers) {
          taker.room = 1e6
          feed.wake(taker)
        }
        const wanted = takers.map(({ from, type }) =>
          log.records
            .filter(({ sequence, after }) => {
              const types = (after as { types: readonly string[] }).types
              return sequence > from && (type === undefined || types.includes(TYPES[type] ?? ''))
            })
            .map(({ sequence }) => sequence),
        )
        await until('everybody is at the end', () =>
          takers.every(({ taker }, at) => taker.taken.length >= (wanted[at]?.length ?? 0)),
        )
        await feed.stop()
        expect(takers.map(({ taker }) => taker.taken)).to.deep.equal(wanted)
      }),
      { numRuns: 60 },
    )
  })
})
