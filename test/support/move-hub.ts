import { move } from '../../broker/cli/run/move/move.ts'
import { type NamedStore, openMoved } from '../../broker/cli/run/move/open-moved.ts'

/** What `hub move` is told, and what a test does to it. */
interface MovedHub {
  readonly from: string
  readonly to: string
  readonly database: string
  readonly ahead?: boolean
  /** It is cut off once a line of its progress has this. */
  readonly cutAt?: string
  /** Is given where it moves from, before it does. */
  readonly opened?: (source: NamedStore) => void
}

/** Moves a hub as the command does; answers what is told of that. @throws Error where it is cut off or refused */
export async function moveHub({
  from,
  to,
  database,
  ahead = false,
  cutAt = '-',
  opened = () => undefined,
}: MovedHub): Promise<readonly string[]> {
  const told: string[] = []
  const source = await openMoved(from, database, 'from')
  try {
    opened(source)
    const target = await openMoved(to, database, 'to')
    try {
      const progress = (line: string): void => {
        if (line.includes(cutAt)) throw new Error(`cut off at ${line}`)
      }
      const order = { from: source, to: target, ahead, withoutTotals: false, progress }
      await move({ ...order, tell: (line) => void told.push(line) })
      return told
    } finally {
      await target.store.close()
    }
  } finally {
    await source.store.close()
  }
}
