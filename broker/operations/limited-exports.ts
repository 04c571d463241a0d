import { Problem } from '../core/model/problem.ts'
import type { Command } from './command.ts'
import { roomFor } from './room-for.ts'

/**
 * Lets an export run as long as there are not too many, and as its caller sees the same: what was read with other rights
 * is not told any more. @throws Problem TooManyRequests with what is asked for first, Forbidden when rights have changed
 */
export type Exports = <T>(
  command: Pick<Command, 'caller' | 'tenant'>,
  run: () => AsyncIterable<T>,
) => AsyncGenerator<T>

/** Bounds how many exports run at the same time, whatever they are of. */
export function limitedExports(most: number): Exports {
  const take = roomFor(most, 'exports')
  return async function* <T>(
    { caller, tenant }: Pick<Command, 'caller' | 'tenant'>,
    run: () => AsyncIterable<T>,
  ): AsyncGenerator<T> {
    const leave = take()
    const { id } = caller.view(tenant)
    try {
      for await (const each of run()) {
        if (caller.view(tenant).id !== id) throw otherRights()
        yield each
      }
    } finally {
      leave()
    }
  }
}

function otherRights(): Problem {
  return new Problem('Forbidden', 'Policies changed what this caller sees while it was exported: ask again')
}
