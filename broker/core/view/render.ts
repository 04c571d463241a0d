import type { TermTable } from '../context/term-table.ts'
import type { Attributes, Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { JsonObject, JsonValue } from '../model/json.ts'
import type { Projection } from '../query/ast.ts'
import { conform } from './conform.ts'
import { type Draft, putAttributes, putSystemMembers, type Writing } from './render-instance.ts'
import type { RenderOptions } from './render-options.ts'

/** Writes an entity that the caller may see (CIM 009 v1.9.1, 4.5.1 to 4.5.4); undefined when the projection leaves nothing. */
export function render(entity: Entity, options: RenderOptions, table: TermTable): JsonObject | undefined {
  return renderWith(entity, { options, table })
}

/** The same, for a writing that may mark the places of linked entities. */
export function renderWith(entity: Entity, writing: Writing): JsonObject | undefined {
  const { options, table } = writing
  const draft: Draft = {}
  const attributes = projectedAttributes(entity.attributes, options)
  if (options.needsAttribute && Object.keys(attributes).length === 0) return undefined
  const shown = conform(attributes === entity.attributes ? entity : { ...entity, attributes }, options, table)
  putMembers(draft, shown, options, table)
  putAttributes(draft, shown.attributes, writing)
  return Object.keys(draft).length === 0 ? undefined : draft
}

/** Writes the members of an entity that are no attributes: id, type, scope, those of the system. */
function putMembers(draft: Draft, entity: Entity, options: RenderOptions, table: TermTable): void {
  const all: Draft = { id: entity.id, type: singleOrAll(entity.types.map((type) => table.compact(type))) }
  if (entity.scopes && entity.scopes.length > 0) all.scope = singleOrAll(entity.scopes)
  if (options.sysAttrs) putSystemMembers(all, entity)
  for (const [member, value] of Object.entries(all)) {
    if (isProjected(member, options)) draft[member] = value
  }
}

function singleOrAll(texts: readonly string[]): JsonValue {
  const [only] = texts
  return only !== undefined && texts.length === 1 ? only : texts
}

/** Tells whether the projection keeps a member that is no attribute (4.21). */
export function isProjected(member: string, { pick, omit }: RenderOptions): boolean {
  return (!pick || hasMember(pick, member)) && !(omit && hasMember(omit, member))
}

function hasMember({ members }: Projection, member: string): boolean {
  return (members as ReadonlySet<string>).has(member) // asked with any text
}

/** Attributes that the projection keeps (4.21), each with the instances that the datasetId filter keeps (4.5.5). */
export function projectedAttributes(attributes: Attributes, options: RenderOptions): Attributes {
  const { pick, omit, datasetIds } = options
  if (!pick && !omit && !datasetIds) return attributes
  const kept = Object.entries(attributes)
    .filter(([name]) => (!pick || pick.attributes.has(name)) && !isOmitted(name, omit))
    .map(([name, instances]) => [name, inDatasets(instances, datasetIds)] as const)
  return Object.fromEntries(kept.filter(([, instances]) => instances.length > 0))
}

/** A nested omission, `rel{name}`, concerns the linked entity only. */
function isOmitted(name: Iri, omit: Projection | undefined): boolean {
  return omit?.attributes.has(name) === true && omit.attributes.get(name) === undefined
}

function inDatasets(
  instances: readonly Instance[],
  datasetIds: readonly string[] | undefined,
): readonly Instance[] {
  if (!datasetIds) return instances
  return instances.filter(({ datasetId = '@none' }) => datasetIds.includes(datasetId))
}
