import { type SteppedServer, TIME, type WaitingOperation } from './stepped-server.ts'

/** A small case: processes that have begun what they do, and wait for their first turns. */
export interface ModelCase {
  readonly server: SteppedServer
  /** Resolves when nobody has anything left to do. */
  readonly done: () => boolean
  /** Looks at the state that all are in now, at the end or if they are killed here. */
  check(isEnd: boolean): Promise<void>
  /** Told that nothing more is asked of it. */
  end?(): void
}

/** What was looked at. */
export interface Explored {
  readonly states: number
  readonly ends: number
}

/**
 * Takes a case through every order in which the operations of different processes can happen, and checks each state that it
 * comes to once. With `interruptions`, through those orders alone in which a process is interrupted by another one so
 * often at most. @throws what a check throws, with the order of operations that led there
 */
export async function everyInterleaving(
  begin: () => Promise<ModelCase>,
  interruptions = Number.POSITIVE_INFINITY,
): Promise<Explored> {
  const known = new Set<string>()
  const open: (readonly number[])[] = [[]]
  let ends = 0
  for (let path = open.pop(); path; path = open.pop()) {
    const { server, done, check, end } = await begin()
    const taken: WaitingOperation[] = []
    let left = interruptions
    let waiting = await server.waiting()
    /** Whether an operation is of another process than the last one, which could have gone on. */
    const interrupts = ({ process }: WaitingOperation): boolean => {
      const last = taken.at(-1)?.process
      return process !== last && last !== TIME && waiting.some((one) => one.process === last)
    }
    const turn = async (at: number): Promise<void> => {
      const next = waiting[at]
      if (!next) throw new Error(`No operation ${at} waits`)
      if (interrupts(next)) left--
      taken.push(next)
      server.turn(at)
      waiting = await server.waiting()
    }
    for (const at of path) await turn(at)
    const along = [...path]
    const bound = () => (left === Number.POSITIVE_INFINITY ? '' : `${left} ${taken.at(-1)?.process} `)
    for (let state = bound() + server.state(); !known.has(state); state = bound() + server.state()) {
      known.add(state)
      const isEnd = waiting.length === 0
      if (isEnd) ends++
      try {
        if (isEnd && !done()) throw new Error('Processes wait for each other')
        await check(isEnd)
      } catch (error) {
        throw new Error(`After ${told(taken)}: ${error instanceof Error ? error.message : error}`, {
          cause: error,
        })
      }
      const [first, ...others] = firstOfEach(waiting).filter(
        (at) => left > 0 || !waiting[at] || !interrupts(waiting[at]),
      )
      if (first === undefined) break
      for (const other of others) open.push([...along, other])
      along.push(first)
      await turn(first)
    }
    end?.()
  }
  return { states: known.size, ends }
}

/** What a process asks for at once happens in that order. */
function firstOfEach(waiting: readonly WaitingOperation[]): readonly number[] {
  const places = new Map<number, number>()
  for (const [at, { process }] of waiting.entries()) if (!places.has(process)) places.set(process, at)
  return [...places.values()]
}

function told(taken: readonly WaitingOperation[]): string {
  return taken.map(({ process, what }) => `${process}: ${what}`).join(', ')
}
