import type { JsonObject } from '../../../core/model/json.ts'
import { ATTRIBUTES, SELECTION, type Selection, selectionParameters } from '../selection.ts'
import { LARGEST_RESULT, tool } from '../tool.ts'

interface Changes extends Selection {
  readonly after?: string
  readonly watched?: readonly string[]
  readonly pick?: readonly string[]
  readonly limit?: number
  readonly wait?: number
}

/** Clients wait a minute for a result, as a rule. */
const LONGEST_WAIT = 30
const STANDARD_LIMIT = 50
/** What stands around the changes of a result. */
const ROOM = 2000

/** Tells what changed since it was asked last, or waits until something does. */
export const changes = tool<Changes>({
  name: 'changes',
  title: 'Follow changes',
  description:
    'Tells what changed in entities that you may see. The first call, without after, answers a place that stands for now; each further ' +
    'call with it answers the changes since, and the next place. With wait it answers as soon as something changes. after=earliest ' +
    'begins with the oldest change that is kept.',
  input: {
    ...SELECTION,
    after: {
      type: 'string',
      pattern: '^[\\w.-]{1,400}$',
      description: 'The place that the call before answered',
    },
    watched: { ...ATTRIBUTES, description: 'Only changes of these attributes' },
    pick: { ...ATTRIBUTES, description: 'Attributes to answer, besides id and type' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: STANDARD_LIMIT },
    wait: {
      type: 'integer',
      minimum: 0,
      maximum: LONGEST_WAIT,
      default: 0,
      description: 'Seconds to wait for a change when there is none',
    },
  },
  output: {
    changes: {
      type: 'array',
      items: { type: 'object' },
      description:
        'Oldest first, each with the entity as it is for you after it; tooLarge: query it, with pick',
    },
    after: { type: 'string', description: 'The place to go on from' },
    more: { type: 'boolean', description: 'The end was not reached: call again at once' },
  },
  run: async (given, { ask, gone }) => {
    const { after, watched, pick, limit = STANDARD_LIMIT, wait = 0 } = given
    const answer = await ask({
      path: '/hub/v1/changes',
      headers: { accept: 'application/x-ndjson' },
      parameters: {
        ...selectionParameters(given),
        ...(after !== undefined && { after }),
        ...(watched && { watchedAttributes: watched.join(',') }),
        ...(pick && { pick: ['id', 'type', ...pick].join(',') }),
        format: 'simplified',
        limit: String(limit),
        wait: String(wait),
      },
    })
    if (!answer.stream) throw new Error('Route of changes answers no stream')
    return take(linesOf(answer.stream(gone)), LARGEST_RESULT - ROOM)
  },
})

/** What there is of a change beside its entity. */
const LEAST = 500

interface Taken {
  readonly entity?: JsonObject
  readonly after: string
  readonly more?: true
}

/** Takes changes until there is no room: the place of the last one leads on to the rest. One that is too large comes without its entity. */
async function take(lines: AsyncIterable<string>, room: number): Promise<JsonObject> {
  const taken: JsonObject[] = []
  let left = room
  let place: JsonObject = {}
  for await (const line of lines) {
    const { after, more, entity, ...change } = JSON.parse(line) as Taken & JsonObject // as its route writes it
    const isLarge = line.length > room
    left -= isLarge ? LEAST : line.length
    if (left < 0) return { changes: taken, ...place, more: true }
    place = { after, ...(more && { more }) }
    if (Object.keys(change).length > 0)
      taken.push({ ...change, ...(isLarge ? { tooLarge: true } : entity && { entity }) })
  }
  return { changes: taken, ...place }
}

async function* linesOf(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  let open = ''
  for await (const piece of pieces) {
    const lines = (open + String(piece)).split('\n')
    open = lines.pop() ?? ''
    yield* lines
  }
  if (open !== '') yield open
}
