import { Document, isMap, isScalar, type Pair, type Scalar, type YAMLMap } from 'yaml'
import type { ColumnMapping } from '../kit/definition/column-mapping.ts'
import type { FormatDefinition } from '../kit/definition/feed-definition.ts'
import type { JsonMap } from '../kit/values/json.ts'
import type { FieldProposal } from './propose-mapping.ts'

/** What a new feed.yaml says besides its mapping. */
export interface NewFeed {
  readonly name: string
  readonly title: string
  readonly dataProvider: string
  readonly city: string
  /** As it is written: without what has a default. */
  readonly transport: JsonMap
  readonly format: FormatDefinition
  /** Coordinates are of a system that is to be detected. */
  readonly detectsPlaces: boolean
}

/** What a mapping has beside its columns in comments: how sure each is, and why. */
export interface Mapped {
  readonly mapping: ColumnMapping
  readonly fields: readonly FieldProposal[]
}

/** Writes a feed.yaml; without a mapping one that records pass through, to look at them. */
export function definitionText(feed: NewFeed, mapped?: Mapped): string {
  const { name, title, dataProvider, city, transport, format, detectsPlaces } = feed
  const document = new Document({
    ...{ name, title, source: `urn:ngsi-ld:Feed:\${city}:${name}`, dataProvider },
    variables: { city },
    ...{ transport, format },
    ...(detectsPlaces && { places: { crs: 'detect' } }),
    mapping: mapped?.mapping ?? { expression: '$' },
  })
  if (mapped) comment(document, mapped)
  for (const part of ['transport', 'format', 'variables', 'places']) flow(document.get(part))
  for (const part of ['time', 'place']) flow(document.getIn(['mapping', part]))
  return document.toString({ lineWidth: 110, singleQuote: true })
}

function comment(document: Document, { fields }: Mapped): void {
  const columns = document.getIn(['mapping', 'columns'])
  for (const { field, confidence, reasons } of fields) {
    const pair = pairOf(columns, field)
    if (!pair) continue
    flow(pair.value)
    const node = pair.value as (Scalar | YAMLMap) | null // what a pair of a new document holds
    if (node) node.comment = ` ${commentText(confidence, reasons)}`
  }
  const ignored = document.getIn(['mapping', 'ignore'])
  const items = isSequence(ignored) ? ignored.items : []
  for (const item of items) {
    const found = fields.find(({ field }) => isScalar(item) && item.value === field)
    if (found && isScalar(item)) item.comment = ` ${ignoredText(found)}`
  }
}

function ignoredText({ part, column, confidence, reasons }: FieldProposal): string {
  if (part === 'personal') return `of persons: ${reasons.join('; ')}`
  if (part === 'unsure' && column)
    return `unsure, perhaps ${column.attribute} ${commentText(confidence, reasons)}`
  return reasons.join('; ')
}

function commentText(confidence: number, reasons: readonly string[]): string {
  return `${confidence.toFixed(2)}: ${reasons.join('; ')}`
}

function pairOf(map: unknown, key: string): Pair | undefined {
  return isMap(map) ? map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) : undefined
}

function flow(node: unknown): void {
  if (isMap(node)) node.flow = true
}

function isSequence(node: unknown): node is { readonly items: readonly unknown[] } {
  return typeof node === 'object' && node !== null && Array.isArray((node as { items?: unknown }).items) // looked at only
}
