import type { TermTable } from '../context/term-table.ts'
import { isExactNumber } from '../model/exact-number.ts'
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
/** What exports say besides, and the hub sets itself. */
const OF_THE_SYSTEM = ['createdAt', 'modifiedAt', 'instanceId', 'deletedAt']
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * Reads the lines of a CSV file: wide, with a column for each attribute, or long, with columns `attribute` and `value`.
 * An empty cell is no instance; what is JSON is what it says there, everything else is a text.
 */
export class CsvObservations {
  readonly #table: TermTable
  readonly #layout: Layout
  readonly #plain: PlainObservations
  readonly #readJson: (text: string) => JsonValue

  /** `readJson`: @throws Problem. @throws Problem InvalidRequest, BadRequestData for a header line that cannot be */
  constructor(header: string, table: TermTable, readJson: (text: string) => JsonValue) {
    this.#table = table
    this.#readJson = readJson
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
    const common = { ...member('unitCode', cells[unitCode]), ...member('datasetId', cells[datasetId]) }
    const given = attribute < 0 ? attributes : [{ name: cells[attribute] ?? '', at: value }]
    const instances = given.flatMap(({ name, at }): [string, JsonValue][] => {
      const cell = cells[at] ?? ''
      return cell === '' ? [] : [[name, { type: 'Property', value: this.#value(cell), ...common }]]
    })
    const members = { id: whole(cells[id] ?? ''), type: this.#types(cells[type] ?? '') }
    const [taken] = instances.filter(([name]) => MEMBERS.includes(name))
    if (taken) throw badRequestData(`Line has ${taken[0]} as the name of an attribute`)
    return { ...members, ...member('observedAt', cells[observedAt]), ...Object.fromEntries(instances) }
  }

  /** Reads a cell that is not empty. @throws Problem BadRequestData */
  #value(cell: string): JsonValue {
    return isStructure(cell) ? this.#readJson(cell) : cellValue(cell)
  }

  /** Several types are a JSON array. */
  #types(cell: string): JsonValue {
    return cell.startsWith('[') && isStructure(cell) ? this.#readJson(cell) : whole(cell)
  }

  /** Answers what a record of plain numbers tells; undefined: it is none. */
  #readPlain(cells: readonly string[], now: Micros): Observation | undefined {
    const { id, type, observedAt, unitCode, datasetId, attribute, value, attributes } = this.#layout
    const entity = this.#plain.entity(cells[id] ?? '', cells[type] ?? '')
    const time = parseDateTime(cells[observedAt] ?? '')
    const members = this.#plain.members(cells[unitCode] ?? '', cells[datasetId] ?? '')
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
    decodeObservation({ ...PROBE, ...Object.fromEntries(names.map((name) => [name, 0])) }, this.#table, 0)
    const other = names.find((name) => this.#plain.attribute(name) === undefined)
    if (other !== undefined)
      throw badRequestData(`Header line has the column ${shown(other)}, which is none of an attribute`)
  }
}

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
  const others = names.map((name, at) => ({ name, at })).filter(({ name }) => !MEMBERS.includes(name))
  const places = { columns: names.length, id, type, observedAt, unitCode, datasetId }
  const isLong = names.includes('attribute') && names.includes('value')
  if (!isLong) {
    if (others.length === 0) throw invalidRequest('Header line names no attribute')
    return { ...places, attribute: -1, value: -1, attributes: others }
  }
  const known = ['attribute', 'value', ...OF_THE_SYSTEM]
  const unknown = others.find(({ name }) => !known.includes(name))
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

/** Tells whether a cell is a JSON text, array or object. */
function isStructure(cell: string): boolean {
  if (!/^["[{]/.test(cell)) return false
  try {
    JSON.parse(cell)
    return true
  } catch {
    return false
  }
}

/** Reads a cell that is neither empty nor such. @throws Problem BadRequestData */
function cellValue(cell: string): JsonValue {
  if (cell === 'true' || cell === 'false') return cell === 'true'
  if (!NUMBER.test(cell)) return cell
  if (isExactNumber(cell)) return Number(cell)
  throw badRequestData('Line has a number with more digits than can be kept exactly')
}
