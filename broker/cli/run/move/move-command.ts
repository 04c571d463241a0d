import { CommandFailure } from '../../command-failure.ts'
import { tableText } from '../print-table.ts'
import { type ComparedTenant, move, nameOf, release } from './move.ts'
import { kindOf, openMoved } from './open-moved.ts'

/** Command line options of `hub move`. */
export interface MoveOptions {
  readonly from: string
  readonly to?: string
  readonly database: string
  readonly ahead: boolean
  readonly withoutTotals: boolean
  readonly release: boolean
}

const HASH_SHOWN = 16
const EVERY_MILLISECONDS = 2000

/** Moves a hub, and prints what both stores have. @throws CommandFailure */
export async function runMove(options: MoveOptions): Promise<void> {
  const { from: fromPlace, to: toPlace, database, ahead, withoutTotals } = options
  if (options.release) return releaseFrom(fromPlace, database)
  if (toPlace === undefined) throw new CommandFailure('Where is the hub to be moved? Name it with --to', 2)
  if (kindOf(fromPlace) === kindOf(toPlace)) {
    const text =
      'A hub is moved between the embedded store and MongoDB; within one of them hub backup, or the tools of MongoDB, do it'
    throw new CommandFailure(text, 2)
  }
  const from = await openMoved(fromPlace, database, 'from')
  try {
    const to = await openMoved(toPlace, database, 'to')
    try {
      const tenants = await move({ from, to, ahead, withoutTotals, tell, progress: nowAndThen() })
      if (ahead) return
      printCompared(tenants)
      tell(
        `the hub is in ${to.name} now, and ${from.name} takes no more writes: start it there, then stop it here`,
      )
    } finally {
      await to.store.close()
    }
  } finally {
    await from.store.close()
  }
}

async function releaseFrom(place: string, database: string): Promise<void> {
  const from = await openMoved(place, database, 'from')
  try {
    await release(from)
    tell(`${from.name} takes writes again`)
  } finally {
    await from.store.close()
  }
}

function printCompared(tenants: readonly ComparedTenant[]): void {
  const rows = tenants.flatMap(({ tenant, parts }) =>
    parts.map(({ what, pieces, to }) => [nameOf(tenant), what, String(pieces), to.slice(0, HASH_SHOWN)]),
  )
  process.stdout.write(tableText([['', 'what', 'on both sides', 'hash of both'], ...rows]))
}

/** A long move says how far it is. */
function nowAndThen(): (line: string) => void {
  let told = Date.now()
  return (line) => {
    if (Date.now() - told < EVERY_MILLISECONDS) return
    told = Date.now()
    process.stderr.write(`${line}\n`)
  }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}
