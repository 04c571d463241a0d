import type { Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { formatDateTime, type Micros } from '../model/time.ts'
import type { Projection } from '../query/ast.ts'
import { conform } from './conform.ts'
import { nameText } from './name-text.ts'
import { attributeTexts, systemTexts, type Writing } from './render-instance.ts'
import type { RenderOptions } from './render-options.ts'
import type { ToldEntity } from './told.ts'

/** Writes an entity that the caller may see (CIM 009 v1.9.1, 4.5.1 to 4.5.4); undefined when the projection leaves nothing. */
export function render(entity: Entity, writing: Writing): string | undefined {
  const texts = renderMembers(entity, writing)
  return texts && `{${[...texts.id, ...texts.others].join(',')}}`
}

/** The members of an entity, each `"name":value`; `id` has one or none. */
export interface Members {
  readonly id: readonly string[]
  readonly others: readonly string[]
}

/** Writes the members of an entity that the caller may see; undefined when the projection leaves nothing. */
export function renderMembers(entity: Entity, writing: Writing): Members | undefined {
  const { options, table } = writing
  const attributes = projectedAttributes(entity.attributes, options)
  const deletedAt = writing.told && deletionOf(entity)
  if (options.needsAttribute && deletedAt === undefined && Object.keys(attributes).length === 0)
    return undefined
  const shown = conform(attributes === entity.attributes ? entity : { ...entity, attributes }, options, table)
  const id = isProjected('id', options) ? [`"id":${JSON.stringify(shown.id)}`] : []
  const others = [...ownTexts(shown, writing), ...attributeTexts(shown.attributes, writing)]
  if (deletedAt !== undefined) others.push(`"deletedAt":"${formatDateTime(deletedAt)}"`)
  return id.length + others.length === 0 ? undefined : { id, others }
}

function deletionOf({ deletedAt }: ToldEntity): Micros | undefined {
  return deletedAt
}

/** Writes the other members of an entity that are no attributes: type, scope, those of the system. */
export function ownTexts(entity: Entity, { options, table }: Writing): readonly string[] {
  const { types, scopes = [] } = entity
  const texts: string[] = []
  if (isProjected('type', options)) {
    texts.push(`"type":${singleOrAll(types.map((type) => nameText(type, table)))}`)
  }
  if (scopes.length > 0 && isProjected('scope', options)) {
    texts.push(`"scope":${singleOrAll(scopes.map((scope) => JSON.stringify(scope)))}`)
  }
  if (options.sysAttrs) texts.push(...systemTexts(entity, (member) => isProjected(member, options)))
  return texts
}

/** Writes one text by itself, none or several as an array. */
export function singleOrAll(texts: readonly string[]): string {
  const [only] = texts
  return only !== undefined && texts.length === 1 ? only : `[${texts.join(',')}]`
}

type Projecting = Pick<RenderOptions, 'pick' | 'omit' | 'datasetIds'>

/** Tells whether the projection keeps a member that is no attribute (4.21). */
export function isProjected(member: string, { pick, omit }: Projecting): boolean {
  return (!pick || hasMember(pick, member)) && !(omit && hasMember(omit, member))
}

function hasMember({ members }: Projection, member: string): boolean {
  return (members as ReadonlySet<string>).has(member) // asked with any text
}

/** Attributes that the projection keeps (4.21), each with the instances that the datasetId filter keeps (4.5.5). */
export function projectedAttributes<T extends Instance>(
  attributes: Readonly<Record<Iri, readonly T[]>>,
  options: Projecting,
): Readonly<Record<Iri, readonly T[]>> {
  const { pick, omit, datasetIds } = options
  if (!pick && !omit && !datasetIds) return attributes
  const kept = Object.entries(attributes)
    .filter(([name]) => isAttributeProjected(name, options))
    .map(([name, instances]) => [name, inDatasets(instances, datasetIds)] as const)
  return Object.fromEntries(kept.filter(([, instances]) => instances.length > 0))
}

/** Tells whether the projection lets an attribute through (CIM 009 v1.9.1, 4.21). */
export function isAttributeProjected(name: Iri, { pick, omit }: Pick<Projecting, 'pick' | 'omit'>): boolean {
  return (!pick || pick.attributes.has(name)) && !isOmitted(name, omit)
}

/** A nested omission, `rel{name}`, concerns the linked entity only. */
function isOmitted(name: Iri, omit: Projection | undefined): boolean {
  return omit?.attributes.has(name) === true && omit.attributes.get(name) === undefined
}

function inDatasets<T extends Instance>(
  instances: readonly T[],
  datasetIds: readonly string[] | undefined,
): readonly T[] {
  if (!datasetIds) return instances
  return instances.filter(({ datasetId = '@none' }) => datasetIds.includes(datasetId))
}
