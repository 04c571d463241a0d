import { IGNORED_ENTITY_MEMBERS } from '../context/attribute-names.ts'
import type { TermTable } from '../context/term-table.ts'
import { checkExactNumbers, isExactNumber } from '../model/exact-numbers.ts'
import type { Iri } from '../model/iri.ts'
import type { JsonObject, JsonValue } from '../model/json.ts'
import { badRequestData, invalidRequest } from '../model/problem.ts'
import { type Micros, parseDateTime } from '../model/time.ts'
import type { HistoricInstance } from '../temporal/history-instances.ts'
import { csvCells } from './csv-record.ts'
import { decodeObservation } from './decode-observation.ts'
import type { Observation } from './observation.ts'
import { PlainObservations, plainInstance, whole } from './plain-observations.ts'

/** Where in a record something stands; negative: the file does not have it. */
interface Layout {
  readonly columns: number
  readonly id: number
  readonly type: number
  readonly observedAt: number
  readonly unitCode: number
  readonly datasetId: number
  /** long: the column that names the attribute, and the one of its value. */
  readonly attribute: number
  readonly value: number
  /** wide: columns that are named by their attributes. */
  readonly attributes: readonly { readonly name: string; readonly at: number }[]
}

const MEMBERS = ['id', 'type', 'observedAt', 'unitCode', 'datasetId']
/** Columns of an export that only brokers write. */
const IGNORED = [...IGNORED_ENTITY_MEMBERS, 'instanceId']
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * Reads the lines of a CSV file: wide, with a column for each attribute, or long, with columns `attribute` and `value`.
 * An empty cell is no instance; what can be read as JSON is JSON, everything else is a text.
 */
export class CsvObservations {
  readonly #table: TermTable
  readonly #layout: Layout
  readonly #plain: PlainObservations

  /** @throws Problem InvalidRequest, BadRequestData for a header line that cannot be */
  constructor(header: string, table: TermTable) {
    this.#table = table
    this.#layout = layoutOf(csvCells(header))
    this.#plain = new PlainObservations(table)
    this.#checkColumns(this.#layout.attributes.map(({ name }) => name))
  }

  /** Answers what a record tells. @throws Problem */
  read(record: string, now: Micros): Observation {
    const cells = csvCells(record)
    const { columns } = this.#layout
    if (cells.length !== columns)
      throw invalidRequest(`Line has ${cells.length} cells where the header has ${columns}`)
    return this.#readPlain(cells, now) ?? decodeObservation(this.written(cells), this.#table, now)
  }

  /** Writes a record as the line of JSON that tells the same. @throws Problem BadRequestData */
  written(cells: readonly string[]): JsonObject {
    const { id, type, observedAt, unitCode, datasetId, attribute, value, attributes } = this.#layout
    const common = {
      ...member('unitCode', textOf(cells[unitCode])),
      ...member('datasetId', cells[datasetId]),
    }
    const given = attribute < 0 ? attributes : [{ name: cells[attribute] ?? '', at: value }]
    const instances = given.flatMap(({ name, at }): [string, JsonValue][] => {
      const cell = cells[at] ?? ''
      return cell === '' ? [] : [[name, { value: cellValue(cell), ...common }]]
    })
    const members = { id: whole(cells[id] ?? ''), type: typesOf(cells[type] ?? '') }
    const [taken] = instances.filter(([name]) => MEMBERS.includes(name))
    if (taken) throw badRequestData(`Line has ${taken[0]} as the name of an attribute`)
    return { ...members, ...member('observedAt', cells[observedAt]), ...Object.fromEntries(instances) }
  }

