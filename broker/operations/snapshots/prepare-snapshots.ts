import { setTimeout as pause } from 'node:timers/promises'
import type { Entity } from '../../core/model/entity.ts'
import { Problem } from '../../core/model/problem.ts'
import { copyEntities } from './copy-entities.ts'
import { keepSnapshot, type OfSnapshot, type SnapshotStore } from './keep-snapshot.ts'
import { contentOf, LEASE, type QueryResult, type Snapshot, statusOf } from './snapshot.ts'

/** Told of what went wrong with a query that went on. */
export type TellProblem = (problem: NonNullable<QueryResult['problem']>) => void

/** A snapshot to be filled: the entities of each of its queries, or all those of the one that it is a clone of. */
export interface Preparation {
  readonly command: OfSnapshot
  readonly snapshot: Snapshot
  readonly parts: readonly ((tell: TellProblem) => AsyncIterable<Entity>)[]
  /** All parts are one thing that succeeds or fails, with or without entities (5.16.2.4). */
  readonly clone?: true
}

/** What preparing needs besides the store. */
export interface PreparingDependencies extends SnapshotStore {
  /** So many entities at most are copied into one snapshot. */
  readonly maxEntities: number
  /** Told of each snapshot that is ready, or failed. */
  readonly ready: (command: OfSnapshot, snapshot: Snapshot) => void
  /** Told of faults that are the hub's own. */
  readonly failed: (error: unknown) => void
}

/** Fills snapshots in the background, one after the other. */
export interface Preparations {
  start(preparation: Preparation): void
  /** Leaves what is not ready as it is: it counts as failed once its lease ends. */
  stop(): Promise<void>
}

const RENEW_MILLISECONDS = 5000

/** Makes the line of snapshots that wait to be filled. */
export function createPreparations(dependencies: PreparingDependencies): Preparations {
  const stopping = new AbortController()
  let line = Promise.resolve()
  return {
    start: (preparation) => {
      const ended = new AbortController()
      void renewUntil(ended.signal, () => renew(dependencies, preparation))
      line = line
        .then(() => prepare(dependencies, preparation, stopping.signal))
        .catch(dependencies.failed)
        .finally(() => ended.abort())
    },
    stop: async () => {
      stopping.abort()
      await line
    },
  }
}

async function prepare(
  dependencies: PreparingDependencies,
  { command, snapshot, parts, clone }: Preparation,
  stopping: AbortSignal,
): Promise<void> {
  const content = contentOf(snapshot, command.tenant)
  const results: QueryResult[] = []
  let room = dependencies.maxEntities
  for (const entities of parts) {
    if (stopping.aborted) return
    const copy = async (tell: TellProblem) => {
      const copying = { content, entities: () => entities(tell), stopping, room }
      const count = await copyEntities(dependencies, copying)
      room -= count
      return count
    }
    results.push(await resultOf(dependencies, copy))
  }
  if (stopping.aborted) return
  const status = clone ? statusOfClone(results) : statusOf(results)
  let isOurs = false
  const kept = await keepSnapshot(dependencies, command, (current, now) => {
    isOurs = isBeingPrepared(current, snapshot)
    if (!isOurs || !current) return current
    const { preparedUntil: _, ...rest } = current
    return { ...rest, status, results: clone ? [] : results, modifiedAt: now }
  })
  if (!isOurs || status === 'failure') await dependencies.store.dropHidden(content)
  if (isOurs && kept) dependencies.ready(command, kept)
}

function statusOfClone(results: readonly QueryResult[]): 'success' | 'failure' {
  return results.some(({ status }) => status === 'failure') ? 'failure' : 'success'
}

/** Copies the entities of one query; what goes wrong is told of the query. */
async function resultOf(
  { failed }: PreparingDependencies,
  copy: (tell: TellProblem) => Promise<number>,
): Promise<QueryResult> {
  const told: QueryResult['problem'][] = []
  try {
    const count = await copy((each) => told.push(each))
    const [problem] = told
    return { status: count > 0 ? 'success' : 'empty', ...(problem && { problem }) }
  } catch (error) {
    if (error instanceof Problem)
      return { status: 'failure', problem: { code: error.code, text: error.message } }
    failed(error)
    return { status: 'failure', problem: { code: 'InternalError', text: 'Hub failed on this query' } }
  }
}

async function renewUntil(ended: AbortSignal, renewed: () => Promise<void>): Promise<void> {
  while (!ended.aborted) {
    await pause(RENEW_MILLISECONDS, undefined, { ref: false, signal: ended }).catch(() => undefined)
    if (!ended.aborted) await renewed()
  }
}

async function renew(dependencies: PreparingDependencies, { command, snapshot }: Preparation): Promise<void> {
  await keepSnapshot(dependencies, command, (current, now) =>
    current && isBeingPrepared(current, snapshot) ? { ...current, preparedUntil: now + LEASE } : current,
  ).catch(dependencies.failed)
}

/** Not any more where it was deleted meanwhile, is another one of that name, or was given up, content and all. */
function isBeingPrepared(current: Snapshot | undefined, { key }: Snapshot): boolean {
  return current?.key === key && current.status === 'preparing'
}
