import { LRUCache } from 'lru-cache'
import type { Caller } from '../../broker/core/model/caller.ts'
import type { LogRecord } from '../../broker/core/model/change.ts'
import type { Entity, Instance } from '../../broker/core/model/entity.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import { isHidden, type Tenant } from '../../broker/core/model/tenant.ts'
import { type ClassCounts, disclosureOf } from '../../broker/core/view/disclosure.ts'
import type { LogGrowth, Store } from '../../broker/store/port/store.ts'
import { OPEN_CALLER } from '../open-caller.ts'
import type { Audit } from './audit.ts'
import type { AuditEntry } from './audit-entry.ts'
import { plus, tenantOf, whereIn, whoIs } from './entry-of.ts'
import type { LogPositions } from './log-positions.ts'
import type { Subjects } from './subjects.ts'

/** What the recording of writes works with. */
export interface WriteDependencies {
  readonly store: Pick<Store, 'log' | 'watch'>
  readonly audit: Pick<Audit, 'append'>
  readonly subjects: Pick<Subjects, 'of'>
  readonly positions: LogPositions
  readonly personalData: (attribute: Iri, types: readonly Iri[]) => 'none' | 'basic' | 'sensitive' | undefined
  /** What was written is recorded after so long. */
  readonly milliseconds: number
  readonly failed: (err: unknown, text: string) => void
}

