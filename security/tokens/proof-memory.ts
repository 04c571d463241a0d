import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Micros } from '../../broker/core/model/time.ts'

/** What is remembered of a proof, and what tells how old it is. */
export interface UsedProof {
  /** Thumbprint of its key. */
  readonly key: string
  readonly jti: string
  /** When it says that it was made, seconds since 1970. */
  readonly iat: number
  /** The text of this memory that it repeats. */
  readonly nonce?: string | undefined
}

/** fresh: never seen before; replayed: seen; old: made at another time; unsure: it may have been seen. */
export type Freshness = 'fresh' | 'replayed' | 'old' | 'unsure'

/** Remembers proofs for as long as they would be accepted. */
export interface ProofMemory {
  /** Takes a proof, for once. */
  take(proof: UsedProof): Freshness
  /** What proves that a proof was made after now. */
  nonce(): string
}

const OLDEST_SECONDS = 60
/** Clocks of clients may be ahead by so much. */
const AHEAD_SECONDS = 5
/** Nonces and remembered proofs are good for this period and the next. */
const PERIOD_SECONDS = 120
const MOST = 200_000

/**
 * Makes a memory in which no proof is taken twice. Before it begins nothing is remembered, so what may be from then has
 * to hold a nonce of it; it begins anew when the process does, and when it is full. So it needs no disk and has a bound.
 */
export function createProofMemory({
  clock,
  most = MOST,
  sharedKey,
}: {
  readonly clock: () => Micros
  readonly most?: number
  /** Of nonces that other processes give and take too: they tell nothing of when this memory began. */
  readonly sharedKey?: Uint8Array
}): ProofMemory {
  const seconds = (): number => clock() / 1_000_000
  let memory = begin(seconds(), sharedKey)
  const current = (): Memory => {
    const now = seconds()
    if (memory.used.size >= most) memory = begin(now, sharedKey)
    if (now >= memory.turns) turn(memory, now)
    return memory
  }
  return {
    nonce: () => nonceOf(current(), periodOf(seconds())),
    take: ({ key, jti, iat, nonce }) => {
      const now = seconds()
      if (now - iat > OLDEST_SECONDS || iat - now > AHEAD_SECONDS) return 'old'
      const memory = current()
      const saysAfter = iat > memory.since + AHEAD_SECONDS
      const isAfter =
        nonce === undefined ? saysAfter : isNonce(memory, nonce, now) && (saysAfter || !sharedKey)
      if (!isAfter) return 'unsure'
      const name = hash('sha256', `${key} ${jti}`, 'base64url')
      if (memory.used.has(name) || memory.before.has(name)) return 'replayed'
      memory.used.add(name)
      return 'fresh'
    },
  }
}

interface Memory {
  readonly since: number
  readonly key: Uint8Array
  used: Set<string>
  before: ReadonlySet<string>
  turns: number
}

function begin(now: number, sharedKey: Uint8Array | undefined): Memory {
  return {
    since: now,
    key: sharedKey ?? randomBytes(32),
    used: new Set(),
    before: new Set(),
    turns: now + PERIOD_SECONDS,
  }
}

/** What is of the period before the last one is too old to be taken anyway. */
function turn(memory: Memory, now: number): void {
  memory.before = now < memory.turns + PERIOD_SECONDS ? memory.used : new Set()
  memory.used = new Set()
  memory.turns = now + PERIOD_SECONDS
}

function periodOf(now: number): number {
  return Math.floor(now / PERIOD_SECONDS)
}

function nonceOf({ key }: Memory, period: number): string {
  return createHmac('sha256', key).update(String(period)).digest('base64url')
}

function isNonce(memory: Memory, nonce: string, now: number): boolean {
  const given = Buffer.from(nonce)
  return [periodOf(now), periodOf(now) - 1].some((period) => {
    const right = Buffer.from(nonceOf(memory, period))
    return given.length === right.length && timingSafeEqual(given, right)
  })
}
