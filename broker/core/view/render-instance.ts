import type { TermTable } from '../context/term-table.ts'
import { type Attributes, type Instance, VALUE_MEMBER } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { formatDateTime, type Micros } from '../model/time.ts'
import { kindShows, standsBare } from './concise.ts'
import { matchLanguage } from './match-language.ts'
import type { RenderOptions } from './render-options.ts'

/** What the writing of attributes needs to know. */
export interface Writing {
  readonly options: RenderOptions
  readonly table: TermTable
}

type Member = readonly [string, JsonValue]

/** Writes attributes as members of an entity or of another attribute, names compacted, in the order in which they stand. */
export function renderAttributes(attributes: Attributes | undefined, writing: Writing): readonly Member[] {
  return Object.entries(attributes ?? {}).map(([name, instances]) => [
    writing.table.compact(name),
    renderInstances(instances, writing),
  ])
}

/** Writes the instances of one attribute: one bare, several as an array or a dataset map (4.5.5, 4.5.4). */
export function renderInstances(instances: readonly Instance[], writing: Writing): JsonValue {
  const [only, ...others] = defaultFirst(instances)
  if (writing.options.format === 'simplified') return simplified(instances, writing)
  if (only && others.length === 0) return renderInstance(only, true, writing)
  return defaultFirst(instances).map((instance) => renderInstance(instance, false, writing))
}

function defaultFirst(instances: readonly Instance[]): readonly Instance[] {
  const first = instances.find(({ datasetId }) => datasetId === undefined)
  return first ? [first, ...instances.filter((instance) => instance !== first)] : instances
}

function simplified(instances: readonly Instance[], writing: Writing): JsonValue {
  const values = defaultFirst(instances).map(
    (instance): Member => [instance.datasetId ?? '@none', simplifiedValue(instance, writing)],
  )
  const [only] = values
  return only && values.length === 1 ? only[1] : { dataset: Object.fromEntries(values) }
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
  const { options, table } = writing
  const { instance, lang } = speak(given, options.lang)
  const value = writtenValue(instance, options.format, table)
  const members = [...ownMembers(instance, lang, writing), ...renderAttributes(instance.attributes, writing)]
  const concise = options.format === 'concise'
  if (concise && alone && members.length === 0 && standsBare(instance)) return value
  const typed = !concise || !kindShows(instance)
  return Object.fromEntries([
    ...(typed ? [['type', instance.kind] as const] : []),
    [VALUE_MEMBER[instance.kind], value] as const,
    ...members,
  ])
}

function ownMembers(
  instance: Instance,
  lang: string | undefined,
  { options, table }: Writing,
): readonly Member[] {
  const { observedAt, unitCode, datasetId, valueType, objectType } = instance
  const members: readonly (readonly [string, JsonValue | undefined])[] = [
    ['observedAt', time(observedAt)],
    ['unitCode', unitCode],
    ['datasetId', datasetId],
    ['valueType', valueType === undefined ? undefined : table.compact(valueType)],
    ['objectType', objectType === undefined ? undefined : compactEach(objectType, table)],
    ['lang', lang],
    ...systemMembers(instance, options.sysAttrs),
  ]
  return members.filter((member): member is Member => member[1] !== undefined)
}

/** The members that only `sysAttrs` shows (CIM 009 v1.9.1, 6.3.11). */
export function systemMembers(
  thing: { readonly createdAt: Micros; readonly modifiedAt: Micros; readonly expiresAt?: Micros },
  shown: true | undefined,
): readonly Member[] {
  if (!shown) return []
  const { createdAt, modifiedAt, expiresAt } = thing
  return [
    ['createdAt', formatDateTime(createdAt)],
    ['modifiedAt', formatDateTime(modifiedAt)],
    ...(expiresAt === undefined ? [] : [['expiresAt', formatDateTime(expiresAt)] as const]),
  ]
}

function time(at: Micros | undefined): string | undefined {
  return at === undefined ? undefined : formatDateTime(at)
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
