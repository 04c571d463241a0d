import type { IndexKind } from '../../port/index-entries.ts'
import { type Comparison, type ScalarTest, scalarTests } from '../../port/scalar-tests.ts'
import { isText, kindCode, SEVERAL } from '../index-kinds.ts'
import { arm, type Index, presenceArm, presenceNode } from './query-conditions.ts'
import { ANYTHING, anyOf, NOTHING, type Node } from './query-node.ts'
import { join, type Sql, sql } from './sql.ts'

const SCALAR = sql`scalar AS x`

/** Translates one comparison of q (CIM 009 v1.9.1, 4.9); what it cannot translate needs the attribute at least. */
export function comparisonNode(node: Comparison, index: Index): Node {
  const [attribute] = node.path.attributes
  if (attribute === undefined) return ANYTHING
  const tests = scalarTests(node)
  if (!tests) return { ...presenceNode(attribute, index), exact: false }
  const name = index.names.find(attribute)
  return name === undefined ? NOTHING : scalarNode(name, tests, index)
}

/** Tells whether the index describes an attribute fully. */
export function isDescribed(attribute: number, index: Index): boolean {
  return !index.hasKind(attribute, OPAQUE)
}

const OPAQUE = kindCode('opaque', false)

function scalarNode(attribute: number, tests: readonly ScalarTest[], index: Index): Node {
  const nodes = tests.flatMap((test) => testNodes(attribute, test, index))
  if (!isDescribed(attribute, index)) nodes.push(opaqueNode(attribute))
  const [only] = nodes
  return nodes.length === 1 && only ? only : anyOf(nodes, index.estimate)
}

function testNodes(attribute: number, test: ScalarTest, index: Index): Node[] {
  return test.kinds.flatMap((kind) =>
    (test.many ? [false, true] : [false])
      .filter((many) => index.hasKind(attribute, kindCode(kind, many)))
      .map((many) => kindNode(attribute, kind, kindCode(kind, many), test)),
  )
}

function kindNode(attribute: number, kind: IndexKind, code: number, test: ScalarTest): Node {
  const { exact } = test
  const where = whereOf(test)
  const ordered = 'values' in test.where && test.where.values.length === 1
  const entries = sql`x.attribute = ${attribute} AND x.kind = ${code} AND ${where(sql`x.value`)}`
  const range = { arms: [arm(SCALAR, entries, ordered)] }
  if (ordered) return { probe: pointProbe(attribute, code, where), drives: [range], exact }
  const probe = rangeProbe({ attribute, kind, code, where })
  const present = presenceArm(attribute)
  return { probe, drives: [range, { arms: [{ ...present, filters: [probe(present.key)] }] }], exact }
}

function opaqueNode(attribute: number): Node {
  const entries = sql`x.attribute = ${attribute} AND x.kind = ${OPAQUE} AND x.value = 0`
  const probe = pointProbe(attribute, OPAQUE, (value) => sql`${value} = 0`)
  return { probe, drives: [{ arms: [arm(SCALAR, entries)] }], exact: false }
}

// A scalar subquery, not EXISTS: SQLite would be free to make a join of that and to start with it.
function pointProbe(attribute: number, code: number, where: (value: Sql) => Sql): (key: Sql) => Sql {
  return (key) => sql`(SELECT 1 FROM scalar AS s
    WHERE s.attribute = ${attribute} AND s.kind = ${code} AND ${where(sql`s.value`)} AND s.entity = ${key})`
}

interface RangeTest {
  readonly attribute: number
  readonly kind: IndexKind
  readonly code: number
  readonly where: (value: Sql) => Sql
}

/** An attribute with one scalar is tested by its presence; one with several by the list of all that are in range. */
function rangeProbe({ attribute, kind, code, where }: RangeTest): (key: Sql) => Sql {
  return (key) => {
    const elsewhere = sql`${key} IN (SELECT s.entity FROM scalar AS s
      WHERE s.attribute = ${attribute} AND s.kind = ${code} AND ${where(sql`s.value`)})`
    return sql`(SELECT CASE WHEN p.kind = ${code} THEN ${where(sql`p.value`)}
      WHEN p.kind ${hiding(kind)} THEN ${elsewhere} ELSE 0 END
      FROM presence AS p WHERE p.attribute = ${attribute} AND p.entity = ${key})`
  }
}

// Where a text is a time, presence tells of the time only.
function hiding(kind: IndexKind): Sql {
  if (!isText(kind)) return sql`= ${SEVERAL}`
  const codes = (['dateTime', 'date', 'time'] as const).flatMap((temporal) => [
    kindCode(temporal, false),
    kindCode(temporal, true),
  ])
  return sql`IN (${join(
    [SEVERAL, ...codes].map((code) => sql`${code}`),
    ', ',
  )})`
}

function whereOf({ where }: ScalarTest): (value: Sql) => Sql {
  if ('bounds' in where) {
    const tests = where.bounds.map(({ operator, value }) => (at: Sql) => {
      const comparison = { text: operator, values: [] }
      return sql`${at} ${comparison} ${value}`
    })
    return (at) =>
      join(
        tests.map((test) => test(at)),
        ' AND ',
      )
  }
  const { values } = where
  const [only = null] = values
  const list = JSON.stringify(values)
  return values.length === 1
    ? (at) => sql`${at} = ${only}`
    : (at) => sql`${at} IN (SELECT value FROM json_each(${list}))`
}
