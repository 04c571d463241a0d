import type { Collection } from '../../core/model/change.ts'
import { Problem } from '../../core/model/problem.ts'
import { isHidden, type Tenant } from '../../core/model/tenant.ts'
import type { Unit, UnitResult } from './store.ts'

/** How many of a collection a tenant may have, and who wants to know that there were to be more. */
export interface Quotas {
  /** 0: any number. */
  most(tenant: Tenant, collection: Collection): number
  refused(collection: Collection): void
  /** From now on it is known how many a tenant has, at the most. */
  counted(tenant: Tenant, collection: Collection, used: () => number): void
}

/** What a store keeps to its quotas with. */
export interface QuotaDependencies {
  readonly quotas: Quotas
  /** Answers how many there are, or a few more than that: asked now and then, never for each write. */
  readonly count: (tenant: Tenant, collection: Collection, most: number) => Promise<number>
  /** Others write to the same data: of what is left, so large a part is taken at a time. Absent: nobody else does. */
  readonly portion?: number
}

/** What may still come, as it was counted last. */
interface Room {
  free: number
  /** How many there are at the most: what goes is only seen when it is counted again. */
  used: number
  /** Units that were let through and are not answered yet. */
  underWay: number
  idle: (() => void)[]
  turn: Promise<void>
}

const NAMES: Readonly<Partial<Record<Collection, string>>> = {
  entity: 'entities',
  context: '@contexts',
  subscription: 'subscriptions',
  registrationSubscription: 'subscriptions',
  registration: 'registrations',
  quarantine: 'records in quarantine',
}

/** Says that a tenant has as many as it may. */
export function tooMany(collection: Collection, most: number): Problem {
  const what = NAMES[collection] ?? `documents of ${collection}`
  return new Problem('TooManyRequests', `Tenant has ${most} ${what}, the most that it may`)
}

/**
 * Keeps tenants to their quotas: what would be one too many is refused, unit by unit, and what is there is never counted for
 * a write as long as there is room for sure. Snapshots have none.
 */
export class QuotaKeeper {
  readonly #dependencies: QuotaDependencies
  readonly #rooms = new Map<string, Room>()

  constructor(dependencies: QuotaDependencies) {
    this.#dependencies = dependencies
  }

  /** Commits the units that there is room for; the others are `full`. */
  commit(
    tenant: Tenant,
    units: readonly Unit[],
    commit: (units: readonly Unit[]) => Promise<readonly UnitResult[]>,
  ): Promise<readonly UnitResult[]> {
    const first = units.find(creates)
    if (!first || isHidden(tenant)) return commit(units)
    const { collection } = first // what is committed together is of one
    const most = this.#dependencies.quotas.most(tenant, collection)
    if (most === 0) return commit(units)
    const room = this.#roomOf(tenant, collection)
    const ids = idsOf(units, collection)
    if (room.free < ids.size) return this.#commitSome({ tenant, collection, most, room }, units, commit)
    take(room, ids.size)
    return commit(units).finally(() => release(room, ids.size))
  }

  async #commitSome(
    place: {
      readonly tenant: Tenant
      readonly collection: Collection
      readonly most: number
      readonly room: Room
    },
    units: readonly Unit[],
    commit: (units: readonly Unit[]) => Promise<readonly UnitResult[]>,
  ): Promise<readonly UnitResult[]> {
    const { collection, most, room } = place
    const ids = idsOf(units, collection)
    const got = await this.#look(place, ids.size)
    const refused = new Set([...ids].slice(got))
    if (refused.size > 0) this.#dependencies.quotas.refused(collection)
    const isRefused = (unit: Unit): boolean => unit.collection === collection && refused.has(unit.id)
    try {
      const results = await commit(units.filter((unit) => !isRefused(unit)))
      let at = 0
      return units.map((unit) =>
        isRefused(unit) ? { outcome: 'full', version: 0, most } : (results[at++] ?? NONE),
      )
    } finally {
      release(room, got)
    }
  }

  /** Counts what is there, once what is under way is there too; answers how many of those wanted may come. */
  async #look(
    {
      tenant,
      collection,
      most,
      room,
    }: {
      readonly tenant: Tenant
      readonly collection: Collection
      readonly most: number
      readonly room: Room
    },
    wanted: number,
  ): Promise<number> {
    const { count, portion = 1 } = this.#dependencies
    const turn = room.turn.then(async () => {
      if (room.free < wanted) {
        // nobody takes from what is not counted yet
        room.free = 0
        if (room.underWay > 0) await new Promise<void>((resolve) => room.idle.push(resolve))
        room.used = await count(tenant, collection, most)
        room.free = Math.max(most - room.used, 0)
        if (portion > 1) room.free = Math.min(room.free, Math.max(Math.ceil(room.free / portion), wanted))
      }
      const got = Math.min(room.free, wanted)
      take(room, got)
      return got
    })
    room.turn = turn.then(
      () => undefined,
      () => undefined,
    )
    return turn
  }

  #roomOf(tenant: Tenant, collection: Collection): Room {
    const key = `${tenant} ${collection}`
    const known = this.#rooms.get(key)
    if (known) return known
    const room: Room = { free: 0, used: 0, underWay: 0, idle: [], turn: Promise.resolve() }
    this.#rooms.set(key, room)
    this.#dependencies.quotas.counted(tenant, collection, () => room.used)
    return room
  }
}

const NONE: UnitResult = { outcome: 'conflict', version: 0 }

/** Nothing was there when it was decided. */
function creates(unit: Unit): boolean {
  if (unit.collection === 'evolution' || !unit.next) return false
  return unit.collection === 'entity' ? !unit.before : unit.expectedVersion === 0
}

function idsOf(units: readonly Unit[], collection: Collection): ReadonlySet<string> {
  return new Set(units.filter((unit) => unit.collection === collection && creates(unit)).map(({ id }) => id))
}

function take(room: Room, count: number): void {
  room.free -= count
  room.used += count
  room.underWay += count
}

function release(room: Room, count: number): void {
  room.underWay -= count
  if (room.underWay > 0) return
  for (const wake of room.idle.splice(0)) wake()
}
