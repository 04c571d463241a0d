import { rename } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { isJsonMap, type Json, type JsonMap } from '../kit/values/json.ts'
import type { Message, Simulator, WayFault } from './simulator.ts'

/** A database that a program of the agency writes its records into, one row each. */
export async function sqlSimulator(folder: string, columns: readonly string[]): Promise<Simulator> {
  const file = path.join(folder, 'readings.db')
  const database = new DatabaseSync(file, { timeout: 5000 })
  database.exec(
    `CREATE TABLE IF NOT EXISTS readings (row_id INTEGER PRIMARY KEY, changed_at TEXT, ${columns.join(', ')})`,
  )
  const insert = database.prepare(
    `INSERT INTO readings (changed_at, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})`,
  )
  let [fault, waiting]: [WayFault | undefined, readonly Message[]] = [undefined, []]
  const write = (messages: readonly Message[]): void => {
    for (const row of messages.flatMap((message) => rowsOf(message, columns))) {
      insert.run(new Date().toISOString(), ...row)
    }
  }
  return {
    place: `sqlite:${file}`,
    variables: {},
    transport: {
      kind: 'sql',
      url: `sqlite:${file}`,
      query: `SELECT row_id, changed_at, ${columns.join(', ')} FROM readings`,
      watermark: { column: 'changed_at', key: 'row_id', overlap: 2 },
    },
    give: async (messages) => {
      if (fault === 'down') waiting = [...waiting, ...messages]
      else if (fault === 'slow') write(messages)
      else {
        database.exec('BEGIN IMMEDIATE')
        write(messages)
        database.exec('COMMIT')
      }
    },
    breaks: async (next) => {
      if (fault === 'slow' && next !== 'slow') database.exec('COMMIT')
      if (fault === 'down' && next !== 'down') await rename(`${file}.away`, file)
      if (fault !== 'down' && next === 'down') await rename(file, `${file}.away`)
      // a writer that takes its time lets nobody read
      if (fault !== 'slow' && next === 'slow') database.exec('BEGIN EXCLUSIVE')
      fault = next
      if (fault === 'down') return
      write(waiting)
      waiting = []
    },
    stop: async () => database.close(),
  }
}

/** The rows of a message: whole records, cell by cell; what is no record is no row. */
export function rowsOf({ bytes }: Message, columns: readonly string[]): readonly (readonly Cell[])[] {
  return recordsIn(bytes).map((record) => columns.map((column) => cellOf(record[column])))
}

type Cell = string | number | null

function recordsIn(bytes: Uint8Array): readonly JsonMap[] {
  try {
    const found = JSON.parse(Buffer.from(bytes).toString()) as Json // JSON.parse answers nothing else
    return (Array.isArray(found) ? (found as readonly Json[]) : [found]).filter(isJsonMap)
  } catch {
    return []
  }
}

function cellOf(value: Json | undefined): Cell {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}
