import { Problem } from '../core/model/problem.ts'

/** Lets an export run as long as there are not too many. @throws Problem TooManyRequests with what is asked for first */
export type Exports = <T>(run: () => AsyncIterable<T>) => AsyncGenerator<T>

/** Bounds how many exports run at the same time, whatever they are of. */
export function limitedExports(most: number): Exports {
  let running = 0
  return async function* <T>(run: () => AsyncIterable<T>): AsyncGenerator<T> {
    if (running >= most) throw busy(most)
    running++
    try {
      yield* run()
    } finally {
      running--
    }
  }
}

function busy(most: number): Problem {
  return new Problem('TooManyRequests', `Hub runs ${most} exports already, the most at the same time`, {
    headers: { 'Retry-After': '10' },
  })
}
