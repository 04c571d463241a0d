import { createHash } from 'node:crypto'
import type { Micros } from '../../broker/core/model/time.ts'
import type { IdentityDocuments } from './identity-documents.ts'

/** What came of an attempt: what it was right for, or why not. */
export type Attempt<Right> =
  | { readonly right: Right; readonly refused?: never }
  /** locked: too many failed before, and it was not judged. */
  | { readonly right?: never; readonly refused: 'wrong' | 'locked' }

/** Counts failed logins and shuts out who fails too often. */
export interface Lockout {
  /**
   * Judges attempts of an account one after the other, so that many at once are no more guesses than many in turn: what
   * `judge` answers, undefined for wrong ones.
   */
  attempt<Right>(
    account: string,
    address: string,
    judge: () => Promise<Right | undefined>,
  ): Promise<Attempt<Right>>
  succeeded(account: string, address: string): Promise<void>
}

const WINDOW_MICROS = 15 * 60 * 1_000_000
/** Failures of one account from one address; of one account from anywhere; from one address on any accounts. */
const LIMITS = { pair: 5, account: 50, address: 50 } as const

/** Keeps the counts in the store, so that neither a restart nor a second process forgets them. */
export function createLockout(documents: IdentityDocuments, clock: () => Micros): Lockout {
  const count = async (id: string) => {
    const entry = await documents.read(id)
    return entry && Number(entry.until) > clock() ? Number(entry.failures) : 0
  }
  const isLocked = async (account: string, address: string) => {
    const counts = await Promise.all(
      keysOf(account, address).map(async ([id, limit]) => (await count(id)) >= limit),
    )
    return counts.includes(true)
  }
  const failed = async (account: string, address: string) => {
    const until = clock() + WINDOW_MICROS
    for (const [id] of keysOf(account, address)) {
      await documents.change(
        id,
        (entry) => {
          const before = entry && Number(entry.until) > clock() ? Number(entry.failures) : 0
          return { failures: before + 1, until }
        },
        until,
      )
    }
  }
  const inTurn = createTurns()
  return {
    attempt: (account, address, judge) =>
      inTurn(hash([account]), async () => {
        if (await isLocked(account, address)) return { refused: 'locked' }
        const right = await judge()
        if (right !== undefined) return { right }
        await failed(account, address)
        return { refused: 'wrong' }
      }),
    succeeded: async (account, address) => {
      const [pair] = keysOf(account, address)
      if (pair) await documents.remove(pair[0])
    },
  }
}

function keysOf(account: string, address: string): readonly (readonly [string, number])[] {
  return [
    [`login:${hash([account, address])}`, LIMITS.pair],
    [`login:${hash([account])}`, LIMITS.account],
    [`login:${hash(['', address])}`, LIMITS.address],
  ]
}

/** Names that were tried may be anything: they are not kept. */
function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

/** Does what has the same name one after the other; nothing is remembered of what is done. */
function createTurns(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (name, work) => {
    const done = (last.get(name) ?? Promise.resolve()).then(work)
    const turn = done
      .catch(() => undefined)
      .finally(() => {
        if (last.get(name) === turn) last.delete(name)
      })
    last.set(name, turn)
    return done
  }
}
