import { randomUUID } from 'node:crypto'
import { personReferences } from '../../../security/privacy/person.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { Action, Caller } from '../../core/model/caller.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { DEFAULT_TENANT, type Tenant } from '../../core/model/tenant.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import { may } from '../may.ts'
import { askHubs, cameBack, type PeerAnswer } from './ask-hubs.ts'
import { countTraces, type ErasedPlace, erasePerson } from './erase-person.ts'
import { exportPerson } from './export-person.ts'
import { findTraces } from './find-traces.ts'
import { type OrderDependencies, placeOrder } from './person-orders.ts'
import type { OfPerson } from './privacy-dependencies.ts'
import { liftRestrictions, type RestrictionDependencies, restrictPerson } from './restrict-person.ts'

/** A request about a person that other hubs are asked too. */
export interface PersonRequest extends OfPerson {
  /** The body as it came: other hubs are asked the same. */
  readonly body: JsonValue
  /** Hubs that the request went through. */
  readonly via: string | undefined
  readonly table: TermTable
  /** The request of the register that it is done for. */
  readonly request?: string
  /** What is restricted: for this purpose alone. */
  readonly purpose?: string
}

type Dependencies = RestrictionDependencies & OrderDependencies

/** Says where something of a person is, here and at all hubs that this one asks. @throws Problem Forbidden */
export const findPerson =
  (dependencies: Dependencies) =>
  async (request: PersonRequest): Promise<JsonObject> => {
    const tenants = await tenantsOf(dependencies, request, 'read')
    const places: JsonObject[] = []
    for (const tenant of tenants) {
      const shown: string[] = []
      for (const traces of await findTraces(dependencies, { ...request, tenant })) {
        const counts = countTraces(traces)
        if (Object.keys(counts).length === 0) continue
        const entities = traces.entities.map(({ id, now, past }): JsonObject => {
          const names = [...new Set([...now, ...past])].map((name) => request.table.compact(name))
          return { id, now: now.size > 0, past: past.size > 0, attributes: names.sort() }
        })
        shown.push(...traces.entities.map(({ id }) => id))
        places.push({ tenant, counts, entities })
      }
      await recorded(dependencies, request, { what: 'find', of: [tenant, shown], places: places.length })
    }
    return { hubs: [own(dependencies, { places }), ...(await asked(dependencies, request, 'find'))] }
  }

/** Answers everything of a person, here and at all hubs that this one asks. @throws Problem Forbidden */
export const exportOfPerson =
  (dependencies: Dependencies) =>
  async (request: PersonRequest): Promise<JsonObject> => {
    const { clock } = dependencies
    const tenants = await tenantsOf(dependencies, request, 'read')
    const records: JsonObject[] = []
    for (const tenant of tenants) {
      const shown = new Set<string>()
      for await (const record of exportPerson(dependencies, { ...request, tenant }, request.table)) {
        if (OF_ENTITIES.has(record.place)) shown.add(record.id)
        records.push({ ...record })
      }
      await recorded(dependencies, request, {
        what: 'export',
        of: [tenant, [...shown]],
        records: records.length,
      })
    }
    const exportedAt = formatDateTime(clock())
    const hubs = await asked(dependencies, request, 'export')
    await noted(dependencies, request, { what: 'export', hubs })
    return { hubs: [own(dependencies, { exportedAt, records }), ...hubs] }
  }

/**
 * Erases a person here and at all hubs that this one asks, and answers the signed report, which is kept outside the data
 * where the configuration says so. Hubs that do not answer are asked until they do. To repeat it does no harm. @throws
 * Problem Forbidden
 */
export const eraseOfPerson =
  (dependencies: Dependencies) =>
  async (request: PersonRequest): Promise<JsonObject> => {
    const { clock, hub, reportKey, referenceKey, backups, keepReport } = dependencies
    const { caller, person } = request
    const tenants = await tenantsOf(dependencies, request, 'delete')
    const startedAt = clock()
    const order = await placeOrder(dependencies, request, 'erase')
    const others = order.ask()
    const { places, left, held, unjudged, finished, about } = await erasePerson(
      dependencies,
      request,
      tenants,
    )
    const answers = await others
    const hubs = answers.flatMap(told)
    const id = `urn:ngsi-ld:ErasureReport:${randomUUID()}`
    const report = reportKey.sign({
      kind: 'erasure',
      id,
      hub: hub.name,
      city: hub.city,
      by: caller.key,
      startedAt: formatDateTime(startedAt),
      endedAt: formatDateTime(clock()),
      subject: personReferences(person, referenceKey),
      identifiers: countKinds(request),
      erased: places.map(placeOf),
      left: left.map(placeOf),
      held: held.map((each) => ({ ...each })),
      ...(Object.keys(unjudged).length > 0 && { unjudged }),
      auditKeys: [...about.values()].flat().length,
      finished,
      backups: (await backups()).map((each) => ({ ...each })),
      notSearched: ['backups', 'files of feeds', 'what was delivered, read or downloaded before'],
      hubs,
    })
    await recorded(dependencies, request, { what: 'erase', report: id, places })
    // last of all: from now on no record of the audit log leads to her
    for (const [tenant, ids] of about) await dependencies.audit?.forget(tenant, ids)
    const { purpose: _, ...all } = request
    await liftRestrictions(dependencies, all, tenants)
    await noted(dependencies, request, { what: 'erase', report: id, hubs })
    const keptAt = await keepReport(id.slice(id.lastIndexOf(':') + 1), report)
    const open = await order.settle(answers, id)
    return { report, ...(keptAt !== undefined && { keptAt }), ...(open !== undefined && { order: open }) }
  }

