import { hash, randomBytes } from 'node:crypto'
import type { Caller } from '../../broker/core/model/caller.ts'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { DEFAULT_TENANT, type Tenant, visibleTenant } from '../../broker/core/model/tenant.ts'
import { formatDateTime, type Micros } from '../../broker/core/model/time.ts'
import type { Datasets } from '../../broker/core/view/disclosure.ts'
import type { DocumentUnit, Store } from '../../broker/store/port/store.ts'
import { walkDocuments } from '../../broker/store/port/walk-documents.ts'

/** How often somebody was given, or refused, something for a purpose on a day. */
export interface Exchange {
  /** Such as 2026-01-31, by the clocks of Việt Nam. */
  readonly day: string
  /** Type of the entities; absent: of what was refused nobody knows it. */
  readonly dataset?: string
  readonly tenant?: string
  readonly organisation?: string
  readonly city?: string
  readonly client?: string
  /** Pseudonym of somebody of no organisation. */
  readonly caller?: string
  /** Pseudonym of the hub that asked on its behalf. */
  readonly hub?: string
  readonly purpose?: string
  readonly result: 'given' | 'refused'
  readonly exchanges: number
  readonly entities: number
}

/** From which day to which, both included. */
export interface ExchangeDays {
  readonly from: string
  readonly to: string
}

/** What exchanges are counted with. */
export interface ExchangeParts {
  readonly store: Pick<Store, 'commit' | 'documents'>
  readonly clock: () => Micros
  /** Counts are kept for so long. */
  readonly lifetime: Micros
  /** Told of what went wrong. */
  readonly failed: (err: unknown, text: string) => void
}

/** Counts exchanges: who was given how much of which types, by days. */
export interface Exchanges {
  /**
   * Makes what counts these entities as given to a caller once more, each time that it is called; it may go on with what
   * was begun before, which is no exchange of its own.
   */
  giving(caller: Caller, tenant: Tenant, datasets: Datasets): (continues?: boolean) => void
  refused(caller: Caller): void
  /** Keeps what was counted in the store. */
  keep(): Promise<void>
  /** Answers what was counted, also by other processes over the same store, day by day. */
  of(days: ExchangeDays): AsyncIterable<Exchange>
}

type Consumer = Omit<Exchange, 'day' | 'exchanges' | 'entities'>

interface Row {
  readonly id: string
  readonly day: string
  readonly consumer: Consumer
  exchanges: number
  entities: number
  /** Something was added since it was kept. */
  changed: boolean
}

const COLLECTION = 'exchange'
/** So many different ones are told apart on a day. */
const MOST = 20_000
const TOGETHER = 200
const HOURS_AHEAD: Micros = 7 * 3_600_000_000
/** What the rest is counted under. */
const OTHERS: Readonly<Record<Exchange['result'], Consumer>> = {
  given: { dataset: 'others', result: 'given' },
  refused: { result: 'refused' },
}