/** Takes down who changed which classes of whose data, from the change log. */
export interface AuditedWrites {
  /** Remembers who makes a request, for the changes that name it. */
  asks(caller: Caller, tenant: Tenant, requestId: string): void
  /** Records what the log has grown by. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** What one request changed. */
interface Written {
  readonly by: string
  readonly requestId: string | undefined
  readonly actions: Set<string>
  readonly ids: Set<string>
  classes: ClassCounts
}

/** How far the log of a tenant is recorded. */
interface Course {
  /** Up to here it is on disk. */
  done: number
  /** Up to here it is in `written`. */
  seen: number
  /** There is more in the log than was told of. */
  stale: boolean
  /** That was so once more since the log was looked at. */
  missed: boolean
  written: Map<string, Written>
}

const REMEMBERED = 20_000
const PAGE = 500
/** So many requests wait at most; when there are more they are read from the log again. */
const MOST_WAITING = 10_000

/** Follows the change logs of all tenants; what was not recorded when the hub died is read from them. */
export function auditWrites(dependencies: WriteDependencies, tenants: readonly Tenant[]): AuditedWrites {
  const { store, positions, milliseconds, failed } = dependencies
  const callers = new LRUCache<string, AuditEntry>({ max: REMEMBERED })
  const courses = new Map<Tenant, Course>()
  const view = classifying(dependencies)
  for (const tenant of tenants) courses.set(tenant, newCourse(positions.of(tenant)))
  const unwatch = store.watch(grown)
  let flushing: Promise<void> = Promise.resolve()
  const timer = setInterval(() => void flush(), milliseconds).unref()

  function grown({ tenant, records }: LogGrowth): void {
    if (isHidden(tenant)) return
    let course = courses.get(tenant)
    if (!course) {
      course = newCourse(positions.of(tenant))
      courses.set(tenant, course)
    }
    if (!records || course.stale || course.written.size >= MOST_WAITING) {
      course.stale = true
      course.missed = true
    } else for (const record of records) take(course, record)
  }

  function take(course: Course, record: LogRecord): void {
    course.seen = record.sequence
    const classes = record.attributes && changedClasses(record, view)
    if (!classes) return
    const { by, requestId } = record.origin
    const key = keyOf(by, requestId)
    const written = course.written.get(key) ?? {
      ...{ by, requestId, actions: new Set<string>(), ids: new Set<string>(), classes: {} },
    }
    written.actions.add(record.action)
    written.ids.add(record.id)
    written.classes = plus(written.classes, classes)
    course.written.set(key, written)
  }

  /** Reads the log where what came was not told, or was too much to hold. */
  async function catchUp(tenant: Tenant, course: Course): Promise<void> {
    course.written = new Map()
    let after = course.done
    for (;;) {
      course.missed = false
      const records = await store.log(tenant, after, PAGE)
      for (const record of records) take(course, record)
      after = records.at(-1)?.sequence ?? after
      if (course.written.size >= MOST_WAITING) return
      if (records.length === PAGE || course.missed) continue
      course.stale = false // what comes from now on is told
      return
    }
  }

  async function record(tenant: Tenant, course: Course): Promise<void> {
    if (course.stale) await catchUp(tenant, course)
    const { written, seen } = course
    if (seen === course.done) return
    course.written = new Map()
    try {
      await Promise.all([...written.values()].map((each) => append(tenant, each, seen)))
      course.done = seen
    } catch {
      course.stale = true // the log says itself that it cannot be written
    }
  }

  async function append(tenant: Tenant, { by, requestId, actions, ids, classes }: Written, position: number) {
    const { subjects, audit } = dependencies
    const [action = 'changed'] = actions
    await audit.append({
      ...(callers.get(keyOf(by, requestId)) ?? { caller: by, ...tenantOf(tenant) }),
      ...{ kind: 'write', outcome: 'done', operation: `entity.${actions.size === 1 ? action : 'changed'}` },
      ...{ access: 'clear', classes, entities: ids.size, position },
      subjects: await subjects.of(tenant, [...ids]),
      ...(requestId !== undefined && { request: requestId }),
    })
  }

  function flush(): Promise<void> {
    flushing = flushing
      .then(async () => {
        for (const [tenant, course] of courses) {
          await record(tenant, course)
          await positions.reached(tenant, course.done)
        }
      })
      .catch((err: unknown) => failed(err, 'writes cannot be put on record yet'))
    return flushing
  }

  return {
    asks: (caller, tenant, requestId) => {
      if (caller.identity) callers.set(keyOf(caller.key, requestId), whoAsks(caller, tenant))
    },
    flush,
    close: async () => {
      clearInterval(timer)
      unwatch()
      await flush()
      await positions.keep()
    },
  }
}

/** Ids of requests are those that clients give: two may give the same. */
function keyOf(by: string, requestId: string | undefined): string {
  return `${by} ${requestId ?? ''}`
}

function newCourse(position: number | undefined): Course {
  const begin = position ?? 0
  return { done: begin, seen: begin, stale: position !== undefined, missed: false, written: new Map() }
}

function whoAsks(caller: Caller, tenant: Tenant): AuditEntry {
  const entry = { kind: 'write', operation: '', outcome: 'done' } as const
  return { ...entry, ...whoIs(caller), ...whereIn(tenant, caller.view(tenant)) }
}

/** Sees all there is, and tells what of it says something of persons. */
function classifying({ personalData }: Pick<WriteDependencies, 'personalData'>): ReturnType<Caller['view']> {
  return {
    ...OPEN_CALLER.view('' as Tenant), // whatever the tenant
    personal: (types, attribute) => {
      const found = personalData(attribute, types)
      return found === 'basic' || found === 'sensitive' ? { class: found, clear: true } : undefined
    },
  }
}

/** Of which classes instances were changed; undefined: of none. */
function changedClasses(
  { id, before, after, attributes = [] }: LogRecord,
  view: ReturnType<Caller['view']>,
): ClassCounts | undefined {
  const entity = (after ?? before) as Entity | undefined // records with attributes are of entities
  if (!entity?.types) return undefined
  const changed = new Map<string, Instance[]>()
  for (const change of attributes) {
    const instance = change.after ?? change.before
    const known = changed.get(change.attribute)
    if (!instance) continue
    if (known) known.push(instance)
    else changed.set(change.attribute, [instance])
  }
  const all = Object.fromEntries(changed)
  return disclosureOf({ id, types: entity.types, attributes: all }, view)?.clear
}
