import type { AttributeUse, TypeDefinition } from '../../ontology/vocabulary.ts'
import { wordsOf } from './field-name.ts'
import { KEYS } from './header-words.ts'
import { type Match, matchAttribute, vocabulary } from './match-attribute.ts'
import type { SampledField } from './sampled-field.ts'

/** A type that records could become entities of, and how sure that is beside the others. */
export interface TypeChoice {
  readonly type: TypeDefinition
  readonly confidence: number
}

/** Words of names of types that say nothing of what is observed. */
const OBSERVING = new Set(['observed', 'quan', 'trac'])

/** What fields become as attributes of one type: each attribute once. */
export type Assignment = ReadonlyMap<SampledField, Match>

/** A hint counts as much as one attribute that no other type has. */
const HINT = 1.2
/** So much is there when two attributes of the type alone are. */
const ENOUGH = 1.5

/** Ranks the types by the fields, and by words of the source such as its file name; the best first. */
export function chooseType(fields: readonly SampledField[], hints: readonly string[]): readonly TypeChoice[] {
  const rarity = rarities()
  const words = new Set(hints.flatMap(wordsOf))
  const ofFields = new Set(fields.flatMap(({ name }) => name.words))
  const scored = vocabulary()
    .types.filter(({ deprecated }) => deprecated === undefined)
    .map((type) => ({
      type,
      score: scoreOf(type, fields, rarity) + hintOf(type, words) + hintOf(type, ofFields) / 2,
    }))
    .sort((left, right) => right.score - left.score)
  const [first, second] = scored
  return scored.map(({ type, score }) => {
    const rival = (type === first?.type ? second : first)?.score ?? 0
    return { type, confidence: confidenceOf(score, rival) }
  })
}

/** Much of what the type has is there, and more than of any other: as much of two types is a guess. */
function confidenceOf(score: number, rival: number): number {
  if (score === 0) return 0
  const sure = 1.5 * Math.min(1, score / ENOUGH) * (score / (score + rival))
  return Math.min(0.99, Math.round(sure * 100) / 100)
}

/** Gives each attribute of a type the field that is most surely it. */
export function assignFields(type: TypeDefinition, fields: readonly SampledField[]): Assignment {
  const all = fields.flatMap((field) =>
    type.attributes.flatMap((use) => {
      const match = isOffered(use) ? matchAttribute(field, use) : undefined
      return match ? [{ field, match }] : []
    }),
  )
  const assigned = new Map<SampledField, Match>()
  const taken = new Set<string>()
  for (const { field, match } of all.sort((left, right) => right.match.confidence - left.match.confidence)) {
    if (assigned.has(field) || taken.has(match.column.attribute)) continue
    assigned.set(field, match)
    taken.add(match.column.attribute)
  }
  return assigned
}

/** What the feed itself writes, and what is not to be used any more, is not offered. */
function isOffered({ name, deprecated }: AttributeUse): boolean {
  return deprecated === undefined && !['source', 'dataProvider', 'refDataFeed', 'periodStart'].includes(name)
}

function scoreOf(
  type: TypeDefinition,
  fields: readonly SampledField[],
  rarity: ReadonlyMap<string, number>,
): number {
  const telling = fields.filter(({ name }) => !KEYS.includes(name.words.join(' ')))
  return [...assignFields(type, telling).values()].reduce(
    (sum, { confidence, column }) => sum + confidence * (rarity.get(column.attribute) ?? 0),
    0,
  )
}

/** What many types have tells them apart the least: 0 for what all have. */
function rarities(): ReadonlyMap<string, number> {
  const { types, attributes } = vocabulary()
  return new Map(
    attributes.map(({ name }) => {
      const users = types.filter((type) => type.attributes.some((use) => use.name === name)).length
      return [name, 1 - users / types.length]
    }),
  )
}

function hintOf({ name, label }: TypeDefinition, words: ReadonlySet<string>): number {
  const shares = [name, label.vi, label.en].map((text) => {
    const own = wordsOf(text).filter((word) => !OBSERVING.has(word))
    const said = own.filter((word) => words.has(word) || words.has(`${word}s`)).length
    // one word of several is said of many things
    return own.length > 0 && (said === own.length || (said > 1 && said >= own.length / 2))
      ? said / own.length
      : 0
  })
  return Math.max(...shares) * HINT
}
