import { statSync } from 'node:fs'
import type { StorePart, StorePartName } from '../port/store-size.ts'
import type { Database } from './connection.ts'
import { prepare } from './statements.ts'

interface Tree {
  readonly name: string
  readonly table: string
}

interface Page {
  readonly kind: 'internal' | 'leaf' | 'overflow'
  readonly size: number
  readonly cells: number
}

/** Answers what the tables of a file and their indexes take, page by page; `breathe` is called after each. */
export function fileParts(database: Database, file: string, breathe: () => void): readonly StorePart[] {
  const parts = new Map<StorePartName, { bytes: number; rows: number }>()
  const pages = database.prepare(PAGES)
  for (const { name, table } of treesOf(database)) {
    const part = PARTS[table] ?? 'other'
    const isCounted = COUNTED.has(name)
    const sums = parts.get(part) ?? { bytes: 0, rows: 0 }
    parts.set(part, sums)
    for (const page of pages.iterate(name)) {
      const { kind, size, cells }: Page = page
      sums.bytes += size
      if (isCounted && (kind === 'leaf' || !BY_ROWID.has(name))) sums.rows += cells
      breathe()
    }
  }
  return [
    ...partsOf(parts),
    { name: 'free', bytes: freeBytes(database) },
    { name: 'writeAhead', bytes: sizeOf(`${file}-wal`) },
  ]
}

function partsOf(parts: ReadonlyMap<StorePartName, { bytes: number; rows: number }>): readonly StorePart[] {
  const isCounted = new Set([...COUNTED].map((table) => PARTS[table] ?? 'other'))
  return [...parts].map(([name, { bytes, rows }]) => ({ name, bytes, ...(isCounted.has(name) && { rows }) }))
}

function treesOf(database: Database): readonly Tree[] {
  return prepare<Tree>(
    database,
    `SELECT 'sqlite_schema' AS name, 'sqlite_schema' AS "table"
    UNION ALL SELECT name, tbl_name FROM sqlite_schema WHERE rootpage > 0`,
  ).all()
}

function freeBytes(database: Database): number {
  const [pages, size] = ['freelist_count', 'page_size'].map((name) => {
    const row: Record<string, number> = database.prepare(`PRAGMA ${name}`).get()
    return row[name] ?? 0
  })
  return (pages ?? 0) * (size ?? 0)
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** Of which part a table is, with its indexes. */
const PARTS: Readonly<Record<string, StorePartName>> = {
  history: 'history',
  life: 'history',
  evolution: 'history',
  evolution_type: 'history',
  chunk: 'packed',
  ripe: 'packed',
  total: 'totals',
  dirty: 'totals',
  condensed: 'totals',
  timeless: 'totals',
  log: 'log',
  entity: 'entities',
  entity_type: 'indexes',
  entity_scope: 'indexes',
  entity_box: 'indexes',
  presence: 'indexes',
  scalar: 'indexes',
  box_node: 'indexes',
  box_parent: 'indexes',
  box_rowid: 'indexes',
  type_count: 'indexes',
  attribute_count: 'indexes',
  kind_count: 'indexes',
  document: 'documents',
}

/** Tables whose rows are counted, each for its part; of those with a rowid only leaves hold rows. */
const COUNTED: ReadonlySet<string> = new Set(['history', 'chunk', 'total', 'log', 'entity', 'document'])
const BY_ROWID: ReadonlySet<string> = new Set(['chunk', 'log', 'entity', 'document'])

const PAGES = 'SELECT pagetype AS kind, pgsize AS size, ncell AS cells FROM dbstat WHERE name = ?'
