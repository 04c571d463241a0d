import type { JsonObject } from '../model/json.ts'

interface Range {
  readonly tag: string
  readonly quality: number
}

/**
 * Picks the entry of a language map that a language list asks for (CIM 009 v1.9.1, 4.15; RFC 3282, look-up of RFC 4647).
 * Nothing fits: `@none`, else whatever there is; undefined only for an empty map.
 */
export function matchLanguage(list: string, map: JsonObject): string | undefined {
  const tags = Object.keys(map)
  const ranges = parseRanges(list)
  const refused = new Set(ranges.filter(({ quality }) => quality === 0).map(({ tag }) => tag))
  const open = tags.filter((tag) => tag !== '@none' && !refused.has(tag.toLowerCase()))
  for (const { tag, quality } of ranges) {
    if (quality === 0) continue
    const found = tag === '*' ? (open[0] ?? tags[0]) : lookUp(tag, open)
    if (found !== undefined) return found
  }
  return tags.includes('@none') ? '@none' : (open[0] ?? tags[0])
}

/** Best quality first; equal ones in the order given. */
function parseRanges(list: string): readonly Range[] {
  return list
    .split(',')
    .map(parseRange)
    .filter(({ tag }) => tag !== '')
    .sort((left, right) => right.quality - left.quality)
}

function parseRange(text: string): Range {
  const [tag = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const given = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = given === undefined ? 1 : Number(given.slice(2))
  return { tag, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}

/** The tag itself or a longer one (`en` finds `en-GB`), then the same with its last part cut off (`fr-CH`, `fr`). */
function lookUp(range: string, tags: readonly string[]): string | undefined {
  for (let prefix = range; prefix !== ''; prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf('-')))) {
    const exact = tags.find((tag) => tag.toLowerCase() === prefix)
    const longer = exact ?? tags.find((tag) => tag.toLowerCase().startsWith(`${prefix}-`))
    if (longer !== undefined) return longer
  }
  return undefined
}
