import { union } from '../../core/merge/members.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { parseEntity } from '../port/change.ts'
import type { EvolutionHead, EvolutionQuery } from '../port/evolution.ts'
import type { Database } from './connection.ts'
import { prepare, prepareLists } from './statements.ts'

/** What is kept of an id: of the entity that is there, and of what was deleted or provisioned. */
type HeadRow = readonly [
  id: string,
  /** Text of the entity as it is, where that has a history. */
  current: string | null,
  types: string | null,
  scopes: string | null,
  created: Micros | null,
  modified: Micros | null,
  deleted: Micros | null,
  /** Text of the entity as it was last. */
  last: string | null,
]

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
  return ({ ids, types, after = '', limit, stateless }) => {
    const list = ids && [...new Set(ids)].filter((id) => id > after).sort(compareText)
    const names = types && oneOf(types)
    const read = stateless ? tables.stateless : tables.heads
    const heads: EvolutionHead[] = []
    let last = after
    for (let at = 0; ; at += limit) {
      const page = list ? list.slice(at, at + limit) : pageOf(names, last, limit)
      const rows = page.length === 0 ? [] : read.all(JSON.stringify(page))
      for (const row of rows) if (heads.length < limit && isThere(row)) heads.push(headOf(row, stateless))
      last = page.at(-1) ?? last
      if (heads.length >= limit || page.length < limit) return heads
    }
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

/** Without state the texts end before the attributes. */
function headOf(
  [id, current, types, scopes, created, modified, deleted, last]: HeadRow,
  stateless: true | undefined,
): EvolutionHead {
  const text = current ?? last
  const state = text === null ? undefined : parseEntity(text)
  const known: readonly Iri[] = types === null ? [] : JSON.parse(types)
  const former: readonly string[] | undefined =
    current === null && scopes !== null ? JSON.parse(scopes) : state?.scopes
  const own = state?.types ?? []
  return {
    id,
    types: known.length === 0 ? own : union(own, known),
    ...(former && { scopes: former }),
    createdAt: state?.createdAt ?? created ?? modified ?? 0,
    modifiedAt: state?.modifiedAt ?? modified ?? 0,
    ...(current === null && deleted !== null && { deletedAt: deleted }),
    ...(state && !stateless && { state }),
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

function headSql(shown: (text: string) => string): string {
  const kept = KEPT.map((table) => `EXISTS (SELECT 1 FROM ${table} WHERE subject = entity.key)`).join(' OR ')
  return `SELECT ids.value, CASE WHEN evolution.id IS NOT NULL OR ${kept} THEN ${shown('log.after')} END,
    types, scopes, created, modified, deleted, ${shown('former.after')}
  FROM json_each(?) AS ids LEFT JOIN entity ON entity.id = ids.value LEFT JOIN log ON log.sequence = entity.version
  LEFT JOIN evolution ON evolution.id = ids.value LEFT JOIN log AS former ON former.sequence = evolution.last`
}

function statements(database: Database) {
  return {
    heads: prepareLists<HeadRow>(
      database,
      headSql((text) => text),
    ),
    stateless: prepareLists<HeadRow>(
      database,
      headSql((text) => `substr(${text}, 1, instr(${text}, ',"attributes":') - 1) || '}'`),
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
