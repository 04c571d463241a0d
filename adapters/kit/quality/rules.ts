import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { AttributeUse, Vocabulary } from '../../../ontology/vocabulary.ts'
import type { FeedQuality } from '../definition/feed-definition.ts'
import type { SeriesRules } from './series.ts'

/** Answers what observations of an attribute are held against; undefined: no account is kept of them. */
export type RulesOf = (type: string, attribute: string) => SeriesRules | undefined

const MINUTE = 60_000
const PERIOD = /^P(?:(1)D|T(?:(\d+)H)?(?:(\d+)M)?)$/
const NEVER = 'none'

let vocabulary: Vocabulary | undefined

/**
 * Reads what a feed says of its quality. There is an account of what is measured or of a list. Attributes that may tell of a person,
 * and those that the ontology does not know, have none: it would be a second place of what they say.
 */
export function rulesOf(quality: FeedQuality): RulesOf {
  const known = new Map<string, SeriesRules | undefined>()
  return (type, attribute) => {
    const key = `${type} ${attribute}`
    const rules = known.get(key)
    if (rules || known.has(key)) return rules
    known.set(key, rulesFor(type, attribute, quality))
    return known.get(key)
  }
}

/** Reads a period of a feed.yaml, milliseconds: a day, or hours and minutes of it. */
export function millisecondsOf(period: string): number {
  const [, day, hours = '0', minutes = '0'] = PERIOD.exec(period) ?? []
  return (Number(day ?? 0) * 1440 + Number(hours) * 60 + Number(minutes)) * MINUTE
}

/** Answers the period that a feed declares for an attribute. */
export function periodOf(attribute: string, { period, periods = {} }: FeedQuality): string | undefined {
  const own = Object.hasOwn(periods, attribute) ? periods[attribute] : period
  return own === NEVER ? undefined : own
}

function rulesFor(type: string, attribute: string, quality: FeedQuality): SeriesRules | undefined {
  vocabulary ??= readOntology(packageRoot).vocabulary
  const use = vocabulary.types
    .find(({ name }) => name === type)
    ?.attributes.find(({ name }) => name === attribute)
  if (use?.personalData !== 'none' || !isMeasured(use, vocabulary)) return undefined
  const { delay, varying, outliers } = quality
  const period = periodOf(attribute, quality)
  const milliseconds = period === undefined ? undefined : millisecondsOf(period)
  return {
    ...(milliseconds !== undefined && { period: milliseconds }),
    delay: delay === undefined ? (milliseconds ?? 0) : millisecondsOf(delay),
    ...(varying?.attributes.includes(attribute) && { stuckAfter: varying.after }),
    ...(outliers?.attributes.includes(attribute) && { outliers }),
    allows: allowed(use, vocabulary),
  }
}

function isMeasured({ name, values }: AttributeUse, { attributes }: Vocabulary): boolean {
  const value = attributes.find((one) => one.name === name)?.value
  return values !== undefined || value === 'number' || value === 'integer' || value === 'boolean'
}

/** By the range and the list of the ontology; what has neither is allowed. */
function allowed(
  { minimum = -Infinity, maximum = Infinity, values }: AttributeUse,
  { valueLists }: Vocabulary,
): SeriesRules['allows'] {
  const list = values === undefined ? undefined : valueLists[values]
  const fits = (value: unknown): boolean => {
    if (typeof value === 'number') return value >= minimum && value <= maximum
    return typeof value !== 'string' || !list || Object.hasOwn(list, value)
  }
  return (value) => (Array.isArray(value) ? value.every(fits) : fits(value))
}
