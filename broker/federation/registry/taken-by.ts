import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import { type Forward, offersId } from './match-registrations.ts'
import type { EntityInfo, Registration, RegistrationInfo, RegistrationMode } from './registration.ts'

/**
 * What a proxied registration covers lives at its source and nowhere else (CIM 009 v1.9.1, 4.3.6.3), also while the
 * source cannot be asked: no other source is asked for it, and no other copy shows it, this hub's own neither. An
 * exclusive registration comes before all others; redirect ones share what they cover, and come before the rest.
 */
const RANK: Readonly<Record<RegistrationMode, number>> = {
  exclusive: 0,
  redirect: 1,
  inclusive: 2,
  auxiliary: 3,
}

/** Tells whether a registration takes what it covers away from those that come after it (CIM 009 v1.9.1, 4.3.6.3). */
export function isProxied({ mode }: Pick<Registration, 'mode'>): boolean {
  return RANK[mode] < RANK.inclusive
}

function takesFrom(taker: Registration, mode: RegistrationMode): boolean {
  return isProxied(taker) && RANK[taker.mode] < RANK[mode]
}

/** Tells whether a registration counts at this time, for the current state of entities: not for their history (5.2.9). */
export function isCurrent(
  { expiresAt, observationInterval, managementInterval }: Registration,
  now: Micros,
): boolean {
  return !observationInterval && !managementInterval && (expiresAt === undefined || expiresAt > now)
}

/** Orders forwards: what others must not be asked for comes first. */
export function byRank(left: Forward, right: Forward): number {
  return RANK[left.registration.mode] - RANK[right.registration.mode]
}

/** Which attributes of an entity a registration covers; undefined: none, since it is not about the entity. */
export function coveredBy(
  { information }: Pick<Registration, 'information'>,
  entity: Pick<Entity, 'id' | 'types'>,
): 'all' | ReadonlySet<Iri> | undefined {
  const infos = information.filter((info) => isAbout(info, entity))
  if (infos.length === 0) return undefined
  if (infos.some(({ attributes }) => attributes.length === 0)) return 'all'
  return new Set(infos.flatMap(({ attributes }) => attributes))
}

function isAbout({ entities }: RegistrationInfo, { id, types }: Pick<Entity, 'id' | 'types'>): boolean {
  if (entities.length === 0) return true
  return entities.some((info) => offersId(info, id) && info.types.every((type) => types.includes(type)))
}

/**
 * Answers what is left of one copy of an entity, where proxied registrations take part of it; undefined: nothing. The copy
 * comes from a source of this mode, by default from this hub. Pure.
 */
export function withoutTaken(
  entity: Entity,
  proxied: readonly Registration[],
  mode: RegistrationMode = 'inclusive',
): Entity | undefined {
  let left = entity
  for (const taker of proxied) {
    const covered = takesFrom(taker, mode) ? coveredBy(taker, entity) : undefined
    if (covered === undefined) continue
    if (covered === 'all' && taker.datasetIds.length === 0) return undefined
    left = without(left, covered, taker)
  }
  return left
}

function without(entity: Entity, covered: 'all' | ReadonlySet<Iri>, taker: Registration): Entity {
  const attributes = Object.entries(entity.attributes).flatMap(([name, instances]) => {
    if (covered !== 'all' && !covered.has(name)) return [[name, instances] as const]
    const kept = instances.filter((instance) => !provides(taker, instance))
    return kept.length > 0 ? [[name, kept] as const] : []
  })
  return { ...entity, attributes: Object.fromEntries(attributes) satisfies Attributes }
}

/** A registration with datasetIds provides those instances alone (5.2.9). */
function provides({ datasetIds }: Registration, { datasetId = '@none' }: Instance): boolean {
  return datasetIds.length === 0 || datasetIds.includes(datasetId)
}

/**
 * Narrows what a source is asked for to what no registration takes that comes before its own; undefined: nothing is left.
 * Where that is not certain before it answers it is asked, and `withoutTaken` takes it out of the answer. Pure.
 */
export function withoutTakenPart(forward: Forward, proxied: readonly Registration[]): Forward | undefined {
  let { attributes } = forward
  for (const taker of proxied) {
    if (!takesFrom(taker, forward.registration.mode) || taker.datasetIds.length > 0) continue
    for (const info of taker.information) {
      if (!coversAll(info, forward)) continue
      if (info.attributes.length === 0) return undefined
      attributes = attributes?.filter((name) => !info.attributes.includes(name))
    }
  }
  if (attributes?.length === 0) return undefined
  return attributes === forward.attributes ? forward : { ...forward, ...(attributes && { attributes }) }
}

/** Tells whether all that can come back from a forward is what a registration is about. */
function coversAll({ entities }: RegistrationInfo, { ids, types }: Forward): boolean {
  if (entities.length === 0) return true
  if (!ids) return entities.some((info) => isOpen(info) && needsTypes(types, info))
  return ids.every((id) => entities.some((info) => offersId(info, id) && needsTypes(types, info)))
}

function isOpen({ id, idPattern }: EntityInfo): boolean {
  return id === undefined && idPattern === undefined
}

/** Tells whether only entities with all these types satisfy a selection. */
function needsTypes(node: TypeNode | undefined, info: EntityInfo): boolean {
  return info.types.every((type) => needsType(node, type))
}

function needsType(node: TypeNode | undefined, type: Iri): boolean {
  switch (node?.kind) {
    case undefined:
    case 'any':
      return false
    case 'type':
      return node.type === type
    case 'and':
      return node.nodes.some((child) => needsType(child, type))
    case 'or':
      return node.nodes.every((child) => needsType(child, type))
  }
}
