import type { Iri } from '../../../core/model/iri.ts'
import type { QNode, QPath } from '../../../core/query/ast.ts'
import { type Comparison, isAttribute, type ScalarTest, scalarTests } from '../../port/scalar-tests.ts'
import type { KeptValue } from '../mongo-documents.ts'
import type { Capabilities } from './capabilities.ts'
import { ANYTHING, allOf, anyOf, type EntityFilter, type Translation } from './filters.ts'
import { opaqueName, scalarName } from './indexed-values.ts'

/** What is known of the entries of values, which may be asked for. */
export interface ValueIndex extends Pick<Capabilities, 'codePointOrder'> {
  /** Nothing has expired, and of no attribute in question entries tell less than all. */
  readonly certain: boolean
}

/** Translates q (CIM 009 v1.9.1, 4.9); without entries of values to what attributes it needs. */
export function qFilter(node: QNode, index: ValueIndex | undefined): Translation {
  switch (node.kind) {
    case 'and':
      return allOf(node.nodes.map((part) => qFilter(part, index)))
    case 'or':
      return anyOf(node.nodes.map((part) => qFilter(part, index)))
    case 'exists':
      return existsFilter(node.path, index)
    case 'absent':
      return absentFilter(node.path, index)
    case 'compare':
      return comparisonFilter(node, index)
  }
}

/** Names the attributes whose entries a q is judged by. */
export function attributesOf(node: QNode): readonly Iri[] {
  return 'nodes' in node ? node.nodes.flatMap(attributesOf) : node.path.attributes.slice(0, 1)
}

/** Asks for an entry with one of these names and a value. */
export function entryFilter(names: readonly string[], v: ValueCondition): EntityFilter {
  const [only = ''] = names
  return { values: { $elemMatch: { n: names.length === 1 ? only : { $in: names }, v } } }
}

type ValueCondition =
  | KeptValue['v']
  | { readonly [operator: `$${string}`]: KeptValue['v'] | readonly KeptValue['v'][] }

function existsFilter(path: QPath, index: ValueIndex | undefined): Translation {
  const [attribute] = path.attributes
  if (attribute === undefined) return ANYTHING
  return { ...presence(attribute), exact: index?.certain === true && isAttribute(path) }
}

function absentFilter(path: QPath, index: ValueIndex | undefined): Translation {
  const [attribute] = path.attributes
  if (attribute === undefined || !index?.certain || !isAttribute(path)) return ANYTHING
  return { filter: { attributes: { $ne: attribute } }, exact: true }
}

/** Answers that an attribute is there, which is less than what was asked for. */
function presence(attribute: Iri): Translation {
  return { filter: { attributes: attribute }, exact: false }
}

function comparisonFilter(node: Comparison, index: ValueIndex | undefined): Translation {
  const [attribute] = node.path.attributes
  if (attribute === undefined) return ANYTHING
  const tests = index && scalarTests(node)
  if (!tests) return presence(attribute)
  const parts = tests.map((test) => testFilter(attribute, test, index))
  if (index.certain) return anyOf(parts)
  return anyOf([...parts, { filter: entryFilter([opaqueName(attribute)], 0), exact: false }])
}

function testFilter(attribute: Iri, test: ScalarTest, { codePointOrder }: ValueIndex): Translation {
  const { kinds, many, where, exact } = test
  if (kinds.length === 0) return anyOf([])
  const names = kinds.flatMap((kind) =>
    (many ? [false, true] : [false]).map((item) => scalarName(attribute, kind, item)),
  )
  if ('values' in where) {
    const [only = 0] = where.values
    return { filter: entryFilter(names, where.values.length === 1 ? only : { $in: where.values }), exact }
  }
  const { bounds } = where
  if (!codePointOrder && bounds.some(({ value }) => typeof value === 'string')) return presence(attribute)
  const range = Object.fromEntries(bounds.map(({ operator, value }) => [OPERATORS[operator], value]))
  return { filter: entryFilter(names, range), exact }
}

const OPERATORS = { '>': '$gt', '>=': '$gte', '<': '$lt', '<=': '$lte' } as const
