import { isJsonArray, isJsonObject, type JsonObject } from '../../core/model/json.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { PeerAnswer } from './ask-hubs.ts'

/** What other hubs are to do for a person. */
export type OrderedAct = 'erase' | 'restrict' | 'lift'

/** How far a hub is with what was ordered. */
export interface OrderedHub {
  readonly hub: string
  readonly state: PeerAnswer['state']
  readonly reason?: string
  readonly triedAt?: Micros
  readonly answeredAt?: Micros
  /** The signed report of a hub that answered later than the report that names the others. */
  readonly report?: JsonObject
}

/**
 * What other hubs are to do for a person, kept until each of them has. Of the person it holds pseudonyms; whom to look for,
 * and who ordered it, is sealed, and goes when it is done.
 */
export interface PersonOrder {
  readonly id: string
  readonly what: OrderedAct
  readonly at: Micros
  readonly by: string
  readonly subject: readonly string[]
  readonly purpose?: string
  /** The request of the register that it is done for. */
  readonly request?: string
  /** The report of what was done at first. */
  readonly report?: string
  /** Hubs that the request went through. */
  readonly via?: string
  readonly attempts: number
  /** When the hubs that are open are asked again. */
  readonly next: Micros
  readonly hubs: readonly OrderedHub[]
  /** The signed report of its completion. */
  readonly completion?: JsonObject
  readonly sealed?: string
}

/** Where orders are kept, before their ids. */
export const ORDER = 'order:'

const MINUTE: Micros = 60_000_000
const LONGEST_WAIT = 60 * MINUTE

/** Answers how long a hub is left alone after so many attempts: a minute at first, doubled, an hour at most. */
export function waitAfter(attempts: number): Micros {
  return Math.min(MINUTE * 2 ** Math.max(attempts - 1, 0), LONGEST_WAIT)
}

/** Tells whether hubs are left to be asked. */
export function isOpen({ hubs }: Pick<PersonOrder, 'hubs'>): boolean {
  return hubs.some(({ state }) => state !== 'answered')
}

type Ordered = Pick<PersonOrder, 'what' | 'purpose' | 'subject'>

/**
 * Tells whether what is ordered now makes an earlier order needless, or wrong: the same of the same person, all that an
 * erasure takes along, and what hides where something was to be shown, or the reverse.
 */
export function supersedes(now: Ordered, earlier: Ordered): boolean {
  const whole = earlier.subject.every((each) => now.subject.includes(each))
  if (now.what === 'erase') return whole
  if (earlier.what === 'erase') return false
  if (now.what === earlier.what) return whole && now.purpose === earlier.purpose
  const [lift, restrict] = now.what === 'lift' ? [now, earlier] : [earlier, now]
  const same = lift.purpose === undefined || lift.purpose === restrict.purpose
  return same && earlier.subject.some((each) => now.subject.includes(each))
}

/** Answers an order after some of its hubs were asked. */
export function afterAnswers(
  order: PersonOrder,
  answers: readonly PeerAnswer[],
  now: Micros,
): Omit<PersonOrder, 'completion'> {
  const attempts = order.attempts + 1
  const told = new Map(answers.map((answer) => [answer.hub, answer]))
  const hubs = order.hubs.map((hub): OrderedHub => {
    const answer = told.get(hub.hub)
    if (!answer) return hub
    const { report: _, reason: __, ...before } = hub
    const at = { ...before, triedAt: now }
    if (answer.state !== 'answered') return { ...at, state: answer.state, reason: answer.reason }
    const behind = openBehind(answer.body)
    if (behind.length > 0)
      return { ...at, state: 'open', reason: `Hubs behind it are still to be asked: ${behind.join(', ')}` }
    const { report } = answer.body
    // those that answered at first stand in the report of then
    const later = order.attempts > 0 && isJsonObject(report) ? { report } : {}
    return { ...at, state: 'answered', answeredAt: now, ...later }
  })
  return { ...order, attempts, next: now + waitAfter(attempts), hubs }
}

/** A hub answers for those that it asked itself. */
function openBehind({ report, hubs }: JsonObject): readonly string[] {
  const all = isJsonObject(report) ? report.hubs : hubs
  const list = isJsonArray(all) ? all.filter(isJsonObject) : []
  return list.filter(({ state }) => state !== 'answered').map(({ hub }) => String(hub))
}

/** Answers an order as it is shown: nothing of it tells who the person is. */
export function shownOrder(order: PersonOrder): JsonObject {
  const { id, what, at, by, subject, purpose, request, report, attempts, next, completion } = order
  const open = isOpen(order)
  return {
    id,
    what,
    state: open ? 'open' : 'done',
    orderedAt: formatDateTime(at),
    by,
    subject,
    ...(purpose !== undefined && { purpose }),
    ...(request !== undefined && { request }),
    ...(report !== undefined && { report }),
    attempts,
    ...(open && { nextAt: formatDateTime(next) }),
    hubs: order.hubs.map(shownHub),
    ...(completion && { completion }),
  }
}

function shownHub({ hub, state, reason, triedAt, answeredAt }: OrderedHub): JsonObject {
  return {
    hub,
    state,
    ...(reason !== undefined && { reason }),
    ...(triedAt !== undefined && { triedAt: formatDateTime(triedAt) }),
    ...(answeredAt !== undefined && { answeredAt: formatDateTime(answeredAt) }),
  }
}
