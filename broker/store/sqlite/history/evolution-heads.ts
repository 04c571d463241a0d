import { LRUCache } from 'lru-cache'
import { union } from '../../../core/merge/members.ts'
import type { Entity } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import type { TypeNode } from '../../../core/query/ast.ts'
import { compareText } from '../../../core/query/compare-text.ts'
import { parseEntity } from '../../port/change.ts'
import type { EvolutionHead, EvolutionQuery } from '../../port/evolution.ts'
import type { Database } from '../connection.ts'
import { prepare, prepareLists } from '../statements.ts'

/** What is kept of an id: of the entity that is there, and of what was deleted or provisioned. */
type HeadRow = readonly [
  id: string,
  /** The log record with the entity as it is, where that has a history. */
  current: number | null,
  types: string | null,
  scopes: string | null,
  created: Micros | null,
  modified: Micros | null,
  deleted: Micros | null,
  /** The log record with the entity as it was last. */
  last: number | null,
]

/** What of an entity is no attribute. */
type Members = Omit<Entity, 'attributes'>

/** So many heads without attributes are kept at hand. */
const KNOWN = 20_000

/** How many entities there are, of a type and of all. */
export interface TypeCounts {
  countOf(type: Iri): number
  countAll(): number
}

/** Answers a function that reads who has a history. */
export function headReader(
  database: Database,
  counts: TypeCounts,
): (query: EvolutionQuery) => readonly EvolutionHead[] {
  const tables = statements(database)
  /** By the log record that holds them. */
  const known = new LRUCache<number, Members>({ max: KNOWN })
  return ({ ids, types, after = '', limit, stateless }) => {
    const list = ids && [...new Set(ids)].filter((id) => id > after).sort(compareText)
    const names = types && oneOf(types)
    const heads: EvolutionHead[] = []
    let last = after
    for (let at = 0; ; at += limit) {
      const page = list ? list.slice(at, at + limit) : pageOf(names, last, limit)
      const rows = page.length === 0 ? [] : tables.heads.all(JSON.stringify(page)).filter(isThere)
      const some = rows.slice(0, limit - heads.length)
      const states = stateless ? membersOf(some) : statesOf(some)
      for (const row of some) heads.push(headOf(row, states, stateless))
      last = page.at(-1) ?? last
      if (heads.length >= limit || page.length < limit) return heads
    }
  }

  function statesOf(rows: readonly HeadRow[]): ReadonlyMap<number, Entity> {
    const texts = tables.texts.all(JSON.stringify(rows.flatMap(recordOf)))
    return new Map(texts.map(([sequence, text]) => [sequence, parseEntity(text)]))
  }

  function membersOf(rows: readonly HeadRow[]): Pick<LRUCache<number, Members>, 'get'> {
    const unknown = rows.flatMap(recordOf).filter((sequence) => !known.has(sequence))
    if (unknown.length > 0) {
      for (const [sequence, text] of tables.members.all(JSON.stringify(unknown)))
        known.set(sequence, JSON.parse(text)) // an entity up to its attributes
    }
    return known
  }

  function pageOf(names: readonly Iri[] | undefined, after: string, limit: number): readonly string[] {
    if (!names) return tables.all.all(after, limit).map(({ id }) => id)
    // either way its cost is known beforehand: all of these types, or as many ids as are likely to hold enough of them
    const ofTypes = names.reduce((sum, name) => sum + counts.countOf(name), 0)
    const few = ofTypes * ofTypes <= limit * counts.countAll()
    return (few ? tables.few : tables.many).all(JSON.stringify(names), after, limit).map(({ id }) => id)
  }
}

function isThere([, current, types, , , , deleted]: HeadRow): boolean {
  return current !== null || types !== null || deleted !== null
}

function recordOf([, current, , , , , , last]: HeadRow): readonly number[] {
  const record = current ?? last
  return record === null ? [] : [record]
}

