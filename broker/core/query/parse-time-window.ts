import { badRequestData } from '../model/problem.ts'
import { TIME_PROPERTIES, type TimeProperty, type TimeWindow } from '../model/temporal.ts'
import { type Micros, parseDateTime } from '../model/time.ts'

/** Members of a temporal query (CIM 009 v1.9.1, 4.11, 5.2.21) that say when; an empty text is none. */
export interface TemporalTexts {
  readonly timerel?: string | undefined
  readonly timeAt?: string | undefined
  readonly endTimeAt?: string | undefined
  readonly timeproperty?: string | undefined
}

/**
 * Reads a temporal query (CIM 009 v1.9.1, 4.11): open on both sides when it has a timeproperty alone; undefined: there is
 * none. @throws Problem BadRequestData
 */
export function parseTimeWindow({
  timerel,
  timeAt,
  endTimeAt,
  timeproperty,
}: TemporalTexts): TimeWindow | undefined {
  const property = timeproperty ? propertyOf(timeproperty) : 'observedAt'
  if (!timerel) {
    if (timeAt || endTimeAt) throw badRequestData('Temporal query has no timerel')
    return timeproperty ? { property } : undefined
  }
  const at = instantOf('timeAt', timeAt)
  switch (timerel) {
    case 'before':
      return { property, to: at }
    case 'after':
      return { property, from: at }
    case 'between':
      return { property, from: at, to: instantOf('endTimeAt', endTimeAt) }
  }
  throw badRequestData('Temporal query has a timerel that is none of before, after, between')
}

function propertyOf(text: string): TimeProperty {
  const property = TIME_PROPERTIES.find((name) => name === text)
  if (property) return property
  throw badRequestData(`Temporal query has a timeproperty that is none of ${TIME_PROPERTIES.join(', ')}`)
}

function instantOf(member: 'timeAt' | 'endTimeAt', text: string | undefined): Micros {
  const instant = parseDateTime(text ?? '')
  if (instant !== undefined) return instant
  throw badRequestData(
    `Temporal query has no ${member} that is a DateTime in UTC such as 2026-01-31T08:00:00Z`,
  )
}
