import { roomFor } from './room-for.ts'

/** Lets an export run as long as there are not too many. @throws Problem TooManyRequests with what is asked for first */
export type Exports = <T>(run: () => AsyncIterable<T>) => AsyncGenerator<T>

/** Bounds how many exports run at the same time, whatever they are of. */
export function limitedExports(most: number): Exports {
  const take = roomFor(most, 'exports')
  return async function* <T>(run: () => AsyncIterable<T>): AsyncGenerator<T> {
    const leave = take()
    try {
      yield* run()
    } finally {
      leave()
    }
  }
}
