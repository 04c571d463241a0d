import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ParquetWriter } from 'hyparquet-writer'
import type { JsonValue } from '../../core/model/json.ts'
import type { Column } from './history-columns.ts'

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema']
type Element = Schema[number]
type Type = Omit<Element, 'name'>

/** A column of the file: its type, and what of a row stands there. */
interface Field<Row> {
  readonly element: Element
  readonly of: (row: Row) => string | number | bigint | boolean | undefined
}

/** Rows and characters that are held until they are written as a group; nobody else is served while that is written. */
const GROUP_ROWS = 10_000
const GROUP_LENGTH = 16_000_000

/**
 * Writes tables as one Parquet file, a group of rows after the other; the footer comes last, so that nothing that was cut
 * off can be read. A value stands in the column of its type, of which the others are empty.
 */
export async function* writeParquet<Row>(
  columns: readonly Column<Row>[],
  tables: AsyncIterable<readonly Row[]>,
): AsyncGenerator<Uint8Array> {
  const library = await import('hyparquet-writer') // a start does not need it
  const fields = columns.flatMap(fieldsOf)
  const sink = new library.ByteWriter()
  const root: Element = { name: 'history', num_children: fields.length }
  const schema: Schema = [root, ...fields.map(({ element }) => element)]
  const file = new library.ParquetWriter({ writer: sink, schema, createdBy: 'urban-data-hub' })
  let group = new RowGroup(fields)
  for await (const rows of tables) {
    for (const row of rows) {
      group.add(row)
      if (!group.isFull()) continue
      yield written()
      await nextTurn() // others want to be served too
    }
  }
  if (!group.isEmpty()) yield written()
  file.finish()
  yield taken()

  function written(): Uint8Array {
    group.writeTo(file)
    group = new RowGroup(fields)
    return taken()
  }

  function taken(): Uint8Array {
    const bytes = sink.getBytes().slice()
    sink.index = 0 // `offset` goes on counting
    return bytes
  }
}

/** Rows that are to be written together, column by column. */
class RowGroup<Row> {
  readonly #data: (readonly [Field<Row>, ReturnType<Field<Row>['of']>[]])[]
  #rows = 0
  #length = 0

  constructor(fields: readonly Field<Row>[]) {
    this.#data = fields.map((field) => [field, []])
  }

  add(row: Row): void {
    this.#rows++
    for (const [{ of }, cells] of this.#data) {
      const cell = of(row)
      cells.push(cell)
      if (typeof cell === 'string') this.#length += cell.length
    }
  }

  isFull(): boolean {
    return this.#rows >= GROUP_ROWS || this.#length >= GROUP_LENGTH
  }

  isEmpty(): boolean {
    return this.#rows === 0
  }

  writeTo(file: ParquetWriter): void {
    const columnData = this.#data.map(([{ element }, data]) => ({
      name: element.name,
      data,
      offsetIndex: false,
      // who looks for a time or a value passes over groups by their least and greatest
      statistics: element.type !== 'BYTE_ARRAY',
    }))
    file.write({ columnData, rowGroupSize: this.#rows })
  }
}

const OPTIONAL = { repetition_type: 'OPTIONAL' } as const
const TEXT: Type = {
  ...OPTIONAL,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  logical_type: { type: 'STRING' },
}
const TIME: Type = {
  ...OPTIONAL,
  type: 'INT64',
  converted_type: 'TIMESTAMP_MICROS',
  logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
}
const NUMBER: Type = { ...OPTIONAL, type: 'DOUBLE' }
const BOOLEAN: Type = { ...OPTIONAL, type: 'BOOLEAN' }

function fieldsOf<Row>(column: Column<Row>): readonly Field<Row>[] {
  const { name } = column
  if (column.as === 'text') return [{ element: { name, ...TEXT }, of: column.of }]
  if (column.as === 'time') return [{ element: { name, ...TIME }, of: (row) => instant(column.of(row)) }]
  const { of } = column
  return [
    { element: { name: `${name}_number`, ...NUMBER }, of: (row) => only('number', of(row)) },
    { element: { name: `${name}_string`, ...TEXT }, of: (row) => only('string', of(row)) },
    { element: { name: `${name}_boolean`, ...BOOLEAN }, of: (row) => only('boolean', of(row)) },
    { element: { name: `${name}_json`, ...TEXT }, of: (row) => structure(of(row)) },
  ]
}

function instant(at: number | undefined): bigint | undefined {
  return at === undefined ? undefined : BigInt(at)
}

interface Scalars {
  readonly number: number
  readonly string: string
  readonly boolean: boolean
}

function only<Name extends keyof Scalars>(type: Name, value: JsonValue): Scalars[Name] | undefined {
  return typeof value === type ? (value as Scalars[Name]) : undefined // checked before it
}

function structure(value: JsonValue): string | undefined {
  return typeof value === 'object' ? JSON.stringify(value) : undefined
}
