import { VALUES_MEMBER } from '../context/temporal-values.ts'
import type { TermTable } from '../context/term-table.ts'
import type { AttributeKind } from '../model/entity.ts'
import { type Iri, NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonArray } from '../model/json.ts'
import { SCOPE, type TemporalEntity, type TemporalInstance, timeOf } from '../model/temporal.ts'
import { formatDateTime } from '../model/time.ts'
import { conform, knowsScopes } from './conform.ts'
import type { EvolutionOptions } from './evolution-options.ts'
import { nameText } from './name-text.ts'
import { isProjected, ownTexts, singleOrAll } from './render.ts'
import { bareValue, memberTexts, type Writing } from './render-instance.ts'
import type { RenderOptions } from './render-options.ts'

/** What the writing of evolutions needs to know. */
export interface EvolutionWriting {
  readonly options: EvolutionOptions
  readonly table: TermTable
  /** The evolution before it was cut: of which kinds attributes were that have no instances left. */
  readonly whole?: TemporalEntity
}

/**
 * Writes the evolution of an entity (CIM 009 v1.9.1, 4.5.6 to 4.5.9), all attributes and instances that it has, in their
 * order: those that are wanted (`projectEvolution`), of what the caller may see. undefined: nothing is wanted of it.
 */
export function renderEvolution(entity: TemporalEntity, writing: EvolutionWriting): string | undefined {
  const { options, table, whole } = writing
  const inner = innerWriting(writing)
  const shown = conform(entity, inner.options, table) as TemporalEntity // instances keep their other members
  const isSimplified = options.format === 'temporalValues'
  const write = isSimplified ? valuesText : instancesText
  const texts = [...entityTexts(shown, inner)]
  if (options.needsAttribute && Object.keys(shown.attributes).length === 0) return undefined
  for (const name in shown.attributes) {
    if (name === SCOPE && !knowsScopes(options)) continue
    const instances = shown.attributes[name] ?? []
    if (isSimplified && instances.length === 0) {
      texts.push(`${name === SCOPE ? '"scope"' : nameText(name, table)}:${emptyText(whole, name, inner)}`)
      continue
    }
    texts.push(
      name === SCOPE
        ? `"scope":${write(instances.map(scopeInstance), inner, options)}`
        : `${nameText(name, table)}:${write(instances, inner, options)}`,
    )
  }
  return texts.length === 0 ? undefined : `{${texts.join(',')}}`
}

/** Writes with a format of entities: what is the same in both. */
export function innerWriting({ options, table }: EvolutionWriting): Writing {
  const known = inner.get(options)
  if (known) return { options: known, table }
  const { format, property: _, ...others } = options
  const made = { ...others, format: format === 'concise' ? format : ('normalized' as const) }
  inner.set(options, made)
  return { options: made, table }
}

/** The evolutions of an answer are written with the same options. */
const inner = new WeakMap<EvolutionOptions, RenderOptions>()

/** Writes what is no attribute: id, type, scopes whose history is not at hand, and when what is gone went. */
export function entityTexts(entity: TemporalEntity, writing: Writing): readonly string[] {
  const { scopes: _, ...unscoped } = entity
  const { deletedAt } = entity
  const told = Object.hasOwn(entity.attributes, SCOPE) ? unscoped : entity
  return [
    ...(isProjected('id', writing.options) ? [`"id":${JSON.stringify(entity.id)}`] : []),
    ...ownTexts(told, writing),
    ...(deletedAt !== undefined && writing.options.sysAttrs
      ? [`"deletedAt":"${formatDateTime(deletedAt)}"`]
      : []),
  ]
}

/** One scope is a text, several are an array; none are left where they were deleted (4.18, 4.5.6). */
export function scopeInstance(instance: TemporalInstance): TemporalInstance {
  const { value } = instance
  if (value === NGSI_LD_NULL) return { ...instance, value: [] }
  return isJsonArray(value) && value.length === 1 ? { ...instance, value: value[0] ?? [] } : instance
}

/** Normalized and concise temporal representation of an attribute: always an array (4.5.7, 4.5.8). */
function instancesText(
  instances: readonly TemporalInstance[],
  writing: Writing,
  options: EvolutionOptions,
): string {
  const texts = instances.map(
    (instance) => `{${[...memberTexts(instance, writing), ...historyTexts(instance, options)].join(',')}}`,
  )
  return `[${texts.join(',')}]`
}

/** Writes how an instance is named, and its time: of a deletion, and of what the temporal query is about, always (4.5.7). */
function historyTexts(
  instance: TemporalInstance,
  { property, sysAttrs }: EvolutionOptions,
): readonly string[] {
  const { instanceId, deletedAt } = instance
  const texts = [`"instanceId":${JSON.stringify(instanceId)}`]
  if (deletedAt !== undefined) texts.push(`"deletedAt":"${formatDateTime(deletedAt)}"`)
  if (!sysAttrs && (property === 'createdAt' || property === 'modifiedAt'))
    texts.push(`"${property}":"${formatDateTime(instance[property])}"`)
  return texts
}

/** Simplified temporal representation of an attribute (4.5.9): an object for each datasetId, and each kind that it had. */
function valuesText(
  instances: readonly TemporalInstance[],
  writing: Writing,
  { property }: EvolutionOptions,
): string {
  const groups = new Map<string, string[]>()
  let latest:
    | { readonly kind: AttributeKind; readonly dataset: Iri | undefined; readonly pairs: string[] }
    | undefined
  for (const instance of instances) {
    const at = timeOf(instance, property)
    if (at === undefined) continue
    const { kind, text } = bareValue(instance, writing)
    const { datasetId: dataset } = instance
    if (latest?.kind !== kind || latest.dataset !== dataset) {
      const start = startText(kind, instance)
      latest = { kind, dataset, pairs: groups.get(start) ?? [] }
      groups.set(start, latest.pairs)
    }
    latest.pairs.push(`[${text},"${formatDateTime(at)}"]`)
  }
  return singleOrAll([...groups].map(([start, pairs]) => `{${start}[${pairs.join(',')}]}`))
}

/** The same of an attribute of which nothing is left. */
function emptyText(whole: TemporalEntity | undefined, name: Iri, writing: Writing): string {
  const starts = (whole?.attributes[name] ?? []).map((instance) =>
    startText(bareValue(instance, writing).kind, instance),
  )
  return singleOrAll([...new Set(starts)].map((start) => `{${start}[]}`))
}

function startText(kind: AttributeKind, { datasetId }: TemporalInstance): string {
  const dataset = datasetId === undefined ? '' : `,"datasetId":${JSON.stringify(datasetId)}`
  return `"type":"${kind}"${dataset},"${VALUES_MEMBER[kind]}":`
}
