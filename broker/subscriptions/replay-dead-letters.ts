import type { LogRecord } from '../core/model/change.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { DeadLetter, DeadLetters } from './dead-letters.ts'
import type { Settled } from './deliver/delivery.ts'
import type { Subscriber } from './subscriber.ts'
import type { SubscriptionsOptions } from './subscriptions-options.ts'

/** What dead letters are delivered once more with. */
export interface ReplayDependencies extends Pick<SubscriptionsOptions, 'store' | 'clock' | 'failed'> {
  readonly deadLetters: Pick<DeadLetters, 'has' | 'replace' | 'delete'>
  readonly subscriber: (tenant: Tenant, id: string) => Subscriber | undefined
}

/**
 * Makes what delivers a dead letter once more; it is gone when that succeeds. Answers false where its changes are not in the
 * log any more.
 */
export function createReplays({
  store,
  clock,
  failed,
  deadLetters,
  subscriber: find,
}: ReplayDependencies): (tenant: Tenant, letter: DeadLetter) => Promise<boolean> {
  /** Letters that are on their way once more. */
  const underWay = new Set<string>()

  return async (tenant, letter) => {
    if (underWay.has(letter.id)) return true
    underWay.add(letter.id)
    let goes = false
    try {
      const subscriber = find(tenant, letter.subscriptionId)
      const records = await recordsAt(tenant, letter.positions)
      if (!subscriber || records.length < letter.positions.length) return false
      // it may have arrived since it was read
      if (!(await deadLetters.has(tenant, letter))) return true
      goes = true
      subscriber.redeliver(letter.id, records, (outcome) => {
        const kept = deadAgain(letter, outcome)
        const done = kept ? deadLetters.replace(tenant, kept) : deadLetters.delete(tenant, letter)
        done
          .catch((error: unknown) => failed(error, 'dead letter is not brought up to date'))
          .finally(() => underWay.delete(letter.id))
      })
      return true
    } finally {
      if (!goes) underWay.delete(letter.id)
    }
  }

  async function recordsAt(tenant: Tenant, positions: readonly number[]): Promise<readonly LogRecord[]> {
    const found: LogRecord[] = []
    for (const position of positions) {
      const [record] = await store.log(tenant, position - 1, 1)
      if (record?.sequence === position) found.push(record)
    }
    return found
  }

  function deadAgain(letter: DeadLetter, outcome: Settled): DeadLetter | undefined {
    if (outcome.outcome !== 'dead') return undefined
    const { reason, attempts } = outcome
    return { ...letter, reason, attempts: letter.attempts + attempts, givenUpAt: clock() }
  }
}
