import type { Micros } from '../../core/model/time.ts'

/**
 * Whether an endpoint may be called: closed (no `until`): anybody; open (`until` lies ahead): nobody; half-open (`until`
 * has passed): one caller at a time, whose outcome decides.
 */
export interface Circuit {
  /** Failures in a row while closed. */
  readonly failures: number
  /** Times in a row that it opened. */
  readonly rests: number
  readonly until?: Micros
  /** Since when somebody finds out how the endpoint does. */
  readonly probedSince?: Micros
  /** Nobody is let in before it is told that the endpoint answers again. */
  readonly awaited?: true
}

/** A circuit of an endpoint of which nothing bad is known. */
export const CLOSED: Circuit = { failures: 0, rests: 0 }

/** Without a cooldown of its own an endpoint rests after so many failures in a row: 2 s, then twice as long each time. */
const FAILURES_IN_A_ROW = 3
const FIRST_REST_MS = 2000
const LONGEST_REST_MS = 60_000
/** Whoever finds out how an endpoint does and never says does not keep the circuit shut for longer. */
const LOST_AFTER_MS = 60_000

/** Tells how a circuit stands at a time. */
export function standing({ until }: Circuit, now: Micros): 'closed' | 'open' | 'half-open' {
  if (until === undefined) return 'closed'
  return until > now ? 'open' : 'half-open'
}

/** Lets one more caller in and answers the circuit after that; undefined: it has to stay out. Pure. */
export function enter(circuit: Circuit, now: Micros): Circuit | undefined {
  const { probedSince, awaited, until = 0 } = circuit
  switch (standing(circuit, now)) {
    case 'closed':
      return circuit
    case 'open':
      return undefined
    case 'half-open': {
      const waits = awaited ? until : probedSince
      if (waits !== undefined && waits + LOST_AFTER_MS * 1000 > now) return undefined
      const { awaited: _, ...open } = circuit
      return { ...open, probedSince: now }
    }
  }
}

/** How a call ended whose caller had been let in. */
export interface CallEnd {
  /** Circuit that let the caller in. */
  readonly entered: Circuit
  readonly at: Micros
  /** The endpoint gave no answer, or one that says that it is in trouble. */
  readonly tired: boolean
  /** How long it has to rest after any failure, by its registration. */
  readonly cooldownMs?: number
  /** Somebody will tell when the endpoint answers again. */
  readonly awaited: boolean
  /** From 0 to 1: so that hubs that lost a source together do not come back to it together. */
  readonly chance: number
}

/** Answers the circuit after a call. A caller from before it opened or closed does not change it any more. Pure. */
export function leave(circuit: Circuit, end: CallEnd): Circuit {
  const { entered, at, tired, cooldownMs, awaited, chance } = end
  if (circuit.until !== entered.until) return circuit
  if (!tired) return CLOSED
  const { rests } = circuit
  const failures = circuit.failures + 1
  if (cooldownMs === undefined && failures < FAILURES_IN_A_ROW && entered.until === undefined) {
    return { failures, rests }
  }
  const restMs = cooldownMs ?? Math.min(FIRST_REST_MS * 2 ** rests, LONGEST_REST_MS) * (0.8 + 0.4 * chance)
  const until = at + Math.round(restMs * 1000)
  return { failures, rests: rests + 1, until, ...(awaited && { awaited }) }
}

/** Answers the circuit of an endpoint that answers again: one caller at a time is let in, whose outcome decides. Pure. */
export function heardAgain({ awaited: _, ...circuit }: Circuit): Circuit {
  return circuit
}
