import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import { id } from './entities.ts'
import type { LoadRequest } from './load.ts'

/** Where is committed meanwhile, and where that has to be seen. */
export interface Places {
  readonly writer: string
  readonly reader: string
  /** So many milliseconds after a commit was answered each request is answered with it. */
  readonly staleness: number
}

/** Commits that go on until they are ended. */
export interface CommitsMeanwhile {
  /** Answers how late each was seen, in milliseconds. @throws Error where one was not seen in time, or refused */
  end(): Promise<readonly number[]>
}

/** Time between one commit and the next. */
export const COMMIT_MILLISECONDS = 500
/** Time between two requests that look for a commit. */
const LOOK_MILLISECONDS = 20

/** Changes one of the first so many entities now and then, and looks for each change where that entity is read. */
export function commitMeanwhile(
  places: Places,
  entities: number,
  read: (entity: number) => LoadRequest,
): CommitsMeanwhile {
  const ending = new AbortController()
  const running = run()
  // it is told by `end`, which is called later
  running.catch(() => {})
  return {
    end() {
      ending.abort()
      return running
    },
  }

  async function run(): Promise<readonly number[]> {
    const late: number[] = []
    while (!ending.signal.aborted) {
      const entity = late.length % entities
      late.push(await commitOnce(places, entity, read(entity)))
      await pause(COMMIT_MILLISECONDS, undefined, { signal: ending.signal }).catch(() => {})
    }
    return late
  }
}

/**
 * Changes an entity, and counts from the answer to the beginning of the first request that is answered with the change. @throws
 * Error where it is not seen in time
 */
export async function commitOnce(
  { writer, reader, staleness }: Places,
  entity: number,
  { path }: LoadRequest,
): Promise<number> {
  const value = Date.now()
  await commit(writer, entity, value)
  const committed = performance.now()
  for (;;) {
    const late = performance.now() - committed
    const answer = await request(`${reader}${path}`)
    if (hasValue(await answer.body.json(), id(entity), value)) return late
    if (late >= staleness)
      throw new Error(`GET ${path} does not have a change that was answered ${Math.round(late)} ms before`)
    await pause(LOOK_MILLISECONDS)
  }
}

async function commit(writer: string, entity: number, value: number): Promise<void> {
  const answer = await request(`${writer}/ngsi-ld/v1/entities/${id(entity)}/attrs`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pm10: { type: 'Property', value, unitCode: 'GQ' } }),
  })
  if (answer.statusCode !== 204)
    throw new Error(`A change was answered ${answer.statusCode}: ${await answer.body.text()}`)
  await answer.body.dump()
}

/** An entity, or a page of them. */
function hasValue(answer: unknown, entity: string, value: number): boolean {
  const entities = [answer].flat() as readonly { id: string; pm10: { value: number } }[] // as the benches create them
  return entities.some(({ id: name, pm10 }) => name === entity && pm10.value === value)
}
