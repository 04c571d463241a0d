import type { QNode, QPath, QScalar } from '../../core/query/ast.ts'
import { INDEXED_TEXT, type IndexKind, indexedText } from './index-entries.ts'

export type Comparison = Extract<QNode, { kind: 'compare' }>

/** One end of a range of values, as an index keeps them. */
export interface ValueBound {
  readonly operator: '>' | '>=' | '<' | '<='
  readonly value: string | number
}

/** A test on the scalars that an index has of one attribute. */
export interface ScalarTest {
  readonly kinds: readonly IndexKind[]
  /** Items of arrays are tested too. */
  readonly many: boolean
  /** Equal to one of these, or within all of these bounds. */
  readonly where:
    | { readonly values: readonly (string | number)[] }
    | { readonly bounds: readonly ValueBound[] }
  /** What passes satisfies the comparison, where the index describes the attribute. */
  readonly exact: boolean
}

const TEXT_KINDS: readonly IndexKind[] = ['string', 'language', 'vocab', 'uri']

/**
 * Answers tests of which an attribute passes one at least when it satisfies a comparison (CIM 009 v1.9.1, 4.9); undefined:
 * an index cannot tell.
 */
export function scalarTests(node: Comparison): readonly ScalarTest[] | undefined {
  const { path, operator, value, expanded } = node
  if (!isAttribute(path) || node.jsonKeys) return undefined
  if (operator === '==') {
    const tests = equalityTests(value)
    return tests && expanded ? withExpanded(tests, expanded) : tests
  }
  if (operator === '!=' || operator === '~=' || operator === '!~=') return undefined
  if (value.kind === 'list' || value.kind === 'range') return []
  const bound = boundOf(operator, value)
  return (
    bound && [{ kinds: orderedKinds(value), many: false, where: { bounds: [bound] }, exact: isWhole(value) }]
  )
}

/** Tells whether a path names an attribute itself, and nothing inside or behind it. */
export function isAttribute({ attributes, member, value, linked }: QPath): boolean {
  return attributes.length === 1 && !member && !value && !linked
}

function equalityTests(value: Comparison['value']): readonly ScalarTest[] | undefined {
  if (value.kind === 'range') return rangeTests(value)
  const scalars = value.kind === 'list' ? value.values : [value]
  const groups = new Map<string, QScalar[]>()
  for (const scalar of scalars) {
    const group = isTextScalar(scalar) ? 'text' : scalar.kind
    groups.set(group, [...(groups.get(group) ?? []), scalar])
  }
  return [...groups.values()].map(equalityTest)
}

function rangeTests({
  from,
  to,
}: Extract<Comparison['value'], { kind: 'range' }>): readonly ScalarTest[] | undefined {
  const low = boundOf('>=', from)
  const high = boundOf('<=', to)
  if (!low || !high) return undefined
  const kinds = orderedKinds(from).filter((kind) => orderedKinds(to).includes(kind))
  return [{ kinds, many: true, where: { bounds: [low, high] }, exact: isWhole(from) && isWhole(to) }]
}

function equalityTest(scalars: readonly QScalar[]): ScalarTest {
  const [first] = scalars
  return {
    kinds: first ? kindsOf(first) : [],
    many: true,
    where: { values: scalars.map(indexValue) },
    exact: scalars.every(isWhole),
  }
}

function boundOf(operator: ValueBound['operator'], scalar: QScalar): ValueBound | undefined {
  if (scalar.kind === 'boolean') return undefined
  const closed = operator === '>' || operator === '>=' ? '>=' : '<='
  return { operator: isWhole(scalar) ? operator : closed, value: indexValue(scalar) }
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

/** Relationships have no order. */
function orderedKinds(scalar: QScalar): readonly IndexKind[] {
  return kindsOf(scalar).filter((kind) => kind !== 'uri')
}

function isTextScalar(scalar: QScalar): boolean {
  return scalar.kind === 'string' || scalar.kind === 'uri'
}

function indexValue({ value }: QScalar): string | number {
  return typeof value === 'string' ? indexedText(value) : Number(value)
}

// A longer text could be that of a longer value, of which the index keeps the beginning only.
function isWhole({ value }: QScalar): boolean {
  return typeof value !== 'string' || value.length < INDEXED_TEXT - 1
}