  /** Answers what a record of plain numbers tells; undefined: it is none. */
  #readPlain(cells: readonly string[], now: Micros): Observation | undefined {
    const { id, type, observedAt, unitCode, datasetId, attribute, value, attributes } = this.#layout
    const entity = this.#plain.entity(cells[id] ?? '', cells[type] ?? '', typesOf)
    const time = parseDateTime(cells[observedAt] ?? '')
    const members = this.#plain.members(textOf(cells[unitCode]), cells[datasetId] ?? '')
    if (!entity || time === undefined || !members) return undefined
    const instances: HistoricInstance[] = []
    const add = (name: string, cell: string): boolean => {
      if (cell === '') return true
      const iri: Iri | undefined = this.#plain.attribute(name)
      const number = plainNumber(cell)
      if (iri === undefined || number === undefined) return false
      instances.push({ attribute: iri, instance: plainInstance(number, time, { now, members }) })
      return true
    }
    if (attribute >= 0) {
      if (!add(cells[attribute] ?? '', cells[value] ?? '')) return undefined
    } else for (const { name, at } of attributes) if (!add(name, cells[at] ?? '')) return undefined
    return { id: entity.id, types: entity.types, instances }
  }

  /** Every line would be refused for what is refused here. @throws Problem */
  #checkColumns(names: readonly string[]): void {
    const values = names.map((name) => [name, this.#plain.attribute(name) === undefined ? POINT : 0])
    const { instances } = decodeObservation({ ...PROBE, ...Object.fromEntries(values) }, this.#table, 0)
    if (instances.length !== names.length)
      throw badRequestData('Header line has a column that is none of an attribute')
  }
}

const POINT = { type: 'Point', coordinates: [0, 0] }
const PROBE = { id: 'urn:ngsi-ld:Probe:1', type: 'Probe', observedAt: '2000-01-01T00:00:00Z' }

/** Tells which column is what. @throws Problem InvalidRequest */
function layoutOf(names: readonly string[]): Layout {
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw invalidRequest(`Header line has the column ${shown(twice)} twice`)
  const missing = ['id', 'type', 'observedAt'].find((name) => !names.includes(name))
  if (missing !== undefined) throw invalidRequest(`Header line has no column ${missing}`)
  const place = (name: string) => names.indexOf(name)
  const [id, type, observedAt] = [place('id'), place('type'), place('observedAt')]
  const [unitCode, datasetId] = [place('unitCode'), place('datasetId')]
  const known = [...MEMBERS, ...IGNORED]
  const others = names.map((name, at) => ({ name, at })).filter(({ name }) => !known.includes(name))
  const places = { columns: names.length, id, type, observedAt, unitCode, datasetId }
  const isLong = names.includes('attribute') && names.includes('value')
  if (!isLong) {
    if (others.length === 0) throw invalidRequest('Header line names no attribute')
    return { ...places, attribute: -1, value: -1, attributes: others }
  }
  const unknown = others.find(({ name }) => name !== 'attribute' && name !== 'value')
  if (unknown)
    throw invalidRequest(`Header line has the column ${shown(unknown.name)} beside attribute and value`)
  return { ...places, attribute: place('attribute'), value: place('value'), attributes: [] }
}

function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)
}

function member(name: string, cell: string | undefined): JsonObject {
  return cell === undefined || cell === '' ? {} : { [name]: cell }
}

function plainNumber(cell: string): number | undefined {
  return NUMBER.test(cell) && isExactNumber(cell) ? finite(Number(cell)) : undefined
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

/** Several types are the JSON text of their list. */
function typesOf(cell: string): JsonValue {
  return cell.startsWith('[') ? cellValue(cell) : whole(cell)
}

/** What would be taken for a formula is a JSON text. */
function textOf(cell = ''): string {
  const value = cell.startsWith('"') ? cellValue(cell) : cell
  return typeof value === 'string' ? value : cell
}

/** How JSON begins. */
const JSON_START = /^\s*(?:[[{"\d-]|true|false|null)/

/** Reads a cell that is not empty. @throws Problem BadRequestData */
function cellValue(cell: string): JsonValue {
  const value = JSON_START.test(cell) ? parsed(cell) : undefined
  if (value === undefined) return cell
  checkExactNumbers(cell)
  return value
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
