import { Problem } from '../../core/model/problem.ts'
import { type DeadLetter, keyOf } from '../../subscriptions/dead-letters.ts'
import { findSubscription, type OfSubscription } from './keep-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

export interface ListDeadLetters extends OfSubscription {
  readonly limit: number
  /** Where the page before ended (`ListedDeadLetters.next`). */
  readonly after?: string
}

export interface ListedDeadLetters {
  readonly letters: readonly DeadLetter[]
  /** Place to go on from; absent when nothing follows. */
  readonly next?: string
}

/** Lists notifications that were given up, the oldest first. @throws Problem */
export const listDeadLetters =
  (dependencies: SubscriptionDependencies) =>
  async ({ limit, after, ...command }: ListDeadLetters): Promise<ListedDeadLetters> => {
    await findSubscription(dependencies, command, 'read')
    const { tenant, id } = command
    const found = await dependencies.registry.deadLetters.list(tenant, id, {
      limit: limit + 1,
      ...(after !== undefined && { after }),
    })
    const letters = found.slice(0, limit)
    const last = letters.at(-1)
    return { letters, ...(last && found.length > limit && { next: keyOf(last) }) }
  }

export interface OfDeadLetters extends OfSubscription {
  /** Id of the notification; absent: all that were given up. */
  readonly letter?: string
}

/** Deletes one notification that was given up, or all of them. @throws Problem ResourceNotFound for one that is not there */
export const deleteDeadLetters =
  (dependencies: SubscriptionDependencies) =>
  async (command: OfDeadLetters): Promise<void> => {
    await findSubscription(dependencies, command, 'update')
    const { registry } = dependencies
    for await (const letter of lettersOf(dependencies, command))
      await registry.deadLetters.delete(command.tenant, letter)
  }

/** What became of a replay. A type, not an interface, so that it is JSON as it stands. */
export type ReplayedDeadLetters = {
  /** They are on their way once more, and dead letters until they arrive. */
  readonly replayed: number
  /** What they told of is not in the log any more, or the subscription is not at work. */
  readonly gone: number
  /** There were more than one replay takes: replay again when these have arrived. */
  readonly more: boolean
}

const MOST_REPLAYED = 1000

/** Delivers what was given up once more, in the order of the changes. @throws Problem */
export const replayDeadLetters =
  (dependencies: SubscriptionDependencies) =>
  async (command: OfDeadLetters): Promise<ReplayedDeadLetters> => {
    await findSubscription(dependencies, command, 'update')
    let [replayed, gone] = [0, 0]
    for await (const letter of lettersOf(dependencies, command)) {
      if (replayed + gone === MOST_REPLAYED) return { replayed, gone, more: true }
      if (await dependencies.registry.replay(command.tenant, letter)) replayed++
      else gone++
    }
    return { replayed, gone, more: false }
  }

const PAGE = 500

async function* lettersOf(
  { registry }: SubscriptionDependencies,
  { tenant, id, letter: wanted }: OfDeadLetters,
): AsyncGenerator<DeadLetter> {
  let after: string | undefined
  let found = 0
  do {
    const page = await registry.deadLetters.list(tenant, id, {
      limit: PAGE,
      ...(after !== undefined && { after }),
    })
    for (const letter of page) {
      if (wanted !== undefined && letter.id !== wanted) continue
      found++
      yield letter
    }
    const last = page.at(-1)
    after = page.length < PAGE || !last ? undefined : keyOf(last)
  } while (after !== undefined)
  if (wanted !== undefined && found === 0)
    throw new Problem(
      'ResourceNotFound',
      `Subscription ${id} has no notification of that id that was given up`,
    )
}
