import { SEALED } from '../context/attribute-names.ts'
import type { TermTable } from '../context/term-table.ts'
import { type Attributes, type Instance, VALUE_MEMBER } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { formatDateTime } from '../model/time.ts'
import { kindShows, standsBare } from './concise.ts'
import { type MarkedLink, markLink } from './links.ts'
import { matchLanguage } from './match-language.ts'
import type { RenderOptions } from './render-options.ts'

/** What the writing of attributes needs to know. */
export interface Writing {
  readonly options: RenderOptions
  readonly table: TermTable
  /** Takes the links of the entity's own attributes, each marked where it stands; absent: nothing is marked. */
  readonly links?: MarkedLink[] | undefined
}

/** What the system and the lifetime of an entity or an instance put on it. */
export type Dated = Pick<Instance, 'createdAt' | 'modifiedAt' | 'expiresAt'>

/** An object that is being written; nobody else holds it yet. */
export type Draft = Record<string, JsonValue>

const SEALED_NAMES: ReadonlySet<Iri> = new Set(SEALED.values())

/** Writes attributes as members of an entity or of another attribute, names compacted, in the order in which they stand. */
export function putAttributes(draft: Draft, attributes: Attributes | undefined, writing: Writing): void {
  for (const name in attributes) {
    if (!SEALED_NAMES.has(name))
      put(draft, writing.table.compact(name), renderInstances(name, attributes[name] ?? [], writing))
  }
}

/** Gives a draft an own member of any name: `__proto__` by assignment would be lost. */
function put(draft: Draft, name: string, value: JsonValue): void {
  if (name !== '__proto__') draft[name] = value
  else Object.defineProperty(draft, name, { value, enumerable: true, configurable: true, writable: true })
}

/** Writes the instances of one attribute: one by itself, several as an array or a dataset map (4.5.5, 4.5.4). */
function renderInstances(name: Iri, instances: readonly Instance[], writing: Writing): JsonValue {
  const [only] = instances
  const simplified = writing.options.format === 'simplified'
  const write = (instance: Instance): JsonValue => {
    const value = simplified
      ? simplifiedValue(instance, writing)
      : renderInstance(instance, instances.length === 1, writing)
    return writing.links ? markLink(value, { name, instance, simplified }, writing.links) : value
  }
  if (only && instances.length === 1) return write(only)
  const sorted = defaultFirst(instances)
  return simplified ? datasetMap(sorted, write) : sorted.map(write)
}

function defaultFirst(instances: readonly Instance[]): readonly Instance[] {
  const first = instances.find(({ datasetId }) => datasetId === undefined)
  return first ? [first, ...instances.filter((instance) => instance !== first)] : instances
}

function datasetMap(instances: readonly Instance[], write: (instance: Instance) => JsonValue): JsonValue {
  const dataset: Draft = {}
  for (const instance of instances) put(dataset, instance.datasetId ?? '@none', write(instance))
  return { dataset }
}

const WRAPPED: ReadonlySet<Instance['kind']> = new Set(['LanguageProperty', 'VocabProperty', 'JsonProperty'])

/** Simplified representation (CIM 009 v1.9.1, 4.5.4): the bare value; maps, vocabularies and JSON under their member. */
function simplifiedValue(instance: Instance, writing: Writing): JsonValue {
  const spoken = speak(instance, writing.options.lang)
  const value = writtenValue(spoken.instance, 'simplified', writing.table)
  const { kind } = spoken.instance
  return WRAPPED.has(kind) ? { [VALUE_MEMBER[kind]]: value } : value
}

/** Normalized and concise representation of one instance (CIM 009 v1.9.1, 4.5.2 and 4.5.3). */
function renderInstance(given: Instance, alone: boolean, writing: Writing): JsonValue {
  const { format, lang: list } = writing.options
  const { instance, lang } = speak(given, list)
  const value = writtenValue(instance, format, writing.table)
  const draft: Draft = {}
  if (format === 'normalized' || !kindShows(instance)) draft.type = instance.kind
  draft[VALUE_MEMBER[instance.kind]] = value
  putOwnMembers(draft, instance, writing)
  if (lang !== undefined) draft.lang = lang
  putAttributes(draft, instance.attributes, writing.links ? { ...writing, links: undefined } : writing)
  if (instance.attributes) putSealed(draft, instance.attributes, writing)
  return format === 'concise' && alone && hasOneMember(draft) && standsBare(instance) ? value : draft
}

/** Writes the non-reified members of a proof (CIM 009 v1.9.1, 4.5.2.2) as the texts that they are. */
function putSealed(draft: Draft, attributes: Attributes, { options, table }: Writing): void {
  for (const [name, iri] of SEALED) {
    const [sealed] = attributes[iri] ?? []
    if (sealed) draft[name] = writtenValue(sealed, options.format, table)
  }
}

function hasOneMember(draft: Draft): boolean {
  return Object.keys(draft).length === 1
}

function putOwnMembers(draft: Draft, instance: Instance, { options, table }: Writing): void {
  const { observedAt, unitCode, datasetId, valueType, objectType } = instance
  if (observedAt !== undefined) draft.observedAt = formatDateTime(observedAt)
  if (unitCode !== undefined) draft.unitCode = unitCode
  if (datasetId !== undefined) draft.datasetId = datasetId
  if (valueType !== undefined) draft.valueType = table.compact(valueType)
  if (objectType !== undefined) draft.objectType = compactEach(objectType, table)
  if (options.sysAttrs) putSystemMembers(draft, instance)
}

/** Writes the members that only `sysAttrs` shows (CIM 009 v1.9.1, 6.3.11). */
export function putSystemMembers(draft: Draft, { createdAt, modifiedAt, expiresAt }: Dated): void {
  draft.createdAt = formatDateTime(createdAt)
  draft.modifiedAt = formatDateTime(modifiedAt)
  if (expiresAt !== undefined) draft.expiresAt = formatDateTime(expiresAt)
}

/** The language filter makes a LanguageProperty a Property that says its language (CIM 009 v1.9.1, 4.15). */
function speak(
  instance: Instance,
  list: string | undefined,
): { readonly instance: Instance; readonly lang?: string } {
  if (list === undefined || instance.kind !== 'LanguageProperty' || !isJsonObject(instance.value))
    return { instance }
  const lang = matchLanguage(list, instance.value)
  const value = lang === undefined ? undefined : ownValue(instance.value, lang)
  if (lang === undefined || value === undefined) return { instance }
  return { instance: { ...instance, kind: 'Property', value }, lang }
}

function writtenValue(
  { kind, value }: Instance,
  format: RenderOptions['format'],
  table: TermTable,
): JsonValue {
  if (kind === 'VocabProperty') return compactEach(value, table)
  if (kind === 'ListRelationship' && format === 'normalized' && Array.isArray(value)) {
    return value.map((object) => ({ object }))
  }
  return value
}

function compactEach(value: JsonValue | readonly Iri[], table: TermTable): JsonValue {
  if (Array.isArray(value)) return value.map((item) => compactEach(item, table))
  return typeof value === 'string' ? table.compact(value) : value
}
