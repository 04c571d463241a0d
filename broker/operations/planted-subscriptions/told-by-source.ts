import type { TermTable } from '../../core/context/term-table.ts'
import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import { NGSI_LD_NULL } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import { decodeAnswer } from '../../federation/forward/decode-answer.ts'
import { keepRegistered } from '../../federation/forward/keep-registered.ts'
import type { Forward } from '../../federation/registry/match-registrations.ts'
import type { ToldBySource } from '../../subscriptions/source-notice.ts'

const VALUE_MEMBERS = ['value', 'object', 'languageMap', 'vocab', 'json', 'valueList', 'objectList']

/**
 * Reads an entity of a notification (CIM 009 v1.9.1, 5.8.6): what is gone is told as NGSI-LD Null or by `deletedAt`.
 * @throws Problem
 */
export function decodeTold(body: JsonValue, table: TermTable, now: Micros): ToldBySource {
  if (!isJsonObject(body)) throw badRequestData('Notification tells of something that is no JSON object')
  const present: [string, JsonValue][] = []
  const gone: [string, JsonObject[]][] = []
  for (const [name, value] of Object.entries(body)) {
    const left = itemsOf(value).filter((item) => !isGone(item))
    const instances = itemsOf(value).filter(isGone)
    if (instances.length === 0) present.push([name, value])
    else gone.push([name, instances.map((item) => (isJsonObject(item) ? item : {}))])
    if (instances.length > 0 && left.length > 0) present.push([name, left])
  }
  const { deletedAt, ...members } = Object.fromEntries(present)
  const entity = decodeAnswer(members, table)
  const missing = gone.map(([name, instances]) => [table.expand(name), instances.map(goneInstance(entity))])
  const isDeleted = deletedAt !== undefined
  return {
    entity,
    ...(isDeleted && { deletedAt: parseDateTime(`${deletedAt}`) ?? now }),
    ...(missing.length > 0 && { gone: Object.fromEntries(missing) as Attributes }), // names with their instances
  }
}

/** Keeps of what was told only what the source registered; undefined: nothing of it. */
export function keepTold(told: ToldBySource, offered: readonly Forward[]): ToldBySource | undefined {
  const entity = keepOffered(told.entity, offered)
  if (!entity) return undefined
  const gone = told.gone && keepOffered({ ...told.entity, attributes: told.gone }, offered)?.attributes
  const { gone: _, ...rest } = told
  return { ...rest, entity, ...(gone && Object.keys(gone).length > 0 && { gone }) }
}

function keepOffered(entity: Entity, offered: readonly Forward[]): Entity | undefined {
  const parts = offered.flatMap((forward) => keepRegistered(forward, entity) ?? [])
  const [first] = parts
  if (!first) return undefined
  return { ...first, attributes: Object.assign({}, ...parts.map(({ attributes }) => attributes)) }
}

function isGone(item: JsonValue): boolean {
  if (item === NGSI_LD_NULL) return true
  if (!isJsonObject(item)) return false
  return VALUE_MEMBERS.some((member) => isNull(item[member]))
}

function isNull(value: JsonValue | undefined): boolean {
  if (isJsonArray(value)) return value.length === 1 && value[0] === NGSI_LD_NULL
  return value === NGSI_LD_NULL || (isJsonObject(value) && value['@none'] === NGSI_LD_NULL)
}

/** Of what is gone nobody says what kind it was, unless the source does. */
function goneInstance({ createdAt, modifiedAt }: Entity): (item: JsonObject) => Instance {
  return ({ type, datasetId }) => ({
    kind: typeof type === 'string' && KINDS.has(type) ? (type as Instance['kind']) : 'Property', // one of KINDS
    value: NGSI_LD_NULL,
    createdAt,
    modifiedAt,
    ...(typeof datasetId === 'string' && { datasetId }),
  })
}

const KINDS: ReadonlySet<string> = new Set([
  ...['Property', 'GeoProperty', 'LanguageProperty', 'VocabProperty', 'JsonProperty', 'ListProperty'],
  ...['Relationship', 'ListRelationship'],
])
