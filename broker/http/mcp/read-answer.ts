import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { WrittenAnswer } from '../encode/write-answer.ts'

/** Reads the JSON of an answer. */
export function jsonOf({ body = 'null' }: WrittenAnswer): JsonValue {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString()
  return JSON.parse(text) as JsonValue // the API writes JSON
}

/** Reads a header of an answer that is given once. */
export function headerOf({ headers }: WrittenAnswer, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

/** What stands beside the content of an answer: how many there are, where it goes on, what other hubs could not answer. */
export function besides(answer: WrittenAnswer): JsonObject {
  const { 'NGSILD-Warning': warnings = [], Link: links = [] } = answer.headers
  const count = headerOf(answer, 'NGSILD-Results-Count')
  const together = headerOf(answer, 'Hub-Results-Together')
  const noise = headerOf(answer, 'Hub-Count-Noise')
  const unit = headerOf(answer, 'Hub-Unit')
  const part = headerOf(answer, 'Content-Range')
  const next = [links].flat().map(nextPlace).find(Boolean)
  const warned = [warnings].flat()
  return {
    ...(count !== undefined && { count: Number(count) }),
    ...(together !== undefined && { countedTogether: Number(together) }),
    ...(noise !== undefined && { countNoise: noise }),
    ...(unit !== undefined && { unit }),
    ...(part !== undefined && { part }),
    ...(next !== undefined && { next }),
    ...(warned.length > 0 && { warnings: warned }),
  }
}

/** Where the next page begins, as a parameter; undefined: the link leads elsewhere. */
function nextPlace(link: string): string | undefined {
  if (!/;\s*rel="next"/.test(link)) return undefined
  const search = new URLSearchParams(/^<[^?>]*\?([^>]*)>/.exec(link)?.[1])
  const name = ['after', 'offset'].find((each) => search.has(each))
  return name && `${name}=${search.get(name)}`
}

/** Members of results that `besides` tells. */
export const BESIDES = {
  count: { type: 'integer', description: 'Entities that match' },
  countedTogether: {
    type: 'integer',
    description: 'How many of them you may be told of together with others only',
  },
  countNoise: { type: 'string', description: 'Why the count is not exact' },
  unit: { type: 'string', description: 'Administrative unit that was meant' },
  part: {
    type: 'string',
    description: 'Only this part of the time is answered: ask for the rest by from and to',
  },
  next: { type: 'string', description: 'There is more: call again with this, everything else the same' },
  warnings: {
    type: 'array',
    items: { type: 'string' },
    description: 'Other hubs that did not answer, so that something may be missing',
  },
}
