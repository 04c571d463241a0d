import { union } from '../../core/merge/members.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { parseEntity } from '../port/change.ts'
import type { EvolutionHead, EvolutionQuery } from '../port/evolution.ts'
import type { Database } from './connection.ts'
import type { HistoryPlaces } from './history-places.ts'
import { prepare } from './statements.ts'

/** What is kept of an id that was deleted or provisioned. */
interface EvolutionRow {
  readonly types: string | null
  readonly scopes: string | null
  readonly created: Micros | null
  readonly modified: Micros | null
  readonly deleted: Micros | null
  readonly after: string | null
}

/** How many entities there are, of a type and of all. */
export interface TypeCounts {
  countOf(type: Iri): number
  countAll(): number
}

/** Answers a function that reads who has a history. */
export function headReader(
  database: Database,
  places: HistoryPlaces,
  counts: TypeCounts,
): (query: EvolutionQuery) => readonly EvolutionHead[] {
  const tables = statements(database)
  return ({ ids, types, after = '', limit }) => {
    if (ids) return firstHeads([...new Set(ids)].filter((id) => id > after).sort(compareText), limit)
    const names = types && oneOf(types)
    const heads: EvolutionHead[] = []
    let last = after
    for (;;) {
      const page = pageOf(names, last, limit)
      heads.push(...firstHeads(page, limit - heads.length))
      last = page.at(-1) ?? last
      if (heads.length >= limit || page.length < limit) return heads
    }
  }

  function firstHeads(ids: readonly string[], limit: number): readonly EvolutionHead[] {
    const heads: EvolutionHead[] = []
    for (const id of ids) {
      if (heads.length >= limit) break
      const head = headOf(id)
      if (head) heads.push(head)
    }
    return heads
  }

  function headOf(id: string): EvolutionHead | undefined {
    const current = tables.current.get(id)
    const row = tables.evolution.get(id)
    const types: readonly Iri[] = JSON.parse(row?.types ?? '[]')
    if (current && (row || places.hasRows([current.key]))) {
      const state = parseEntity(current.after)
      return { ...membersOf(state), types: union(state.types, types), state }
    }
    if (!row) return undefined
    const state = row.after === null ? undefined : parseEntity(row.after)
    const { scopes, created, modified, deleted } = row
    return {
      ...(state
        ? { ...membersOf(state), state }
        : { id, createdAt: created ?? modified ?? 0, modifiedAt: modified ?? 0 }),
      types: union(state?.types ?? [], types),
      ...(scopes !== null && { scopes: JSON.parse(scopes) }),
      ...(deleted !== null && { deletedAt: deleted }),
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

function membersOf({
  id,
  scopes,
  createdAt,
  modifiedAt,
}: Omit<EvolutionHead, 'types'>): Omit<EvolutionHead, 'types'> {
  return { id, ...(scopes && { scopes }), createdAt, modifiedAt }
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

function statements(database: Database) {
  return {
    current: prepare<{ key: number; after: string }>(
      database,
      'SELECT key, log.after FROM entity JOIN log ON log.sequence = entity.version WHERE entity.id = ?',
    ),
    evolution: prepare<EvolutionRow>(
      database,
      `SELECT types, scopes, created, modified, deleted, log.after
      FROM evolution LEFT JOIN log ON log.sequence = evolution.last WHERE evolution.id = ?`,
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
