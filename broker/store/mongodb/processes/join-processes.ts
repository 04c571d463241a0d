import type { Db } from 'mongodb'
import { Leases } from './leases.ts'
import { MongoProcesses } from './mongo-processes.ts'
import { type OwnTime, ownTime } from './own-time.ts'
import { BEAT_MILLISECONDS, Presence, type Present } from './presence.ts'
import { type Guarantees, lackedBySeveral, probeGuarantees } from './probe-guarantees.ts'
import { Signals } from './signals.ts'

/** Who is told of what becomes of a process among others. */
export interface JoinOptions {
  /** Told what the server was seen to guarantee. */
  readonly found: (guarantees: Guarantees) => void
  /** Told that the others took this process for dead: nothing that it does beside requests is its own any more. */
  readonly lost: () => void
  /** Told of what went wrong and is tried again. */
  readonly failed: (error: unknown, text: string) => void
  /** Absent: the time of this process. */
  readonly time?: OwnTime
  /** Where it is known what the server guarantees it is not tried. */
  readonly guarantees?: Guarantees
}

/** What a process has that joined. */
export interface Joined {
  readonly processes: MongoProcesses
  readonly signals: Signals
  readonly guarantees: Guarantees
}

/**
 * Joins the processes that work on a database. Where the server cannot keep several apart this process has to be the only
 * one; one that was killed counts until the others would have taken it for dead. @throws Error that says why it may not join
 */
export async function joinProcesses(
  database: Db,
  { found, lost, failed, time = ownTime, guarantees: known }: JoinOptions,
): Promise<Joined> {
  const guarantees = known ?? (await probeGuarantees(database))
  found(guarantees)
  const { server, changeStreams } = guarantees
  const lacked = lackedBySeveral(guarantees)
  const presence = new Presence(database, time)
  await presence.enter()
  try {
    if (lacked !== undefined) await beAlone(presence, { server, lacked, database, time })
    const signals = new Signals(database, {
      changeStreams,
      time,
      failed: (error) => failed(error, 'other processes are not heard'),
    })
    const alone = lacked !== undefined
    if (!alone) await signals.start()
    const leases = new Leases(database, presence.id)
    const processes = new MongoProcesses({ presence, leases, signals, time, alone, lost, failed })
    processes.start()
    return { processes, signals, guarantees }
  } catch (error) {
    await presence.leave()
    throw error
  }
}

interface Refusing {
  readonly server: string
  readonly lacked: string
  readonly database: Db
  readonly time: OwnTime
}

/** Resolves when nobody else is present, or lives. @throws Error that names a process whose heart beats */
async function beAlone(presence: Presence, refusing: Refusing): Promise<void> {
  const first = new Map<string, number>()
  for (;;) {
    const { others, dead } = await presence.look()
    const left = [...others, ...(await presence.bury(dead))]
    const alive = left.find(({ _id, beat }) => beat > (first.get(_id) ?? beat))
    if (alive) throw refused(alive, refusing)
    if (left.length === 0) return
    for (const { _id, beat } of left) if (!first.has(_id)) first.set(_id, beat)
    await refusing.time.pause(BEAT_MILLISECONDS)
    await presence.beat()
  }
}

function refused({ host, pid }: Present, { server, lacked, database }: Refusing): Error {
  return new Error(
    `Database ${database.databaseName} has a hub already, process ${pid} on ${host}, and its server ${lacked}, ` +
      `so that a second hub process would lose writes (${server}): use a replica set or a sharded cluster of MongoDB for several`,
  )
}
