import type { QNode, QScalar } from '../../../core/query/ast.ts'
import { INDEXED_TEXT, type IndexKind, indexedText } from '../../port/index-entries.ts'
import { isText, kindCode, SEVERAL } from '../index-kinds.ts'
import { arm, type Index, presenceArm, presenceNode } from './query-conditions.ts'
import { ANYTHING, anyOf, NOTHING, type Node } from './query-node.ts'
import { join, type Sql, sql } from './sql.ts'

type Comparison = Extract<QNode, { kind: 'compare' }>
type Operator = '>' | '>=' | '<' | '<='

/** A test on the scalars of some kinds of one attribute. */
interface ScalarTest {
  readonly kinds: readonly IndexKind[]
  /** Items of arrays are tested too. */
  readonly many: boolean
  readonly where: (value: Sql) => Sql
  /** Its entries come in the order of their entities. */
  readonly ordered: boolean
  readonly exact: boolean
}

const SCALAR = sql`scalar AS x`
const TEXT_KINDS: readonly IndexKind[] = ['string', 'language', 'vocab', 'uri']

/** Translates one comparison of q (CIM 009 v1.9.1, 4.9); what it cannot translate needs the attribute at least. */
export function comparisonNode(node: Comparison, index: Index): Node {
  const [attribute, ...inner] = node.path.attributes
  if (attribute === undefined) return ANYTHING
  const { member, value, linked } = node.path
  const simple = inner.length === 0 && !member && !value && !linked && !node.jsonKeys
  const tests = simple ? scalarTests(node) : undefined
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
  const { ordered, exact, where } = test
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

function scalarTests({ operator, value, expanded }: Comparison): readonly ScalarTest[] | undefined {
  if (operator === '==') {
    const tests = equalityTests(value)
    return tests && expanded ? withExpanded(tests, expanded) : tests
  }
  if (operator === '!=' || operator === '~=' || operator === '!~=') return undefined
  if (value.kind === 'list' || value.kind === 'range') return []
  const test = orderTest(operator, value)
  return test && [test]
}

function equalityTests(value: Comparison['value']): readonly ScalarTest[] | undefined {
  if (value.kind === 'range') {
    const from = orderTest('>=', value.from)
    const to = orderTest('<=', value.to)
    if (!from || !to) return undefined
    const where = (at: Sql) => sql`${from.where(at)} AND ${to.where(at)}`
    const kinds = from.kinds.filter((kind) => to.kinds.includes(kind))
    return [{ kinds, many: true, where, ordered: false, exact: from.exact && to.exact }]
  }
  const scalars = value.kind === 'list' ? value.values : [value]
  const groups = new Map<string, QScalar[]>()
  for (const scalar of scalars) {
    const group = isTextScalar(scalar) ? 'text' : scalar.kind
    groups.set(group, [...(groups.get(group) ?? []), scalar])
  }
  return [...groups.values()].map(equalityTest)
}

function equalityTest(scalars: readonly QScalar[]): ScalarTest {
  const [first] = scalars
  const values = scalars.map(indexValue)
  const list = JSON.stringify(values)
  const [only = null] = values
  return {
    kinds: first ? kindsOf(first) : [],
    many: true,
    where:
      values.length === 1
        ? (at) => sql`${at} = ${only}`
        : (at) => sql`${at} IN (SELECT value FROM json_each(${list}))`,
    ordered: values.length === 1,
    exact: scalars.every(isWhole),
  }
}

function orderTest(operator: Operator, scalar: QScalar): ScalarTest | undefined {
  if (scalar.kind === 'boolean') return undefined
  const whole = isWhole(scalar)
  const value = indexValue(scalar)
  const closed = operator === '>' || operator === '>=' ? '>=' : '<='
  const comparison = { text: whole ? operator : closed, values: [] }
  return {
    kinds: kindsOf(scalar).filter((kind) => kind !== 'uri'),
    many: false,
    where: (at) => sql`${at} ${comparison} ${value}`,
    ordered: false,
    exact: whole,
  }
}

/** VocabProperty values are compared with the expanded names in place of the value. */
function withExpanded(tests: readonly ScalarTest[], expanded: readonly string[]): readonly ScalarTest[] {
  const others = tests.map((test) => ({ ...test, kinds: test.kinds.filter((kind) => kind !== 'vocab') }))
  const names = expanded.map((value): QScalar => ({ kind: 'string', value }))
  return [...others, { ...equalityTest(names), kinds: ['vocab'] }]
}

function kindsOf(scalar: QScalar): readonly IndexKind[] {
  return scalar.kind === 'string' || scalar.kind === 'uri' ? TEXT_KINDS : [scalar.kind]
}

function isTextScalar(scalar: QScalar): boolean {
  return scalar.kind === 'string' || scalar.kind === 'uri'
}

function indexValue(scalar: QScalar): string | number {
  const { value } = scalar
  return typeof value === 'string' ? indexedText(value) : Number(value)
}

// A longer text could be that of a longer value, of which the index keeps the beginning only.
function isWhole({ value }: QScalar): boolean {
  return typeof value !== 'string' || value.length < INDEXED_TEXT - 1
}
