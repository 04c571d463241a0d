import { createHash } from 'node:crypto'
import type { Micros } from '../../broker/core/model/time.ts'
import type { IdentityDocuments } from './identity-documents.ts'

/** Counts failed logins and shuts out who fails too often. */
export interface Lockout {
  isLocked(account: string, address: string): Promise<boolean>
  failed(account: string, address: string): Promise<void>
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
  return {
    isLocked: async (account, address) => {
      const counts = await Promise.all(
        keysOf(account, address).map(async ([id, limit]) => (await count(id)) >= limit),
      )
      return counts.includes(true)
    },
    failed: async (account, address) => {
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
    },
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
