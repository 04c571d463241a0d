import type { TermTable } from '../../core/context/term-table.ts'
import type { Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { isHidden, type Tenant, visibleTenant } from '../../core/model/tenant.ts'
import { formatDateTime } from '../../core/model/time.ts'
import { render } from '../../core/view/render.ts'
import { see } from '../../core/view/see.ts'
import { parseEntity } from '../../store/port/change.ts'
import { instancesOf, jsonOf } from './find-in-history.ts'
import { findTraces, type Looking } from './find-traces.ts'
import type { SearchDependencies } from './privacy-dependencies.ts'
import { type EntityTrace, excerpt, instanceKey, mentionOf, type Traces } from './traces.ts'

/** One record of what is a person's. */
export interface ExportedRecord {
  readonly tenant: Tenant
  /** entity, history, snapshot, or the kind of document; `log` in front: of what the log still tells of one. */
  readonly place: string
  readonly id: string
  readonly data: JsonObject
}

/** Answers everything of a person in one tenant, as the caller sees it: record by record, by place. */
export async function* exportPerson(
  dependencies: SearchDependencies,
  looking: Looking,
  table: TermTable,
): AsyncGenerator<ExportedRecord> {
  for (const traces of await findTraces(dependencies, looking)) {
    for (const trace of traces.entities) {
      yield* exportState(dependencies, looking, { traces, trace, table })
      yield* exportHistory(dependencies, looking, { traces, trace, table })
    }
    yield* exportDocuments(dependencies, looking, traces)
  }
}

interface Exporting {
  readonly traces: Traces
  readonly trace: EntityTrace
  readonly table: TermTable
}

async function* exportState(
  { store }: SearchDependencies,
  { caller, tenant }: Looking,
  { traces, trace, table }: Exporting,
): AsyncGenerator<ExportedRecord> {
  const stored = trace.now.size > 0 || trace.named ? await store.read(traces.tenant, trace.id) : undefined
  const seen = stored && see(parseEntity(stored.text), caller.view(tenant))
  if (!seen) return
  // what merely mentions her is no report of hers
  const shown = trace.whole ? seen : { ...seen, attributes: only(seen.attributes, trace.now) }
  yield recordOf(traces.tenant, 'entity', written(shown, table))
}

async function* exportHistory(
  dependencies: SearchDependencies,
  { person }: Looking,
  { traces, trace, table }: Exporting,
): AsyncGenerator<ExportedRecord> {
  const { id, types } = trace
  const attributes: Record<Iri, Instance[]> = {}
  for (const name of new Set([...trace.now, ...trace.past])) {
    for await (const one of instancesOf(dependencies, traces, { id, name })) {
      const instance: Instance = jsonOf(one)
      const isHers = trace.instances.has(instanceKey(name, instance)) || mentionOf(person, instance)
      if (one.deletedAt !== undefined || !isHers) continue
      attributes[name] = [...(attributes[name] ?? []), instance]
    }
  }
  if (Object.keys(attributes).length === 0) return
  const [{ createdAt, modifiedAt } = { createdAt: 0, modifiedAt: 0 }] = Object.values(attributes).flat()
  yield recordOf(traces.tenant, 'history', written({ id, types, createdAt, modifiedAt, attributes }, table))
}

async function* exportDocuments(
  { store }: SearchDependencies,
  { person }: Looking,
  { tenant, documents }: Traces,
): AsyncGenerator<ExportedRecord> {
  for (const { collection, id, now, records } of documents) {
    const stored = now ? await store.document(tenant, collection, id) : undefined
    if (stored)
      yield {
        ...place(tenant, collection),
        id: shownId(id),
        data: { mentions: excerpt(person, stored.document) },
      }
    for (const { sequence } of records) {
      const [record] = await store.log(tenant, sequence - 1, 1)
      const { before = {}, after = {} } = record ?? {}
      const mentions = excerpt(person, { before, after } as JsonObject) // of a document
      const at = record ? { at: formatDateTime(record.at) } : {}
      yield { ...place(tenant, `log.${collection}`), id: shownId(id), data: { ...at, mentions } }
    }
  }
}

function only(attributes: Entity['attributes'], names: ReadonlySet<Iri>): Entity['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.has(name)))
}

function written(entity: Entity, table: TermTable): JsonObject {
  return JSON.parse(render(entity, { options: { format: 'normalized', sysAttrs: true }, table }) ?? '{}')
}

function recordOf(tenant: Tenant, what: string, data: JsonObject): ExportedRecord {
  return { ...place(tenant, what), id: String(data.id), data }
}

function place(tenant: Tenant, what: string): Pick<ExportedRecord, 'tenant' | 'place'> {
  return { tenant: visibleTenant(tenant), place: isHidden(tenant) ? `snapshot.${what}` : what }
}

/** Whose a snapshot is stands before its id. */
function shownId(id: string): string {
  return id.split(' ').at(-1) ?? id
}
