import type { WithId } from 'mongodb'
import { Problem } from '../../../core/model/problem.ts'
import { documentKey } from '../../port/moved-store.ts'
import type { DocumentUnit, EntityUnit, Unit, UnitResult } from '../../port/store.ts'
import type { TakeTurn } from '../in-turn.ts'
import {
  ENTITY_MEMBERS,
  entityFields,
  evolutionFields,
  FORMER_MEMBERS,
  LAYOUT,
} from '../layout/entity-fields.ts'
import { changeRecord } from '../log/change-record.ts'
import { erasuresOf, forgetRecord, stillErased } from '../log/redact-log.ts'
import type { KeptEntity, TenantCollections } from '../mongo-documents.ts'
import { commitEvolution } from './commit-evolution.ts'
import { type Attempt, type Next, writeKept } from './write-kept.ts'

/** An entity unit that says itself which version it builds on. */
export type VersionedUnit = Exclude<Unit, EntityUnit> | (EntityUnit & { readonly expectedVersion: number })

const ATTEMPTS = 50
const OPTIONAL = [...ENTITY_MEMBERS, 'last', 'deletedAt', 'erased'] as const

/** What a commit may need on the way. */
export interface CommitHelp {
  /** Takes a new version of the tenant. */
  readonly newVersion: () => Promise<number>
  /** Moves change records into the log. */
  readonly drain: () => Promise<unknown>
  readonly inTurn: TakeTurn
}

/** Commits one unit in one atomic, version-checked write of one document, with its change record inside. */
export async function commitUnit(
  tenant: TenantCollections,
  unit: VersionedUnit,
  first: number,
  { newVersion, drain, inTurn }: CommitHelp,
): Promise<UnitResult> {
  let version = first
  // what is to be forgotten may be on its way into the log
  if ('forgets' in unit && unit.forgets) await drain()
  for (let attempts = 0; attempts < ATTEMPTS; attempts++) {
    const result = await inTurn(keyOf(unit), () => attempt(tenant, unit, version))
    if (typeof result !== 'string') return result
    if (result === 'crowded') await drain()
    else version = await newVersion()
  }
  throw new Problem('Conflict', `Document ${unit.id} is being changed by too many writers at once`)
}

/** Puts in what the unit before it left; undefined when that was not kept. */
export function versioned(unit: Unit | undefined, left: number | undefined): VersionedUnit | undefined {
  if (unit?.collection !== 'entity') return unit
  const expectedVersion = unit.expectedVersion === 'previous' ? left : unit.expectedVersion
  return expectedVersion === undefined ? undefined : { ...unit, expectedVersion }
}

/** Answers the `_id` of the document that a unit changes: that of an entity holds its evolution too. */
export function keyOf({ collection, id }: Pick<Unit, 'collection' | 'id'>): string {
  return collection === 'entity' || collection === 'evolution' ? id : documentKey(collection, id)
}

function attempt(tenant: TenantCollections, unit: VersionedUnit, version: number): Promise<Attempt> {
  switch (unit.collection) {
    case 'entity':
      return commitEntity(tenant, unit, version)
    case 'evolution':
      return commitEvolution(tenant, unit, version)
    default:
      return commitDocument(tenant, unit, version)
  }
}

async function commitEntity(
  { entities }: TenantCollections,
  unit: EntityUnit,
  version: number,
): Promise<Attempt> {
  const { id: _id, next, expectedVersion } = unit
  const write = (found: WithId<KeptEntity> | null) =>
    writeKept({ collection: entities, _id, found }, nextEntity(unit, { version, found }))
  if (isCreation(unit)) {
    const created = await write(null)
    if (created !== 'overtaken') return created
  }
  const found = await entities.findOne({ _id })
  const current = found?.text === undefined ? 0 : found.version
  if (current !== expectedVersion) return { outcome: 'conflict', version: current }
  if (current === 0 && !next) return { outcome: 'kept', version: 0 }
  return write(found)
}

/** Tells whether a unit takes it that nothing is there, which is tried without looking. */
export function isCreation({ next, expectedVersion }: EntityUnit): boolean {
  return next !== undefined && expectedVersion === 0
}

/** Answers what a unit makes of what was found of its entity; null: nothing is there, not even what a deletion leaves. */
export function nextEntity(
  unit: EntityUnit,
  { version, found }: { readonly version: number; readonly found: KeptEntity | null },
): Next<KeptEntity> {
  const current = found?.text === undefined ? 0 : found.version
  const place = current === 0 ? version : (found?.place ?? version)
  const fields = {
    ...{ version, ...(unit.next && { place }), ...entityFields(unit.next), ...evolutionFields(found, unit) },
    ...(found?.erased !== undefined && stillErased(found, unit, version)),
  }
  const change = changeRecord(unit, version, found?.text)
  const erased = found?.erased !== undefined && { erased: { erasures: erasuresOf(found), since: current } }
  const optional = found && found.layout !== LAYOUT ? [...OPTIONAL, ...FORMER_MEMBERS] : OPTIONAL
  return { version, fields, optional, record: JSON.stringify({ ...change, ...erased }) }
}

async function commitDocument(
  { documents, log }: TenantCollections,
  unit: DocumentUnit,
  version: number,
): Promise<Attempt> {
  const { collection, id, next, expiresAt, forgets } = unit
  for (const record of forgets ?? []) await forgetRecord(log, documentKey(collection, id), record)
  if (forgets) return { outcome: 'kept', version: 0 }
  const _id = documentKey(collection, id)
  const found = await documents.findOne({ _id })
  const readable = found?.text !== undefined && (found.expires === undefined || found.expires > unit.at)
  const current = readable ? found.version : 0
  if ((unit.expectedVersion ?? current) !== current) return { outcome: 'conflict', version: current }
  if (!readable && !next) return { outcome: 'kept', version: 0 }
  const fields = {
    version,
    collection,
    id,
    ...(next && { text: JSON.stringify(next), ...(expiresAt !== undefined && { expires: expiresAt }) }),
  }
  const logged = unit.logged !== false
  const before = readable ? found.text : undefined
  const record = logged ? JSON.stringify(changeRecord(unit, version, before)) : undefined
  return writeKept(
    { collection: documents, _id, found },
    { version, fields, optional: ['text', 'expires'], record },
  )
}
