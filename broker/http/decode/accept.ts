import { Problem } from '../../core/model/problem.ts'
import { type AddedType, EXPANDED } from '../added-types.ts'
import type { MediaType } from '../route.ts'

interface Range {
  readonly type: string
  readonly weight: number
}

/** Forms of entities, in the order of preference among equal weights: the standard's list, not the client's (CIM 009 v1.9.1, 6.3.4). */
export const STANDARD_TYPES = [
  'application/json',
  'application/ld+json',
  'application/geo+json',
] as const satisfies readonly MediaType[]

/** Agrees on a representation among those offered. @throws Problem NotAcceptable, naming them */
export function agreeOnMediaType(accept: string | undefined, offered: readonly MediaType[]): MediaType {
  if (accept === undefined || accept.trim() === '' || accept === '*/*') return standardOf(offered)
  const ranges = (accept.match(RANGES) ?? []).map((range) => parseRange(range, offered))
  let best: MediaType | undefined
  let bestWeight = 0
  for (const type of [...STANDARD_TYPES, ...offered.filter(isAdded)]) {
    const weight = offered.includes(type) ? weightOf(type, ranges, offered) : 0
    if (weight > bestWeight) {
      best = type
      bestWeight = weight
    }
  }
  if (best) return best
  throw new Problem(
    'NotAcceptable',
    `None of the accepted media types is available: ${offered.join(', ')} are`,
    {
      members: { available: [...offered] },
    },
  )
}

/** What is answered when the client does not mind: never one of the types that the hub adds, where there is another. */
function standardOf(offered: readonly MediaType[]): MediaType {
  const [first = STANDARD_TYPES[0]] = offered
  return isAdded(first) ? first : STANDARD_TYPES[0]
}

function isAdded(type: MediaType): type is AddedType {
  return !(STANDARD_TYPES as readonly MediaType[]).includes(type)
}

/**
 * The most specific range that covers the type decides its weight, so `;q=0` holds against a wildcard. What the hub
 * adds to the standard's types is covered by its name alone.
 */
function weightOf(type: MediaType, ranges: readonly Range[], offered: readonly MediaType[]): number {
  const added = isAdded(type) && type !== standardOf(offered)
  for (const pattern of added ? [type] : [type, `${type.split('/', 1)[0]}/*`, '*/*']) {
    const weights = ranges.filter((range) => range.type === pattern).map(({ weight }) => weight)
    if (weights.length > 0) return Math.max(...weights)
  }
  return 0
}

/**
 * A list of ranges with parameters, whose quoted values may hold what separates elsewhere (RFC 9110, 5.6.6 and 12.5.1).
 * A quote that does not close goes on to the end: nothing is read twice.
 */
const RANGES = /(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g
const PARAMETERS = /(?:"(?:[^"\\]|\\.)*"?|[^;"])+/g
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/** A profile that is not offered says nothing, like any other parameter. */
function parseRange(text: string, offered: readonly MediaType[]): Range {
  const [type = '', ...parameters] = (text.match(PARAMETERS) ?? []).map((part) => part.trim().toLowerCase())
  const weight = parameters
    .map((parameter) => WEIGHT.exec(parameter)?.[1])
    .find((found) => found !== undefined)
  // what is no weight says nothing: the range counts in full (RFC 9110, 12.4.2)
  const expanded = type === 'application/ld+json' && parameters.some(isExpandedProfile)
  return {
    type: expanded && offered.includes(EXPANDED) ? EXPANDED : type,
    weight: weight === undefined ? 1 : Number(weight),
  }
}

function isExpandedProfile(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=', 2)
  if (name.trim() !== 'profile') return false
  return value.replaceAll('"', ' ').split(' ').includes('http://www.w3.org/ns/json-ld#expanded')
}
