import type { JsonObject } from '../../broker/core/model/json.ts'
import { badRequestData, Problem } from '../../broker/core/model/problem.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import { type Moment, pastIn, type Register, timeIn, written } from './register.ts'

/** Days for an answer, with a processor or third party that has to act, and at most more by the one extension. */
const TERMS = {
  access: { days: 10, withProcessor: 10, extension: 10 },
  provide: { days: 10, withProcessor: 10, extension: 10 },
  correct: { days: 10, withProcessor: 10, extension: 10 },
  withdraw: { days: 15, withProcessor: 20, extension: 15 },
  restrict: { days: 15, withProcessor: 20, extension: 15 },
  object: { days: 15, withProcessor: 20, extension: 15 },
  delete: { days: 20, withProcessor: 20, extension: 20 },
} as const

type Right = keyof typeof TERMS

/** Working days within which a request is acknowledged. */
const ACKNOWLEDGE = 2

/**
 * Requests of persons with their terms (Law 91/2025/QH15, Decree 356/2025/NĐ-CP): acknowledged in two working days, answered
 * within the term of the right, which may be extended once.
 */
export const SUBJECT_REQUESTS: Register = {
  ofPerson: 'sealed',
  sealed: ['note', 'reason', 'extension'],
  create: ({ receivedAt, ...given }, at) => ({
    ...given,
    ...written(
      'receivedAt',
      pastIn({ ...(receivedAt !== undefined && { receivedAt }) }, 'receivedAt', at.now),
    ),
  }),
  apply,
  show: (record, at) => {
    const { acknowledgeBy, dueBy } = termsOf(record, at)
    const isOpen = record.outcome === undefined
    const acknowledged = timeIn(record, 'acknowledgedAt')
    const overdue = [
      ...(isOpen && acknowledged === undefined && at.now > acknowledgeBy ? ['acknowledgement'] : []),
      ...(isOpen && at.now > dueBy ? ['answer'] : []),
    ]
    return {
      ...record,
      ...written('acknowledgeBy', acknowledgeBy),
      ...written('dueBy', dueBy),
      state: isOpen ? 'open' : 'closed',
      overdue,
    }
  },
}

function apply(record: JsonObject, { extension, outcome, ...given }: JsonObject, at: Moment): JsonObject {
  if (record.outcome !== undefined) throw new Problem('Conflict', 'Request is closed already')
  let next: JsonObject = { ...record }
  if (given.note !== undefined) next = { ...next, note: given.note }
  if (given.processor !== undefined) next = { ...next, processor: true }
  if (given.acknowledgedAt !== undefined) {
    if (record.acknowledgedAt !== undefined) throw new Problem('Conflict', 'Request is acknowledged already')
    next = { ...next, ...written('acknowledgedAt', pastIn(given, 'acknowledgedAt', at.now)) }
  }
  if (extension !== undefined) next = { ...next, extension: extended(next, extension as JsonObject, at) } // as was checked
  if (outcome === undefined) return next
  if (outcome !== 'fulfilled' && given.reason === undefined)
    throw badRequestData('Request is closed without a reason')
  return {
    ...next,
    outcome,
    ...(given.reason !== undefined && { reason: given.reason }),
    ...written('closedAt', at.now),
  }
}

/** Once, before the term is over, and for so many days at most. @throws Problem */
function extended(record: JsonObject, extension: JsonObject, at: Moment): JsonObject {
  const { days, reason = '' } = extension
  if (record.extension !== undefined) throw new Problem('Conflict', 'Request was extended already')
  if (at.now > termsOf(record, at).dueBy)
    throw new Problem('Conflict', 'Request is overdue: it cannot be extended any more')
  const most = TERMS[rightOf(record)].extension
  if (Number(days) > most) throw badRequestData(`Request is extended by more than ${most} days`)
  return { days: Number(days), reason, ...written('at', at.now) }
}

function termsOf(
  record: JsonObject,
  { calendar }: Moment,
): { readonly acknowledgeBy: Micros; readonly dueBy: Micros } {
  const received = timeIn(record, 'receivedAt') ?? 0
  const term = TERMS[rightOf(record)]
  const { extension } = record
  const more =
    typeof extension === 'object' && extension !== null && 'days' in extension ? Number(extension.days) : 0
  const days = (record.processor === true ? term.withProcessor : term.days) + more
  return {
    acknowledgeBy: calendar.afterWorkingDays(received, ACKNOWLEDGE),
    dueBy: calendar.afterDays(received, days),
  }
}

function rightOf({ right }: JsonObject): Right {
  return Object.hasOwn(TERMS, String(right)) ? (right as Right) : 'access' // one of them, as was checked
}