/** Counts in memory, and keeps the counts of each day in the store for so long. */
export function countExchanges({ store, clock, lifetime, failed }: ExchangeParts): Exchanges {
  const process = randomBytes(6).toString('base64url')
  const today = (): string => formatDateTime(clock() + HOURS_AHEAD).slice(0, 10)
  let day = today()
  let rows = new Map<string, Row>()
  let known = new WeakMap<Caller, Map<string, Row>>()
  /** Of days that are over. */
  let earlier: readonly Row[] = []
  let keeping: Promise<void> = Promise.resolve()

  function rowOf(consumer: Consumer): Row {
    const key = JSON.stringify(consumer)
    const row = rows.get(key)
    if (row) return row
    const others = OTHERS[consumer.result]
    if (rows.size >= MOST && consumer !== others) return rowOf(others)
    const id = `${day} ${hash('sha256', key, 'base64url').slice(0, 16)} ${process}`
    const made = { id, day, consumer, exchanges: 0, entities: 0, changed: false }
    rows.set(key, made)
    return made
  }

  function rowsFor(caller: Caller, tenant: Tenant, datasets: Datasets): readonly Row[] {
    const named = known.get(caller) ?? new Map<string, Row>()
    known.set(caller, named)
    return [...datasets.keys()].map((dataset) => {
      const name = `${tenant} ${dataset}`
      const row = named.get(name) ?? rowOf(consumerOf(caller, 'given', { dataset, tenant }))
      named.set(name, row)
      return row
    })
  }

  async function write(): Promise<void> {
    const changed = [...earlier, ...rows.values()].filter((row) => row.changed)
    if (today() !== day) {
      earlier = changed
      day = today()
      rows = new Map()
      known = new WeakMap()
    }
    for (let from = 0; from < changed.length; from += TOGETHER) {
      const part = changed.slice(from, from + TOGETHER)
      const units = part.map((row) => unitOf(row, clock(), lifetime))
      for (const row of part) row.changed = false
      await store.commit(DEFAULT_TENANT, units).catch((error: unknown) => {
        for (const row of part) row.changed = true
        failed(error, 'counts of exchanges are not kept')
      })
    }
    earlier = earlier.filter((row) => row.changed)
  }

  const keep = (): Promise<void> => {
    keeping = keeping.then(write)
    return keeping
  }

  return {
    giving: (caller, tenant, datasets) => {
      const numbers = [...datasets.values()]
      let of = day
      let own = rowsFor(caller, tenant, datasets)
      return (continues = false) => {
        if (of !== day) {
          of = day
          own = rowsFor(caller, tenant, datasets)
        }
        for (let at = 0; at < own.length; at++) {
          const row = own[at] as Row // there is one for each number
          if (!continues) row.exchanges++
          row.entities += numbers[at] ?? 0
          row.changed = true
        }
      }
    },
    refused: (caller) => {
      const row = rowOf(consumerOf(caller, 'refused', {}))
      row.exchanges++
      row.changed = true
    },
    keep,
    of: async function* ({ from, to }) {
      await keep()
      for (const each of daysBetween(from, to)) yield* sumsOf(store, each)
    },
  }
}

function consumerOf(
  { key, identity = {} }: Caller,
  result: Exchange['result'],
  { dataset, tenant = DEFAULT_TENANT }: { readonly dataset?: string; readonly tenant?: Tenant },
): Consumer {
  const { organisation, city, client, purpose, hub } = identity
  const name = visibleTenant(tenant)
  return {
    ...(dataset !== undefined && { dataset }),
    ...(name !== DEFAULT_TENANT && { tenant: name }),
    ...(organisation === undefined ? { caller: key } : { organisation }),
    ...(city !== undefined && { city }),
    ...(client !== undefined && { client }),
    ...(hub !== undefined && { hub }),
    ...(purpose !== undefined && { purpose }),
    result,
  }
}

function unitOf({ id, day, consumer, exchanges, entities }: Row, at: Micros, lifetime: Micros): DocumentUnit {
  const next: JsonObject = { ...consumer, day, exchanges, entities }
  const kept = { collection: COLLECTION, id, next, at, expiresAt: at + lifetime } as const
  return { ...kept, origin: { by: 'hub' }, logged: false }
}

/** What the processes counted of one day, together. */
async function* sumsOf(store: Pick<Store, 'documents'>, day: string): AsyncGenerator<Exchange> {
  const sums = new Map<string, Exchange>()
  for await (const { document } of walkDocuments(store, DEFAULT_TENANT, COLLECTION, `${day} `)) {
    const { exchanges, entities, ...consumer } = document as unknown as Exchange // written by unitOf
    const key = JSON.stringify(Object.entries(consumer).sort())
    const { exchanges: times = 0, entities: many = 0 } = sums.get(key) ?? {}
    sums.set(key, { ...consumer, exchanges: times + exchanges, entities: many + entities })
  }
  yield* [...sums.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each)
}

const DAY_MILLISECONDS = 86_400_000

function* daysBetween(from: string, to: string): Generator<string> {
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MILLISECONDS)
    yield new Date(at).toISOString().slice(0, 10)
}
