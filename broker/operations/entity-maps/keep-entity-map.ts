import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../../core/model/caller.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { DocumentUnit, Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { ownerOf } from '../owner-of.ts'
import type { EntityMap } from './entity-map.ts'

/** Where entity maps are kept, and the time. */
export interface EntityMapStore {
  readonly store: Store
  readonly clock: () => Micros
}

/** A map as it was found, to be changed only if nobody else did meanwhile. */
export interface FoundMap {
  readonly map: EntityMap
  readonly version: number
}

/** A caller has so many maps at most: a further one takes the place of the oldest, which is then unknown. */
const SLOTS = 256
const PREFIX = 'urn:ngsi-ld:EntityMap:'
const ID = /^urn:ngsi-ld:EntityMap:([0-9a-f]{2})[0-9a-f]{32}$/

/** Answers a map of the caller, as long as it sees what it saw then; those of others are not there for it. */
export async function findEntityMap(
  { store }: EntityMapStore,
  { caller, tenant }: Command,
  id: string,
): Promise<FoundMap | undefined> {
  const slot = ID.exec(id)?.[1]
  const stored = slot && (await store.document(tenant, 'entityMap', documentId(caller, tenant, slot)))
  const map = stored ? readEntityMap(stored.document) : undefined
  return stored && map?.id === id ? { map, version: stored.version } : undefined
}

/** Keeps a new map under an id of its own. */
export async function addEntityMap(
  dependencies: EntityMapStore,
  command: Command,
  content: Omit<EntityMap, 'id'>,
): Promise<EntityMap> {
  const slot = nextSlot(command)
  const map = { ...content, id: `${PREFIX}${slot}${randomBytes(16).toString('hex')}` }
  await dependencies.store.commit(command.tenant, [unitOf(dependencies, command, map)])
  return map
}

/** Keeps a changed map, undefined to delete it; tells whether nobody else came between. */
export async function changeEntityMap(
  dependencies: EntityMapStore,
  command: Command,
  { map, version }: FoundMap,
  next: EntityMap | undefined,
): Promise<boolean> {
  const { next: _, expiresAt: __, ...unit } = unitOf(dependencies, command, map)
  const kept = next ? { next, expiresAt: next.expiresAt } : {}
  const [result] = await dependencies.store.commit(command.tenant, [
    { ...unit, ...kept, expectedVersion: version },
  ])
  return result?.outcome === 'kept'
}

function unitOf(
  { clock }: EntityMapStore,
  { caller, tenant, origin }: Command,
  map: EntityMap,
): DocumentUnit {
  const id = documentId(caller, tenant, ID.exec(map.id)?.[1] ?? '')
  return {
    collection: 'entityMap',
    id,
    next: map,
    expiresAt: map.expiresAt,
    at: clock(),
    origin,
    logged: false,
  }
}

function readEntityMap(document: JsonObject): EntityMap {
  return document as unknown as EntityMap // written by this file from an EntityMap
}

/** Whose it is is part of where it is kept, so that nobody finds those of others. */
function documentId(caller: Caller, tenant: Tenant, slot: string): string {
  return `${ownerOf(caller, tenant)}.${slot}`
}

const slots = new LRUCache<string, number>({ max: 10_000 })

/** The slots of a caller are taken in turn, from one that no restart makes the same. */
function nextSlot({ caller, tenant }: Command): string {
  const owner = `${ownerOf(caller, tenant)} ${tenant}`
  const slot = ((slots.get(owner) ?? randomBytes(1)[0] ?? 0) + 1) % SLOTS
  slots.set(owner, slot)
  return slot.toString(16).padStart(2, '0')
}
