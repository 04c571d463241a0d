import { SEALED } from '../context/attribute-names.ts'
import { WRAPPED_KINDS } from '../context/temporal-values.ts'
import type { TermTable } from '../context/term-table.ts'
import { type AttributeKind, type Attributes, type Instance, VALUE_MEMBER } from '../model/entity.ts'
import { type Iri, NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { formatDateTime } from '../model/time.ts'
import { kindShows, standsBare } from './concise.ts'
import { type MarkedLink, markLink } from './links.ts'
import { matchLanguage } from './match-language.ts'
import { nameText } from './name-text.ts'
import type { RenderOptions } from './render-options.ts'
import { PREVIOUS_MEMBER, type ToldInstance } from './told.ts'

/** What the writing of attributes needs to know. */
export interface Writing {
  readonly options: RenderOptions
  readonly table: TermTable
  /** Instances and entities may be told ones: what is gone, and what was before, is written too. */
  readonly told?: true
  /** Takes the links of the entity's own attributes, each marked where it stands; absent: nothing is marked. */
  readonly links?: MarkedLink[] | undefined
}

/** What the system and the lifetime of an entity or an instance put on it. */
export type Dated = Pick<Instance, 'createdAt' | 'modifiedAt' | 'expiresAt'>

/** Names of members that are no attributes, though they are kept as such. */
export const SEALED_NAMES: ReadonlySet<Iri> = new Set(SEALED.values())

/**
 * Writes attributes as members of an entity or of another attribute, names compacted, in the order in which they stand.
 * Pieces of text put together: several times faster than to build an object and to write that.
 */
export function attributeTexts(attributes: Attributes | undefined, writing: Writing): readonly string[] {
  const texts: string[] = []
  for (const name in attributes) {
    if (SEALED_NAMES.has(name)) continue
    texts.push(`${nameText(name, writing.table)}:${renderInstances(name, attributes[name] ?? [], writing)}`)
  }
  return texts
}

/** Writes the instances of one attribute: one by itself, several as an array or a dataset map (4.5.5, 4.5.4). */
function renderInstances(name: Iri, instances: readonly Instance[], writing: Writing): string {
  const [only] = instances
  const simplified = writing.options.format === 'simplified'
  const write = (instance: Instance): string => {
    const text = simplified
      ? simplifiedText(instance, writing)
      : instanceText(instance, instances.length === 1, writing)
    return writing.links && !isDeleted(instance, writing)
      ? markLink(text, { name, instance, simplified }, writing.links)
      : text
  }
  if (only && instances.length === 1) return write(only)
  const sorted = defaultFirst(instances)
  return simplified ? datasetMap(sorted, write) : `[${sorted.map(write).join(',')}]`
}

function defaultFirst(instances: readonly Instance[]): readonly Instance[] {
  const first = instances.find(({ datasetId }) => datasetId === undefined)
  return first ? [first, ...instances.filter((instance) => instance !== first)] : instances
}

function datasetMap(instances: readonly Instance[], write: (instance: Instance) => string): string {
  const texts = instances.map(
    (instance) => `${JSON.stringify(instance.datasetId ?? '@none')}:${write(instance)}`,
  )
  return `{"dataset":{${texts.join(',')}}}`
}

/** Simplified representation (CIM 009 v1.9.1, 4.5.4): the bare value; maps, vocabularies and JSON under their member. */
function simplifiedText(given: Instance, writing: Writing): string {
  return isDeleted(given, writing) ? NULL_TEXT : bareValue(given, writing).text
}

/** Normalized and concise representation of one instance (CIM 009 v1.9.1, 4.5.2 and 4.5.3). */
function instanceText(given: Instance, alone: boolean, writing: Writing): string {
  const members = memberTexts(given, writing)
  const [valued = ''] = members
  const bare = alone && members.length === 1 && writing.options.format === 'concise'
  if (bare && isDeleted(given, writing)) return NULL_TEXT
  return bare && kindShows(given) && standsBare(given)
    ? valued.slice(`"${VALUE_MEMBER[given.kind]}":`.length)
    : `{${members.join(',')}}`
}

/** Writes the members of an instance, normalized or concise: first its value, behind its type where that is needed. */
export function memberTexts(given: Instance, writing: Writing): string[] {
  const { options, table } = writing
  const { format } = options
  const { instance, lang } = speak(given, options.lang)
  const valued = `"${VALUE_MEMBER[instance.kind]}":${valueText(instance, format, table)}`
  const typed = format === 'normalized' || !kindShows(instance)
  const texts = ownTexts(typed ? `"type":"${instance.kind}",${valued}` : valued, instance, writing)
  if (lang !== undefined) texts.push(`"lang":${JSON.stringify(lang)}`)
  if (instance.attributes) texts.push(...innerTexts(instance.attributes, writing))
  if (writing.told) texts.push(...toldTexts(given, instance.kind, writing))
  return texts
}

/** Writes the bare value of an instance (CIM 009 v1.9.1, 4.5.4 and 4.5.9), and tells of which kind it is as it is written. */
export function bareValue(
  given: Instance,
  writing: Writing,
): { readonly kind: AttributeKind; readonly text: string } {
  const { kind, value } = spokenValue(given, writing)
  const text = JSON.stringify(value)
  return { kind, text: WRAPPED_KINDS.has(kind) ? `{"${VALUE_MEMBER[kind]}":${text}}` : text }
}

/** Answers the value of an instance in the language and the names that are asked for, and of which kind it then is. */
export function spokenValue(
  given: Instance,
  { options, table }: Writing,
): { readonly kind: AttributeKind; readonly value: JsonValue } {
  const { kind, value } = speak(given, options.lang).instance
  return { kind, value: kind === 'VocabProperty' ? compactEach(value, table) : value }
}

const NULL_TEXT = JSON.stringify(NGSI_LD_NULL)

/** What is gone is written as NGSI-LD Null alone where the representation lets a value stand alone (5.8.6). */
function isDeleted({ deletedAt }: ToldInstance, { told }: Writing): boolean {
  return told === true && deletedAt !== undefined
}

/**
 * Writes what a notification tells of an instance besides its state: when it went, and what it was (5.8.6); unless it was
 * of another kind then, of which this one may not tell (4.5.2.2 and so on).
 */
function toldTexts(
  { deletedAt, previous }: ToldInstance,
  kind: AttributeKind,
  { options, table }: Writing,
): readonly string[] {
  const texts: string[] = []
  if (deletedAt !== undefined && options.sysAttrs) texts.push(`"deletedAt":"${formatDateTime(deletedAt)}"`)
  if (previous) {
    const { instance } = speak(previous, options.lang)
    const member = PREVIOUS_MEMBER[instance.kind]
    if (member === PREVIOUS_MEMBER[kind])
      texts.push(`"${member}":${valueText(instance, options.format, table)}`)
  }
  return texts
}

/** Writes sub-attributes, in which no links are marked, and the non-reified members of a proof as the texts that they are (4.5.2.2). */
function innerTexts(attributes: Attributes, { options, table }: Writing): readonly string[] {
  const sealed = [...SEALED].flatMap(([name, iri]) => {
    const [instance] = attributes[iri] ?? []
    return instance ? [`${JSON.stringify(name)}:${valueText(instance, options.format, table)}`] : []
  })
  return [...attributeTexts(attributes, { options, table }), ...sealed]
}

function ownTexts(first: string, instance: Instance, { options, table }: Writing): string[] {
  const { observedAt, unitCode, datasetId, valueType, objectType } = instance
  const texts = [first]
  if (observedAt !== undefined) texts.push(`"observedAt":"${formatDateTime(observedAt)}"`)
  if (unitCode !== undefined) texts.push(`"unitCode":${JSON.stringify(unitCode)}`)
  if (datasetId !== undefined) texts.push(`"datasetId":${JSON.stringify(datasetId)}`)
  if (valueType !== undefined) texts.push(`"valueType":${nameText(valueType, table)}`)
  if (objectType !== undefined) texts.push(`"objectType":${JSON.stringify(compactEach(objectType, table))}`)
  if (options.sysAttrs) texts.push(...systemTexts(instance))
  return texts
}

/** Writes the members that only `sysAttrs` shows (CIM 009 v1.9.1, 6.3.11), of them those that are to be kept. */
export function systemTexts(
  { createdAt, modifiedAt, expiresAt }: Dated,
  isKept: (member: string) => boolean = () => true,
): readonly string[] {
  const instants = { createdAt, modifiedAt, expiresAt }
  return Object.entries(instants).flatMap(([member, at]) =>
    at !== undefined && isKept(member) ? [`"${member}":"${formatDateTime(at)}"`] : [],
  )
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
  // what is gone is in no language
  const spoken = { ...instance, kind: 'Property', value } as const
  return value === NGSI_LD_NULL ? { instance: spoken } : { instance: spoken, lang }
}

function valueText({ kind, value }: Instance, format: RenderOptions['format'], table: TermTable): string {
  if (kind === 'VocabProperty') return JSON.stringify(compactEach(value, table))
  if (kind === 'ListRelationship' && format === 'normalized' && Array.isArray(value)) {
    return JSON.stringify(value.map((object) => ({ object })))
  }
  return JSON.stringify(value)
}

function compactEach(value: JsonValue | readonly Iri[], table: TermTable): JsonValue {
  if (Array.isArray(value)) return value.map((item) => compactEach(item, table))
  return typeof value === 'string' && value !== NGSI_LD_NULL ? table.compact(value) : value
}
