import type { EntityDocument } from '../values/entity-document.ts'
import { RecordFault, unmapped } from '../values/fault.ts'
import { fieldKey } from '../values/field-key.ts'
import { iriOf } from '../values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../values/json.ts'
import { toUtc } from '../values/local-time.ts'
import { isNoValue } from '../values/measure.ts'
import { unitNamed } from './feed-places.ts'
import { ForeignValueFault } from './foreign-value.ts'
import type { MapContext } from './mapper.ts'
import { isoOrder, sourceInstance, type ValueForm } from './source-value.ts'
import { type Wanted, wantedOf } from './wanted.ts'

/** Which fields of a source an attribute comes from: the first that has a value. */
interface Row extends Pick<ValueForm, 'values' | 'untilEnd'> {
  readonly attribute: string
  readonly wanted: Wanted
  readonly from: readonly string[]
  /** The value is the code or name of an administrative unit, or names an entity of this type. */
  readonly link?: string
  /** Fields that say when it was so: what comes late does not go over what is newer. */
  readonly observedAt: readonly string[]
}

/** A table of a feed.yaml that says how records become entities of a type. */
interface FieldTable {
  readonly type: string
  /** Attributes whose values name the entity. */
  readonly id: readonly string[]
  /** Attribute that says when the codes of units are of; absent: the variable `asOf`, else today. */
  readonly asOf?: string
  readonly rows: readonly Row[]
  /** Fields that are known and not taken, such as those of persons that no attribute is for. */
  readonly known: ReadonlySet<string>
}

interface Reading extends MapContext {
  readonly record: ReadonlyMap<string, Json>
  readonly table: FieldTable
}

const UNIT_CODE = 'unitCode'
const UNIT_NAME = 'unitName'

const tables = new WeakMap<object, FieldTable>()

/**
 * Answers the entity that a record is by a table of the feed: `{ type, id: [attributes], asOf, ignore: [fields], attributes: { name:
 * field | [fields] | { from, unit, link, values, untilEnd, observedAt } } }`. Fields are found whatever their case, marks and separators; values become
 * what the ontology wants. A value that cannot is left out with a doubt, and a field that the table does not have is a notice.
 * @throws RecordFault when nothing names the entity
 */
export function entityOfFields(record: JsonMap, given: JsonMap, context: MapContext): EntityDocument {
  const table = tableOf(given)
  const reading = { ...context, record: byKey(record), table }
  tellUnknown(Object.keys(record), reading)
  const attributes: Record<string, JsonMap> = {}
  for (const row of table.rows) {
    const instance = attributeOf(row, reading, attributes)
    if (instance) attributes[row.attribute] = instance
  }
  const parts = table.id.map((name) => keyOf(attributes[name]))
  return { id: iriOf(table.type, ...parts), type: table.type, ...attributes }
}

/** Where no field is known there may be values in their place, as in a table without its header: these are not told. */
function tellUnknown(names: readonly string[], { table, notice }: Reading): void {
  const unknown = names.filter((name) => !table.known.has(fieldKey(name)))
  if (unknown.length === names.length) throw unmapped('No field of the record is in the table of the feed')
  for (const name of unknown) notice(`Field ${name.slice(0, 40)} is not in the table of the feed`)
}

function attributeOf(
  row: Row,
  reading: Reading,
  before: Readonly<Record<string, JsonMap>>,
): JsonMap | undefined {
  const value = sourceValue(row.from, reading)
  if (value === undefined) return undefined
  try {
    if (row.link !== undefined) return linkOf(row.link, String(value), reading, before)
    const time = sourceValue(row.observedAt, reading)
    const instance = sourceInstance(value, row.wanted, row)
    return (
      instance && { ...instance, ...(time !== undefined && { observedAt: toUtc(isoOrder(String(time))) }) }
    )
  } catch (error) {
    if (error instanceof ForeignValueFault) reading.doubt(`Attribute ${row.attribute} ${error.message}`)
    else if (error instanceof RecordFault && !reading.table.id.includes(row.attribute))
      reading.doubt(`Attribute ${row.attribute}: ${error.message}`)
    else throw error
    return undefined
  }
}

function sourceValue(from: readonly string[], { record }: Reading): string | number | boolean | undefined {
  for (const name of from) {
    const value = record.get(fieldKey(name))
    if (typeof value === 'number' || typeof value === 'boolean') return value
    if (typeof value === 'string' && !isNoValue(value)) return value.trim().normalize('NFC')
  }
  return undefined
}

function linkOf(
  link: string,
  value: string,
  { table, variables, places }: Reading,
  before: Readonly<Record<string, JsonMap>>,
): JsonMap {
  if (link !== UNIT_CODE && link !== UNIT_NAME) return { type: 'Relationship', object: iriOf(link, value) }
  const time =
    (table.asOf === undefined ? undefined : textMember(before[table.asOf], 'value')) ?? variables.asOf
  const search = link === UNIT_CODE ? { code: value.length === 4 ? `0${value}` : value } : { name: value }
  return { type: 'Relationship', object: unitNamed({ units: places.units }, search, time) }
}

/** What an attribute adds to the id of its entity; that of a link is the name of what it points to. */
function keyOf(instance: JsonMap | undefined): string {
  const object = textMember(instance, 'object')
  const value = object?.split(':').slice(3).join(':') ?? member(instance, 'value')
  return value === undefined || value === null ? '' : String(value)
}

function byKey(record: JsonMap): ReadonlyMap<string, Json> {
  return new Map(Object.entries(record).map(([name, value]) => [fieldKey(name), value]))
}

function tableOf(given: JsonMap): FieldTable {
  const table = tables.get(given) ?? readTable(given)
  tables.set(given, table)
  return table
}

function readTable(given: JsonMap): FieldTable {
  const type = textMember(given, 'type') ?? ''
  const attributes = member(given, 'attributes')
  const rows = isJsonMap(attributes)
    ? Object.entries(attributes).map(([attribute, row]) => readRow({ type, attribute }, row))
    : []
  const asOf = textMember(given, 'asOf')
  const known = [
    ...rows.flatMap(({ from, observedAt }) => [...from, ...observedAt]),
    ...textsOf(member(given, 'ignore')),
  ]
  return {
    type,
    id: textsOf(member(given, 'id')),
    rows,
    known: new Set(known.map(fieldKey)),
    ...(asOf !== undefined && { asOf }),
  }
}

function readRow({ type, attribute }: { readonly type: string; readonly attribute: string }, row: Json): Row {
  const [unit, link, values] = [textMember(row, 'unit'), textMember(row, 'link'), member(row, 'values')]
  return {
    attribute,
    wanted: wantedOf({ type, attribute, ...(unit !== undefined && { unit }) }),
    from: textsOf(isJsonMap(row) ? member(row, 'from') : row),
    observedAt: textsOf(member(row, 'observedAt')),
    ...(link !== undefined && { link }),
    ...(isJsonMap(values) && { values }),
    ...(member(row, 'untilEnd') === true && { untilEnd: true }),
  }
}

function textsOf(value: Json | undefined): readonly string[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [value ?? null]
  return list.filter((item) => typeof item === 'string')
}
