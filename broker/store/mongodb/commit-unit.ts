import type { Collection, MatchKeysAndValues, OptionalUnlessRequiredId, UpdateFilter, WithId } from 'mongodb'
import { Problem } from '../../core/model/problem.ts'
import { canonicalEntity } from '../port/canonical.ts'
import { indexEntries } from '../port/index-entries.ts'
import type { DocumentUnit, EntityUnit, Unit, UnitResult } from '../port/store.ts'
import { changeRecord } from './change-record.ts'
import type { TakeTurn } from './in-turn.ts'
import type { Kept, KeptDocument, KeptEntity, TenantCollections } from './mongo-documents.ts'
import { isDuplicate } from './mongo-errors.ts'

/** An entity unit that says itself which version it builds on. */
export type VersionedUnit = DocumentUnit | (EntityUnit & { readonly expectedVersion: number })

const ATTEMPTS = 50
const MAX_CHANGES = 8

/** What a commit may need on the way. */
export interface CommitHelp {
  /** Takes a new version of the tenant. */
  readonly newVersion: () => Promise<number>
  /** Moves change records into the log. */
  readonly drain: () => Promise<void>
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
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const result = await inTurn(keyOf(unit), () =>
      unit.collection === 'entity'
        ? commitEntity(tenant.entities, unit, version)
        : commitDocument(tenant.documents, unit, version),
    )
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

/** Answers the `_id` of the document that a unit changes. */
export function keyOf({ collection, id }: Unit): string {
  return collection === 'entity' ? id : documentKey(collection, id)
}

/** Answers the key of a document among those of all collections. */
export function documentKey(collection: string, id: string): string {
  return `${collection} ${id}`
}

// overtaken: a later version came between; crowded: too many changes wait in the document to be drained
type Attempt = UnitResult | 'overtaken' | 'crowded'

async function commitEntity(
  entities: Collection<KeptEntity>,
  unit: EntityUnit,
  version: number,
): Promise<Attempt> {
  const found = await entities.findOne({ _id: unit.id })
  const current = found?.text === undefined ? 0 : found.version
  if (current !== unit.expectedVersion) return { outcome: 'conflict', version: current }
  if (current === 0 && !unit.next) return { outcome: 'kept', version: 0 }
  const place = current === 0 ? version : (found?.place ?? version)
  const fields = { version, place, pending: true as const, ...entityFields(unit) }
  const record = recordText(unit, version, current === 0 ? undefined : found?.text)
  return write(entities, unit.id, found, { fields, record, version })
}

async function commitDocument(
  documents: Collection<KeptDocument>,
  unit: DocumentUnit,
  version: number,
): Promise<Attempt> {
  const { collection, id, next, expiresAt } = unit
  const key = documentKey(collection, id)
  const found = await documents.findOne({ _id: key })
  const readable = found?.text !== undefined && (found.expires === undefined || found.expires > unit.at)
  const current = readable ? found.version : 0
  if ((unit.expectedVersion ?? current) !== current) return { outcome: 'conflict', version: current }
  if (!readable && !next) return { outcome: 'kept', version: 0 }
  const logged = unit.logged !== false
  const fields = {
    version,
    collection,
    id,
    ...(logged && { pending: true as const }),
    ...(next && { text: JSON.stringify(next), ...(expiresAt !== undefined && { expires: expiresAt }) }),
  }
  const record = logged ? recordText(unit, version, readable ? found.text : undefined) : undefined
  return write(documents, key, found, { fields, record, version })
}

interface Next<T> {
  readonly fields: Partial<T>
  readonly record: string | undefined
  readonly version: number
}

/** Writes if nobody wrote since; fields that may be absent and are not given go. */
async function write<T extends Kept>(
  collection: Collection<T>,
  _id: string,
  found: WithId<T> | null,
  { fields, record, version }: Next<T>,
): Promise<Attempt> {
  const changes = record === undefined ? [] : [record]
  const kept = collection as unknown as Collection<Kept> // what is common to both kinds, and fields of T
  if (!found) {
    const inserted = { _id, ...fields, changes } as unknown as OptionalUnlessRequiredId<Kept> // all fields are given
    const done = await kept.insertOne(inserted).then(() => true, refusedAsDuplicate)
    return done ? { outcome: 'kept', version } : 'overtaken'
  }
  if (found.version >= version) return 'overtaken'
  if (found.changes.length >= MAX_CHANGES) return 'crowded'
  const gone = ['text', 'expires', 'validUntil'].filter((name) => !Object.hasOwn(fields, name))
  const update: UpdateFilter<Kept> = {
    $set: fields as MatchKeysAndValues<Kept>, // as above
    $unset: Object.fromEntries(gone.map((name) => [name, ''])),
    ...(changes.length > 0 && { $push: { changes: { $each: changes } } }),
  }
  const { matchedCount } = await kept.updateOne({ _id, version: found.version }, update)
  return matchedCount === 1 ? { outcome: 'kept', version } : 'overtaken'
}

function refusedAsDuplicate(error: unknown): false {
  if (isDuplicate(error)) return false
  throw error
}

function recordText(unit: Unit, version: number, before: string | undefined): string {
  return JSON.stringify(changeRecord(unit, version, before))
}

function entityFields({ next }: EntityUnit): Partial<KeptEntity> {
  if (!next) return { types: [], attributes: [], pairs: [], kinds: [], triples: [] }
  const { types, attributes, validUntil, ...entries } = indexEntries(next)
  const pairs = types.flatMap((type) => attributes.map((attribute) => `${attribute} ${type}`))
  const kinds = entries.kinds.flatMap(({ attribute, kind, instances }) =>
    Array<string>(instances).fill(`${attribute} ${kind}`),
  )
  const triples = types.flatMap((type) =>
    entries.kinds.map(({ attribute, kind }) => `${attribute} ${type} ${kind}`),
  )
  return {
    types,
    attributes,
    pairs,
    kinds,
    triples,
    ...(validUntil !== undefined && { validUntil }),
    text: canonicalEntity(next),
  }
}
