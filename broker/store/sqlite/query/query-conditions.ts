import type { BoundingBox } from '../../../core/geo/bounding-box.ts'
import { searchBoxes } from '../../../core/geo/search-boxes.ts'
import type { Iri } from '../../../core/model/iri.ts'
import type { GeoQuery, ScopeNode, TypeNode } from '../../../core/query/ast.ts'
import { cellRanges } from '../../port/cells.ts'
import { scopeRanges } from '../../port/scope-ranges.ts'
import { POINT, SEVERAL } from '../index-kinds.ts'
import type { Names } from '../names.ts'
import {
  type Arm,
  allOf,
  anyOf,
  type Estimate,
  EVERYTHING,
  KEY_OF_INDEX,
  NOTHING,
  type Node,
} from './query-node.ts'
import { type Sql, sql } from './sql.ts'

/** What translation needs to know of a file. */
export interface Index {
  readonly names: Names
  readonly estimate: Estimate
  /** Tells whether an attribute has any scalar of this kind. */
  hasKind(attribute: number, kind: number): boolean
  /** Tells whether anything in the file has expired, in part or as a whole: it is indexed until it is reaped. */
  holdsExpired(): boolean
}

const ENTITY_TYPE = sql`entity_type AS x`
const ENTITY_SCOPE = sql`entity_scope AS x`
const PRESENCE = sql`presence AS x`

/** Translates a type selection (CIM 009 v1.9.1, 4.17). */
export function typeNode(node: TypeNode, index: Index): Node {
  if (node.kind === 'any') return EVERYTHING
  if (node.kind !== 'type') return joined(node, (part) => typeNode(part, index), index)
  const type = index.names.find(node.type)
  if (type === undefined) return NOTHING
  return {
    probe: (key) => sql`(SELECT 1 FROM entity_type AS t WHERE t.type = ${type} AND t.entity = ${key})`,
    drives: [{ arms: [arm(ENTITY_TYPE, sql`x.type = ${type}`)] }],
    exact: true,
  }
}

/** Translates a scope query (CIM 009 v1.9.1, 4.19); behind a `+` it only narrows to what stands before. */
export function scopeNode(node: ScopeNode, index: Index): Node {
  if (node.kind !== 'scope') return joined(node, (part) => scopeNode(part, index), index)
  const { ranges, exact } = scopeRanges(node)
  const alternatives = ranges.map((range): Node => {
    const ordered = 'scope' in range
    const where = (at: Sql) =>
      'scope' in range ? sql`${at} = ${range.scope}` : sql`${at} >= ${range.from} AND ${at} < ${range.before}`
    return {
      probe: (key) => sql`${key} IN (SELECT s.entity FROM entity_scope AS s WHERE ${where(sql`s.scope`)})`,
      drives: [{ arms: [arm(ENTITY_SCOPE, where(sql`x.scope`), ordered)] }],
      exact,
    }
  })
  return anyOf(alternatives, index.estimate)
}

function joined<T>(
  { kind, nodes }: { readonly kind: 'and' | 'or'; readonly nodes: readonly T[] },
  translate: (node: T) => Node,
  index: Index,
): Node {
  const parts = nodes.map(translate)
  return kind === 'and' ? allOf(parts) : anyOf(parts, index.estimate)
}

/** Translates a list of ids. */
export function idsNode(ids: readonly string[]): Node {
  const list = JSON.stringify(ids)
  return {
    probe: (key) =>
      sql`(SELECT 1 FROM entity AS e WHERE e.key = ${key} AND e.id IN (SELECT value FROM json_each(${list})))`,
    drives: [
      {
        arms: [
          {
            from: sql`json_each(${list}) AS i CROSS JOIN entity AS x`,
            where: sql`x.id = i.value`,
            key: sql`x.key`,
            filters: [],
            ordered: false,
          },
        ],
      },
    ],
    exact: true,
  }
}

/** Translates that an attribute is there. */
export function presenceNode(attribute: Iri, { names }: Index): Node {
  const name = names.find(attribute)
  if (name === undefined) return NOTHING
  return {
    probe: (key) => sql`(SELECT 1 FROM presence AS p WHERE p.attribute = ${name} AND p.entity = ${key})`,
    drives: [{ arms: [presenceArm(name)] }],
    exact: true,
  }
}

/** Answers all entities that have an attribute, in order. */
export function presenceArm(attribute: number): Arm {
  return arm(PRESENCE, sql`x.attribute = ${attribute}`)
}

/** Narrows a geoquery (CIM 009 v1.9.1, 4.10) to bounding boxes; never exact. */
export function geoNode(query: GeoQuery, index: Index): Node {
  const boxes = searchBoxes(query)
  if (!boxes) return { ...presenceNode(query.property, index), exact: false }
  const attribute = index.names.find(query.property)
  if (attribute === undefined) return NOTHING
  return {
    ...anyOf(
      boxes.map((box) => boxNode(box, attribute)),
      index.estimate,
    ),
    exact: false,
  }
}

/** Answers an arm of index entries. */
export function arm(from: Sql, where: Sql, ordered = true): Arm {
  return { from, where, key: KEY_OF_INDEX, filters: [], ordered }
}

/** What may lie in a box: points whose cell does, and other geometries whose own box touches it. */
function boxNode(box: BoundingBox, attribute: number): Node {
  const points = pointNode(box, attribute)
  const areas = areaNode(box, attribute)
  return {
    probe: (key) => sql`(${points.probe(key)} OR ${areas.probe(key)})`,
    drives: [{ arms: [...points.arms, ...areas.arms] }],
    exact: false,
  }
}

type Part = Pick<Node, 'probe'> & { readonly arms: readonly Arm[] }

function pointNode(box: BoundingBox, attribute: number): Part {
  const ranges = JSON.stringify(cellRanges(box))
  const within = (value: Sql) => sql`${value} BETWEEN r.value ->> 0 AND r.value ->> 1`
  const cells = (at: Sql) =>
    sql`${at}.attribute = ${attribute} AND ${at}.kind = ${POINT} AND ${within(sql`${at}.value`)}`
  // the ranges come first, so that each of them is a range of the index
  const from = sql`json_each(${ranges}) AS r CROSS JOIN scalar AS x`
  return {
    probe: (key) => sql`(SELECT CASE p.kind
      WHEN ${POINT} THEN EXISTS (SELECT 1 FROM json_each(${ranges}) AS r WHERE ${within(sql`p.value`)})
      WHEN ${SEVERAL} THEN ${key} IN (SELECT s.entity FROM json_each(${ranges}) AS r CROSS JOIN scalar AS s
        WHERE ${cells(sql`s`)}) ELSE 0 END
      FROM presence AS p WHERE p.attribute = ${attribute} AND p.entity = ${key})`,
    arms: [arm(from, cells(sql`x`), false)],
  }
}

function areaNode([west, south, east, north]: BoundingBox, attribute: number): Part {
  const where = (at: Sql) => sql`${at}.east >= ${west} AND ${at}.west <= ${east}
    AND ${at}.north >= ${south} AND ${at}.south <= ${north}
    AND ${at}.first_attribute <= ${attribute} AND ${at}.last_attribute >= ${attribute}`
  return {
    probe: (key) => sql`(SELECT 1 FROM entity_box AS b CROSS JOIN box AS g ON g.key = b.box
      WHERE b.entity = ${key} AND ${where(sql`g`)} LIMIT 1)`,
    arms: [arm(sql`box AS x`, where(sql`x`), false)],
  }
}