/** Hides what is a person's here and at all hubs that this one asks, until it is lifted; those away as soon as they answer. @throws Problem Forbidden */
export const restrictOfPerson = (dependencies: Dependencies) => (request: PersonRequest) =>
  changeRestrictions(dependencies, request, { what: 'restrict', act: restrictPerson })

/** Shows again what was restricted, here and at all hubs that this one asks. @throws Problem Forbidden */
export const liftOfPerson = (dependencies: Dependencies) => (request: PersonRequest) =>
  changeRestrictions(dependencies, request, { what: 'lift', act: liftRestrictions })

async function changeRestrictions(
  dependencies: Dependencies,
  request: PersonRequest,
  { what, act }: { readonly what: 'restrict' | 'lift'; readonly act: typeof restrictPerson },
): Promise<JsonObject> {
  const tenants = await tenantsOf(dependencies, request, 'update')
  const order = await placeOrder(dependencies, request, what)
  const { body } = request
  const identifiers = isJsonObject(body) ? (body.identifiers ?? []) : []
  const count = await act(dependencies, { ...request, identifiers }, tenants)
  await recorded(dependencies, request, { what, count })
  const answers = await order.ask()
  const hubs = answers.flatMap(told)
  await noted(dependencies, request, { what, hubs })
  const open = await order.settle(answers)
  return { hubs: [own(dependencies, { count }), ...hubs], ...(open !== undefined && { order: open }) }
}

/** Places of records that are entities, and what they were. */
const OF_ENTITIES: ReadonlySet<string> = new Set(['entity', 'history'])

/** That somebody looked for a person is on record before it is answered, and of whom only what kinds of identifiers it had. */
async function recorded(
  { audit }: Pick<Dependencies, 'audit'>,
  request: PersonRequest,
  {
    what,
    of: [of, entities] = [request.tenant, []],
    ...counts
  }: { readonly what: string; readonly of?: readonly [Tenant, readonly string[]] } & Readonly<
    Record<string, unknown>
  >,
): Promise<void> {
  const { caller, origin } = request
  const { requestId } = origin
  await audit?.record({
    operation: `privacy.${what}`,
    outcome: 'done',
    by: caller,
    tenant: of,
    ...(entities.length > 0 && { entities }),
    ...(requestId !== undefined && { requestId }),
    details: { identifiers: countKinds(request), ...JSON.parse(JSON.stringify(counts)) },
  })
}

/** A request says which hubs are still to be asked: it is done again until there are none. */
async function noted(
  { clock, noteOutcome: note }: Dependencies,
  { caller, tenant, origin, request: id }: PersonRequest,
  {
    hubs,
    ...done
  }: { readonly what: string; readonly report?: string; readonly hubs: readonly JsonObject[] },
): Promise<void> {
  if (id === undefined) return
  const open = hubs.flatMap(({ hub = '', state }) => (state === 'answered' ? [] : [hub]))
  await note({ tenant, origin, id }, { ...done, at: formatDateTime(clock()), by: caller.key, openHubs: open })
}

/** Answers which tenants a request is about: the one that it names, or all that the caller may look into. */
async function tenantsOf(
  { store }: { readonly store: Store },
  { caller, tenant }: { readonly caller: Caller; readonly tenant: Tenant },
  action: Action,
): Promise<readonly Tenant[]> {
  const target = { resource: 'privacy' } as const
  caller.check(action, tenant, target)
  const all = await store.tenants()
  // a hub that does not know it has nothing of it, and asks those behind it nevertheless
  if (tenant !== DEFAULT_TENANT) return all.filter((each) => each === tenant)
  return all.filter((each) => may(caller, action, each, target))
}

function own({ hub }: Pick<Dependencies, 'hub'>, found: JsonObject): JsonObject {
  return { hub: hub.name, city: hub.city, state: 'answered', ...found }
}

/** What a hub answers names the hubs behind it too. */
async function asked(
  dependencies: Dependencies,
  { caller, tenant, via, body }: PersonRequest,
  what: 'find' | 'export',
): Promise<readonly JsonObject[]> {
  if (cameBack(dependencies, via)) return []
  const question = { tenant, path: `/hub/v1/privacy/${what}`, body, via }
  const answers = await askHubs(dependencies, caller, question)
  return answers.flatMap(told)
}

function told(answer: PeerAnswer): readonly JsonObject[] {
  if (answer.state !== 'answered') return [{ ...answer }]
  const { hubs, report } = answer.body
  if (isJsonArray(hubs)) return hubs.filter((each) => typeof each === 'object') as readonly JsonObject[] // as hubs answer
  return [{ hub: answer.hub, state: 'answered', ...(report !== undefined && { report }) }]
}

function placeOf({ tenant, counts }: ErasedPlace): JsonObject {
  return { tenant, counts: { ...counts } }
}

/** A report says how many identifiers were looked for, and not which. */
function countKinds({ person }: PersonRequest): JsonObject {
  const counts: Record<string, number> = {}
  for (const { kind } of person.identifiers) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
