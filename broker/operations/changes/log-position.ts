import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { DAY, type Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'

/** A place in the log of a tenant. */
export interface LogPosition {
  /** What follows is after this sequence. */
  readonly sequence: number
  /** What happened until then is before it. */
  readonly at: Micros
}

/** Where to begin: from now on, with the oldest change that is kept, or where somebody stopped. */
export type Beginning = 'now' | 'earliest' | LogPosition

/** What it takes to find a place. */
export interface PositionDependencies {
  readonly store: Pick<Store, 'log' | 'logEnd'>
  readonly clock: () => Micros
  /** Changes are told for so long; 0: always. */
  readonly retention: Micros
}

/** Whoever began in time has so long to read on. */
const GRACE: Micros = DAY

/** Finds the place in the log where to begin. @throws Problem Gone when what follows is older than what is told */
export async function findPosition(
  { store, clock, retention }: PositionDependencies,
  tenant: Tenant,
  beginning: Beginning,
): Promise<LogPosition> {
  const now = clock()
  const horizon = retention === 0 ? Number.NEGATIVE_INFINITY : now - retention
  if (beginning === 'now') return { sequence: await store.logEnd(tenant), at: now }
  if (beginning === 'earliest') return earliest(store, tenant, horizon)
  const gone = horizon - GRACE
  if (beginning.at < gone && (await atAfter(store, tenant, beginning.sequence)) < gone) throw tooOld()
  return beginning
}

/** The log is in the order of time, but for what expired and was taken away later. */
async function earliest(
  store: PositionDependencies['store'],
  tenant: Tenant,
  horizon: Micros,
): Promise<LogPosition> {
  let [low, high] = [0, horizon === Number.NEGATIVE_INFINITY ? 0 : await store.logEnd(tenant)]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if ((await atAfter(store, tenant, middle)) < horizon) low = middle + 1
    else high = middle
  }
  return { sequence: low, at: Math.max(horizon, 0) }
}

async function atAfter(
  store: PositionDependencies['store'],
  tenant: Tenant,
  sequence: number,
): Promise<Micros> {
  const [record] = await store.log(tenant, sequence, 1)
  return record?.at ?? Number.POSITIVE_INFINITY
}

function tooOld(): Problem {
  return new Problem(
    'Gone',
    'Changes after this token are older than the hub tells of: query what is there and start anew without a token',
  )
}
