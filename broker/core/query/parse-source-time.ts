import { badRequestData } from '../model/problem.ts'
import { type Micros, parseDateTime } from '../model/time.ts'

/** The time that a temporal query about sources asks for; open where it has no end. A type, not an interface: JSON as it stands. */
export type SourceTime = {
  /** Of which registered interval it is a part: when observed, or when managed. */
  readonly interval: 'observation' | 'management'
  readonly from?: Micros
  readonly to?: Micros
}

/** Members of a temporal query (CIM 009 v1.9.1, 4.11, 5.2.21) that registrations can be asked by. */
export interface TemporalTexts {
  readonly timerel?: string | undefined
  readonly timeAt?: string | undefined
  readonly endTimeAt?: string | undefined
  readonly timeproperty?: string | undefined
}

const PROPERTIES: readonly string[] = ['observedAt', 'createdAt', 'modifiedAt', 'deletedAt']

/**
 * Reads a temporal query as far as registrations are concerned (CIM 009 v1.9.1, 5.10.2.4); undefined: there is none.
 * @throws Problem BadRequestData
 */
export function parseSourceTime(texts: TemporalTexts): SourceTime | undefined {
  const { timerel, timeAt, endTimeAt, timeproperty } = texts
  if (!timerel) {
    if (timeAt || endTimeAt || timeproperty) throw badRequestData('Temporal query has no timerel')
    return undefined
  }
  if (timerel !== 'before' && timerel !== 'after' && timerel !== 'between')
    throw badRequestData('Temporal query has a timerel that is none of before, after, between')
  if (timeproperty && !PROPERTIES.includes(timeproperty))
    throw badRequestData(`Temporal query has a timeproperty that is none of ${PROPERTIES.join(', ')}`)
  const at = parseDateTime(timeAt ?? '')
  const end = parseDateTime(endTimeAt ?? '')
  if (at === undefined || (timerel === 'between' && end === undefined))
    throw badRequestData('Temporal query has a timeAt or endTimeAt that is no DateTime in UTC')
  const interval = timeproperty && timeproperty !== 'observedAt' ? 'management' : 'observation'
  return {
    interval,
    ...(timerel !== 'before' && { from: at }),
    ...(timerel === 'before' && { to: at }),
    ...(timerel === 'between' && end !== undefined && { to: end }),
  }
}