function headOf(
  row: HeadRow,
  states: { get(sequence: number): Members | Entity | undefined },
  stateless: true | undefined,
): EvolutionHead {
  const [id, current, types, scopes, created, modified, deleted] = row
  const [record] = recordOf(row)
  const state = record === undefined ? undefined : states.get(record)
  const former: readonly string[] | undefined =
    current === null && scopes !== null ? JSON.parse(scopes) : state?.scopes
  const own = state?.types ?? []
  return {
    id,
    types: types === null ? own : union(own, JSON.parse(types)),
    ...(former && { scopes: former }),
    createdAt: state?.createdAt ?? created ?? modified ?? 0,
    modifiedAt: state?.modifiedAt ?? modified ?? 0,
    ...(current === null && deleted !== null && { deletedAt: deleted }),
    ...(state && !stateless && { state: state as Entity }), // what was read with its attributes
  }
}

/** Answers types of which whatever is selected has one; undefined: it may be of any. */
function oneOf(node: TypeNode): readonly Iri[] | undefined {
  if (node.kind === 'any') return undefined
  if (node.kind === 'type') return [node.type]
  const lists = node.nodes.map(oneOf)
  const known = lists.filter((list) => list !== undefined)
  if (node.kind === 'or') return known.length < lists.length ? undefined : [...new Set(known.flat())]
  return known.sort((left, right) => left.length - right.length)[0]
}

const KEYS = 'SELECT key FROM name WHERE iri IN (SELECT value FROM json_each(?1))'
const FORMER = `SELECT id FROM (
  SELECT DISTINCT id FROM evolution_type WHERE type IN (${KEYS}) AND id > ?2 ORDER BY id LIMIT ?3 + 0)`

/** Where something of an entity may be in history. */
const KEPT = ['history', 'chunk', 'condensed']

function statements(database: Database) {
  const kept = KEPT.map((table) => `EXISTS (SELECT 1 FROM ${table} WHERE subject = entity.key)`).join(' OR ')
  const records = 'FROM log WHERE sequence IN (SELECT value FROM json_each(?)) AND after IS NOT NULL'
  return {
    heads: prepareLists<HeadRow>(
      database,
      `SELECT ids.value, CASE WHEN evolution.id IS NOT NULL OR ${kept} THEN entity.version END,
        types, scopes, created, modified, deleted, last
      FROM json_each(?) AS ids LEFT JOIN entity ON entity.id = ids.value
      LEFT JOIN evolution ON evolution.id = ids.value`,
    ),
    texts: prepareLists<readonly [sequence: number, text: string]>(
      database,
      `SELECT sequence, after ${records}`,
    ),
    members: prepareLists<readonly [sequence: number, text: string]>(
      database,
      `SELECT sequence, substr(after, 1, instr(after, ',"attributes":') - 1) || '}' ${records}`,
    ),
    all: prepare<{ id: string }>(
      database,
      `SELECT id FROM entity WHERE id > ?1 UNION SELECT id FROM evolution WHERE id > ?1 ORDER BY id LIMIT ?2 + 0`,
    ),
    few: prepare<{ id: string }>(
      database,
      `SELECT id FROM (
        SELECT DISTINCT entity.id AS id FROM entity_type CROSS JOIN entity ON entity.key = entity_type.entity
        WHERE type IN (${KEYS}) AND entity.id > ?2 ORDER BY entity.id LIMIT ?3 + 0)
      UNION ${FORMER} ORDER BY id LIMIT ?3 + 0`,
    ),
    many: prepare<{ id: string }>(
      database,
      `SELECT id FROM (
        SELECT id FROM entity WHERE id > ?2
        AND EXISTS (SELECT 1 FROM entity_type WHERE type IN (${KEYS}) AND entity = entity.key) ORDER BY id LIMIT ?3 + 0)
      UNION ${FORMER} ORDER BY id LIMIT ?3 + 0`,
    ),
  }
}
