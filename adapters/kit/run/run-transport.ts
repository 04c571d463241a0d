import { setTimeout as wait } from 'node:timers/promises'
import {
  type Deliveries,
  type Delivery,
  SourceFault,
  type Transport,
  type Visit,
} from '../../transports/transport.ts'
import { pauseOf, type RetryPlan } from '../hub/backoff.ts'
import type { Summary } from '../intake/summary.ts'

/** A visit that failed, how many did in a row, and when the next is due. */
export interface Failure {
  readonly text: string
  readonly cause: unknown
  readonly failures: number
  readonly retryAt: string
}

/** Who takes what a transport brings. */
export interface Intake {
  visit(): Promise<Visit>
  /** Answers when the hub has it. @throws the reason of the signal when it is not to be waited for any more */
  take(delivery: Delivery): Promise<Summary>
  failed(failure: Failure): Promise<void>
  /** Told for how long the source is left alone now. */
  rests(milliseconds: number): void
}

/** Pauses after a source failed: two seconds, doubled up to five minutes. */
export const SOURCE_RETRY: RetryPlan = {
  attempts: Number.POSITIVE_INFINITY,
  firstMs: 2000,
  longestMs: 300_000,
}

/** Visits a source again and again until the signal stops it. */
export async function runTransport(
  transport: Transport,
  intake: Intake,
  { signal, retry }: { readonly signal: AbortSignal; readonly retry: RetryPlan },
): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const began = Date.now()
    let pauseMs = transport.pauseMs
    try {
      const visit = await intake.visit()
      for await (const _ of takenOf(transport.visit(visit), intake)) failures = 0
      await visit.reached()
      failures = 0
    } catch (cause) {
      if (signal.aborted) return
      // a source that was there for long has not failed in a row
      failures = Date.now() - began > retry.longestMs ? 1 : failures + 1
      pauseMs = pauseAfter(cause, failures, retry)
      const retryAt = new Date(Date.now() + pauseMs).toISOString()
      await intake.failed({ text: textOf(cause), cause, failures, retryAt })
    }
    intake.rests(pauseMs)
    await wait(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Takes one delivery after the other, and says when each is taken. */
export async function* takenOf(deliveries: Deliveries, intake: Pick<Intake, 'take'>): AsyncIterable<Summary> {
  try {
    for (let next = await deliveries.next(); !next.done; ) {
      const summary = await intake.take(next.value)
      yield summary
      next = await deliveries.next(summary)
    }
  } finally {
    await deliveries.return()
  }
}

function pauseAfter(cause: unknown, failures: number, retry: RetryPlan): number {
  const asked = cause instanceof SourceFault ? (cause.pauseMs ?? 0) : 0
  return Math.max(pauseOf(retry, Math.min(failures, 30)), Math.min(asked, 3_600_000))
}

function textOf(cause: unknown): string {
  return cause instanceof SourceFault ? cause.message : 'Source cannot be reached'
}
