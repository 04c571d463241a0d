import type { Decision, Origin } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import { PassingMap } from '../../core/model/passing-map.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { tooMany } from './quotas.ts'
import type { Decide, EntityUnit, Store } from './store.ts'

/** Which entity is to be changed, and because of whom. */
export interface ChangeTarget {
  readonly tenant: Tenant
  readonly id: string
  readonly origin: Origin
  /** Most likely there is none: decide on that without looking, and look when the commit finds one. */
  readonly fresh?: boolean
}

/**
 * Reads, decides and commits until no other writer came between. Changes of one entity that come while one is on its
 * way to the disk are decided together on what that leaves, each on the one before, and share the next commit.
 * @throws Problem what `decide` throws, or Conflict
 */
export function change(store: Store, target: ChangeTarget, decide: Decide): Promise<Decision> {
  return new Promise((resolve, reject) => {
    const line = lineOf(store, target)
    const { origin, fresh = false } = target
    line.waiting.push({ decide, origin, fresh, resolve, reject, attempts: 0 })
    if (!line.moving) void move(store, target, line)
  })
}

/** Reads the canonical text of an entity: only stores write it, so its shape is trusted. */
export function parseEntity(text: string): Entity {
  return JSON.parse(text) as Entity // written by a store from an Entity
}

interface Waiting {
  readonly decide: Decide
  readonly origin: Origin
  readonly fresh: boolean
  readonly resolve: (decision: Decision) => void
  readonly reject: (error: unknown) => void
  attempts: number
}

/** The changes of one entity that wait for their turn. */
interface Line {
  waiting: Waiting[]
  moving: boolean
}

/** What came of one change, to be told once the units before it are kept. */
interface Outcome {
  readonly of: Waiting
  readonly tell: () => void
  /** So many units of the commit must have been kept for it to be true. */
  readonly units: number
}

const ATTEMPTS = 50
const TOGETHER = 100

const lines = new WeakMap<Store, PassingMap<string, Line>>()

function lineOf(store: Store, target: ChangeTarget): Line {
  const ofStore = lines.get(store) ?? new PassingMap<string, Line>()
  lines.set(store, ofStore)
  const line = ofStore.get(keyOf(target)) ?? { waiting: [], moving: false }
  ofStore.set(keyOf(target), line)
  return line
}

function keyOf({ tenant, id }: ChangeTarget): string {
  return `${tenant} ${id}`
}

async function move(store: Store, target: ChangeTarget, line: Line): Promise<void> {
  line.moving = true
  while (line.waiting.length > 0) {
    const turn = line.waiting.splice(0, TOGETHER)
    try {
      line.waiting.unshift(...(await changeTogether(store, target, turn)))
    } catch (error) {
      for (const { reject } of turn) reject(error)
    }
  }
  lines.get(store)?.delete(keyOf(target))
}

/** Decides one change after the other, commits them at once, and answers those that another writer came before. */
async function changeTogether(
  store: Store,
  target: ChangeTarget,
  turn: readonly Waiting[],
): Promise<Waiting[]> {
  const unseen = turn.every(({ fresh, attempts }) => fresh && attempts === 0)
  // what was refused without looking is judged again on what is there
  const refusedAfter = (units: number): number => (unseen && units === 0 ? Number.POSITIVE_INFINITY : units)
  const stored = unseen ? undefined : await store.read(target.tenant, target.id)
  const units: EntityUnit[] = []
  const outcomes: Outcome[] = []
  let current = stored && parseEntity(stored.text)
  for (const waiting of turn) {
    const { decide, origin, resolve, reject } = waiting
    try {
      const decision = decide(current)
      if (decision.change) {
        const expectedVersion = units.length > 0 ? 'previous' : (stored?.version ?? 0)
        const base = { expectedVersion, origin, ...(current && { before: current }) } as const
        units.push(unitOf(target.id, decision, base))
        current = decision.next
      }
      outcomes.push({ of: waiting, tell: () => resolve(decision), units: units.length })
    } catch (error) {
      outcomes.push({ of: waiting, tell: () => reject(error), units: refusedAfter(units.length) })
    }
  }
  const results = units.length === 0 ? [] : await store.commit(target.tenant, units)
  const lost = results.findIndex(({ outcome }) => outcome !== 'kept')
  const result = results[lost]
  // who did not look does not know yet whether it would be one more
  const full = result?.outcome === 'full' && !unseen ? tooMany('entity', result.most) : undefined
  return settle(target.id, outcomes, { kept: lost < 0 ? units.length : lost, ...(full && { full }) })
}

function unitOf(
  id: string,
  { next, change: made }: Decision,
  base: Pick<EntityUnit, 'expectedVersion' | 'origin' | 'before'>,
): EntityUnit {
  if (!made) throw new Error('A decision without a change has nothing to commit')
  return { collection: 'entity', id, ...base, change: made, ...(next && { next }) }
}

function settle(
  id: string,
  outcomes: readonly Outcome[],
  { kept, full }: { readonly kept: number; readonly full?: Problem },
): Waiting[] {
  const again: Waiting[] = []
  for (const { of: waiting, tell, units } of outcomes) {
    if (units <= kept) tell()
    else if (full) waiting.reject(full)
    else if (++waiting.attempts < ATTEMPTS) again.push(waiting)
    else waiting.reject(new Problem('Conflict', `Entity ${id} is being changed by too many writers at once`))
  }
  return again
}
