import { DEFAULT_TENANT, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { SourceFailure } from '../forward/exchange.ts'
import { labelOf } from '../forward/warning.ts'
import type { Registration } from '../registry/registration.ts'
import { type Circuit, CLOSED, enter, heardAgain, leave, standing } from './circuit.ts'
import { type FailureKind, failureKind, wasHeard } from './failure-kind.ts'
import { type Latencies, LatencyWindow } from './latency-window.ts'

/** What the hub observed of a source (CIM 009 v1.9.1, 5.2.9-2); since its start, in memory. */
export interface SourceState {
  readonly timesSent: number
  readonly timesFailed: number
  readonly lastSuccess?: Micros
  readonly lastFailure?: Micros
  readonly status?: 'ok' | 'failed'
}

/** All that the hub observed of a source. */
export interface SourceRecord extends SourceState {
  /** How long the last call took. */
  readonly latencyMs?: number
  /** How long its latest answers took. */
  readonly latency?: Latencies
  /** Last time that it answered, whatever it said. */
  readonly lastContact?: Micros
  readonly errors: Readonly<Partial<Record<FailureKind, number>>>
  /** Requests that it was not called for, since it rested. */
  readonly timesLeftAlone: number
  /** Requests for which an earlier answer of it was used, with or without asking. */
  readonly timesKept: number
  /** Which part of the requests that it should have taken part in it did take part in. */
  readonly share?: number
  readonly circuit: 'closed' | 'open' | 'half-open'
  /** Until then it is not called again. */
  readonly coolingUntil?: Micros
}

/** How a call of a source ended. */
export interface Outcome {
  readonly at: Micros
  readonly latencyMs: number
  readonly failure?: SourceFailure
}

/** The right to call a source once. */
export interface Passage {
  /** Has to be told how the call ended, whatever became of it. */
  leave(outcome: Outcome): void
}

/** A time in which a source is left alone. */
export interface Rest {
  readonly tenant: Tenant
  readonly registration: Registration
  readonly until: Micros
}

/** Remembers how sources behave, and for how long each is left alone after failures. */
export interface SourceStates {
  of(tenant: Tenant, id: string): SourceState
  record(tenant: Tenant, registration: Registration, now: Micros): SourceRecord
  /** Lets somebody call a source; undefined: it is left alone after failures, or somebody else finds out how it does. */
  enter(tenant: Tenant, registration: Registration, now: Micros): Passage | undefined
  /** Notes that an earlier answer of a source was used. */
  usedKept(tenant: Tenant, registration: Registration): void
  forget(tenant: Tenant, id: string): void
  /** Has each rest that begins told. From then on nobody is let in after a rest before `woken` tells that the source answers. */
  watch(listener: (rest: Rest) => void): void
  /** Takes what was found out about a source when its rest was over; without an answer it rests again. */
  woken(rest: Rest, found: { readonly at: Micros; readonly answers: boolean }): void
  /** Answers all that was observed, by the label of each source; those of tenants have none. */
  all(now: Micros): Iterable<readonly [label: string | undefined, SourceRecord]>
}

/** What is known of one registration, added to in place. */
interface Observed {
  readonly label: string | undefined
  /** Where its circuit is. */
  circuit: string
  leftAlone: number
  kept: number
  sent: number
  failed: number
  readonly errors: Partial<Record<FailureKind, number>>
  readonly window: LatencyWindow
  last: Pick<SourceRecord, 'lastSuccess' | 'lastFailure' | 'lastContact' | 'status' | 'latencyMs'>
}

/** Makes the memory of source states. */
export function createSourceStates({ random = Math.random }: { random?: () => number } = {}): SourceStates {
  const observed = new Map<string, Observed>()
  /** Of those endpoints only of which something bad is known. */
  const circuits = new Map<string, Circuit>()
  let listener: ((rest: Rest) => void) | undefined
  return {
    of: (tenant, id) => stateOf(observed.get(keyOf(tenant, id))),
    record: (tenant, registration, now) => {
      const known = observed.get(keyOf(tenant, registration.id))
      return recordOf(known, circuits.get(circuitKey(tenant, registration)) ?? CLOSED, now)
    },
    enter: (tenant, registration, now) => {
      const known = observe(tenant, registration)
      const before = circuits.get(known.circuit) ?? CLOSED
      const entered = enter(before, now)
      if (!entered) {
        known.leftAlone++
        return undefined
      }
      if (entered !== before) circuits.set(known.circuit, entered)
      return {
        leave: (outcome) => {
          note(known, outcome)
          const { at, failure } = outcome
          settle({ tenant, registration }, entered, { at, tired: failure?.tired === true })
        },
      }
    },
    usedKept: (tenant, registration) => {
      observe(tenant, registration).kept++
    },
    forget: (tenant, id) => {
      const known = observed.get(keyOf(tenant, id))
      if (!known) return
      observed.delete(keyOf(tenant, id))
      circuits.delete(known.circuit)
    },
    watch: (told) => {
      listener = told
    },
    woken: (rest, { at, answers }) => {
      const key = circuitKey(rest.tenant, rest.registration)
      const circuit = circuits.get(key)
      // it was let in, or forgotten, in the meantime
      if (circuit?.until !== rest.until || !circuit.awaited) return
      if (!answers) return settle(rest, circuit, { at, tired: true })
      circuits.set(key, heardAgain(circuit))
      const known = observed.get(keyOf(rest.tenant, rest.registration.id))
      if (known) known.last = { ...known.last, lastContact: at }
    },
    all: function* (now) {
      for (const known of observed.values()) {
        yield [known.label, recordOf(known, circuits.get(known.circuit) ?? CLOSED, now)]
      }
    },
  }

  function observe(tenant: Tenant, registration: Registration): Observed {
    const key = keyOf(tenant, registration.id)
    const known = observed.get(key) ?? unknownSource(tenant, registration)
    known.circuit = circuitKey(tenant, registration)
    observed.set(key, known)
    return known
  }

  function settle(
    source: Omit<Rest, 'until'>,
    entered: Circuit,
    { at, tired }: { readonly at: Micros; readonly tired: boolean },
  ): void {
    const { tenant, registration } = source
    const { cooldownMs } = registration
    // it was deleted while it was called
    if (!observed.has(keyOf(tenant, registration.id))) return
    const key = circuitKey(tenant, registration)
    const before = circuits.get(key) ?? CLOSED
    const next = leave(before, {
      entered,
      at,
      tired,
      chance: random(),
      awaited: listener !== undefined,
      ...(cooldownMs !== undefined && { cooldownMs }),
    })
    if (next === CLOSED) circuits.delete(key)
    else circuits.set(key, next)
    if (next.until !== undefined && next.until !== before.until) listener?.({ ...source, until: next.until })
  }
}

function keyOf(tenant: Tenant, id: string): string {
  return `${tenant}\n${id}`
}

/**
 * Registrations of one tenant of the same source share a circuit where they would judge alike: one that allows the source
 * a millisecond says nothing about it to the others, and no tenant can make another go without a source.
 */
function circuitKey(here: Tenant, { endpoint, tenant, timeoutMs, cooldownMs }: Registration): string {
  return [here, endpoint, tenant, timeoutMs, cooldownMs].join('\n')
}

function unknownSource(tenant: Tenant, registration: Registration): Observed {
  return {
    // whoever reads the metrics of a hub need not know what its tenants do
    label: tenant === DEFAULT_TENANT ? labelOf(registration) : undefined,
    circuit: '',
    leftAlone: 0,
    kept: 0,
    sent: 0,
    failed: 0,
    errors: {},
    window: new LatencyWindow(),
    last: {},
  }
}

function note(known: Observed, { at, latencyMs, failure }: Outcome): void {
  known.sent++
  if (!failure) {
    known.window.add(latencyMs)
    known.last = { ...known.last, status: 'ok', latencyMs, lastSuccess: at, lastContact: at }
    return
  }
  const kind = failureKind(failure)
  known.failed++
  known.errors[kind] = (known.errors[kind] ?? 0) + 1
  if (wasHeard(kind)) known.window.add(latencyMs)
  known.last = {
    ...known.last,
    status: 'failed',
    latencyMs,
    lastFailure: at,
    ...(wasHeard(kind) && { lastContact: at }),
  }
}

function stateOf(known: Observed | undefined): SourceState {
  if (!known) return { timesSent: 0, timesFailed: 0 }
  const { latencyMs: _, lastContact: __, ...last } = known.last
  return { timesSent: known.sent, timesFailed: known.failed, ...last }
}

function recordOf(known: Observed | undefined, circuit: Circuit, now: Micros): SourceRecord {
  const latency = known?.window.quantiles()
  const { leftAlone = 0, kept = 0, sent = 0, failed = 0, errors = {}, last = {} } = known ?? {}
  const wanted = sent + leftAlone
  return {
    timesSent: sent,
    timesFailed: failed,
    timesLeftAlone: leftAlone,
    timesKept: kept,
    ...(wanted > 0 && { share: Math.round(((sent - failed) / wanted) * 1000) / 1000 }),
    errors: { ...errors },
    ...last,
    ...(latency && { latency }),
    circuit: standing(circuit, now),
    ...(circuit.until !== undefined && { coolingUntil: circuit.until }),
  }
}
