import { setImmediate } from 'node:timers/promises'
import type { Person } from '../../../security/privacy/person.ts'
import type { Caller } from '../../core/model/caller.ts'
import type { LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { type Tenant, visibleTenant } from '../../core/model/tenant.ts'
import type { View } from '../../core/view/view.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { DocumentUnit } from '../../store/port/store.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import { findInHistory } from './find-in-history.ts'
import type { SearchDependencies } from './privacy-dependencies.ts'
import { hersOf, TraceNotes, type Traces } from './traces.ts'

/** Whom is looked for, and with whose eyes. */
export interface Looking {
  readonly person: Person
  readonly caller: Caller
  readonly tenant: Tenant
}

/** A look for somebody in one place. */
export interface Look extends Pick<Looking, 'person' | 'tenant'> {
  readonly view: View
  readonly notes: TraceNotes
}

const PAGE = 200

/** What the store keeps besides entities. What the hub must not lose (`identity`) and its own registers are not searched. */
export const SEARCHED = [
  'quarantine',
  'subscription',
  'registrationSubscription',
  'registration',
  'snapshot',
  'entityMap',
  'sourceNotice',
  'deadLetter',
  'delivery',
  'planted',
  'feed',
  'context',
  'policy',
  'idempotency',
  'indicator',
] as const satisfies readonly DocumentUnit['collection'][]

/**
 * Finds everything of a person in one tenant and in the snapshots taken of it: current state, history, change log and all
 * documents. Of entities it is what the caller sees in clear; the rest is for who may look for persons at all.
 */
export async function findTraces(
  dependencies: SearchDependencies,
  { person, caller, tenant }: Looking,
): Promise<readonly Traces[]> {
  const { store } = dependencies
  const hidden = (await store.hiddenTenants()).filter((each) => visibleTenant(each) === tenant)
  const found: Traces[] = []
  // snapshots first: they may go with the documents that name them
  for (const place of [...hidden, tenant]) {
    const look = { person, tenant: place, view: caller.view(tenant), notes: new TraceNotes(place) }
    await findInState(dependencies, look)
    await findInLog(dependencies, look)
    await findInHistory(dependencies, look)
    await findInDocuments(dependencies, look)
    found.push(look.notes.traces())
  }
  return found
}

/** Takes down what of a state of an entity is hers. */
export function noteState(
  dependencies: SearchDependencies,
  look: Look,
  when: 'now' | 'past',
  entity: Entity,
): void {
  const hers = hersOf(dependencies, look, entity)
  const named = hers.whole && look.person.mention(entity.id) !== undefined
  look.notes.entity(when, entity, { ...hers, named })
}

async function findInState(dependencies: SearchDependencies, look: Look): Promise<void> {
  let after: string | undefined
  do {
    const page = await dependencies.store.query(look.tenant, {
      query: { types: { kind: 'any' } },
      limit: PAGE,
      maxRows: Number.MAX_SAFE_INTEGER,
      ...(after !== undefined && { after }),
    })
    for (const { text } of page.rows) noteState(dependencies, look, 'now', parseEntity(text))
    after = page.next
    await setImmediate()
  } while (after !== undefined)
}

/** The log holds every state that entities and documents had. */
async function findInLog(dependencies: SearchDependencies, look: Look): Promise<void> {
  let after = 0
  for (;;) {
    const records = await dependencies.store.log(look.tenant, after, PAGE)
    for (const record of records) noteRecord(dependencies, look, record)
    const last = records.at(-1)
    if (!last) return
    after = last.sequence
    await setImmediate()
  }
}

function noteRecord(dependencies: SearchDependencies, look: Look, record: LogRecord): void {
  const { collection, id, sequence, attributes = [] } = record
  if (collection === 'evolution') return
  if (collection === 'entity') {
    // the state before is that of another record, unless that one was told of before the log begins
    const states = [record.before, record.after].flatMap((state) => (state ? [state as Entity] : [])) // of an entity
    for (const state of states) noteState(dependencies, look, 'past', state)
    if (record.action !== 'updated') return
    const types = states.at(-1)?.types ?? []
    for (const { attribute, before, after } of attributes) {
      // each by itself: what came after may be somebody else's
      for (const instance of [before, after]) {
        if (!instance) continue
        const { createdAt, modifiedAt } = instance
        noteState(dependencies, look, 'past', {
          ...{ id, types, createdAt, modifiedAt },
          attributes: { [attribute]: [instance] },
        })
      }
    }
    return
  }
  const { person, notes } = look
  const [before, after] = [record.before, record.after].map(
    (document) => document !== undefined && person.mention(document as JsonObject) !== undefined, // of a document
  )
  if (before || after)
    notes.document(collection, id, { sequence, ...(before && { before }), ...(after && { after }) })
}

async function findInDocuments(
  { store }: SearchDependencies,
  { person, tenant, notes }: Look,
): Promise<void> {
  for (const collection of SEARCHED) {
    for await (const { id, document } of walkDocuments(store, tenant, collection))
      if (mentionsHer(person, id, document)) notes.document(collection, id)
  }
}

/** Tells whether a document mentions her, also in bytes that are written in base64. */
export function mentionsHer(person: Person, id: string, document: JsonObject): boolean {
  if (person.mention(id) || person.mention(document)) return true
  return (
    document.encoding === 'base64' && [document.raw, document.preamble].some((each) => inBytes(person, each))
  )
}

/** Agencies send UTF-8, UTF-16 and files of eight bits, in which digits are the same. */
function inBytes(person: Person, value: JsonValue | undefined): boolean {
  if (typeof value !== 'string') return false
  const bytes = Buffer.from(value, 'base64')
  return (['utf8', 'utf16le', 'latin1'] as const).some((encoding) => person.mention(bytes.toString(encoding)))
}
