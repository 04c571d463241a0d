import type { FeedDefinition, FeedQuality } from '../definition/feed-definition.ts'
import { type EntityDocument, property, timeProperty } from '../values/entity-document.ts'
import { iriOf } from '../values/iri-of.ts'
import type { JsonMap } from '../values/json.ts'
import type { Assessment } from './assessment.ts'
import { startOf } from './days.ts'
import { periodOf } from './rules.ts'

const TYPE = 'DataQualityAssessment'
const FEED_URN = /^urn:ngsi-ld:(?:Feed:)?/

/** Answers what the entity of a subject says of a day; undefined: there is nothing to tell. */
export function assessmentDocument(
  assessment: Assessment,
  { name, title, source, dataProvider, quality = {} }: FeedDefinition,
): EntityDocument | undefined {
  const { type, attribute, day, shares, records } = assessment
  if (Object.keys(shares).length === 0) return undefined
  const observedAt = new Date(startOf(day + 1)).toISOString()
  const subject = type === undefined || attribute === undefined ? [] : [type, attribute]
  const figures = { ...sharesOf(assessment), ...countsOf(assessment), ...(records && recordsOf(records)) }
  return {
    id: iriOf(TYPE, ...source.replace(FEED_URN, '').split(':'), ...subject),
    type: TYPE,
    name: property([title, ...(subject.length > 0 ? [subject.join('.')] : [])].join(': ')),
    ...{ source: property(source), dataProvider: property(dataProvider), feedCode: property(name) },
    ...(type !== undefined && { assessedType: property(type) }),
    ...(attribute !== undefined && assessedAttribute(attribute, quality)),
    periodStart: timeProperty(new Date(startOf(day)).toISOString(), { observedAt }),
    ...Object.fromEntries(
      Object.entries(figures).map(([figure, value]) => [figure, property(value, { observedAt })]),
    ),
  }
}

function assessedAttribute(attribute: string, quality: FeedQuality): JsonMap {
  const period = periodOf(attribute, quality)
  return {
    assessedAttribute: property(attribute),
    ...(period !== undefined && { expectedPeriod: property(period) }),
  }
}

function sharesOf({ shares: { live, complete, correct, clean } }: Assessment): Record<string, number> {
  return {
    ...(live !== undefined && { timeliness: live }),
    ...(complete !== undefined && { completeness: complete }),
    ...(correct !== undefined && { correctness: correct }),
    ...(clean !== undefined && { cleanness: clean }),
  }
}

function countsOf({ counts, expected }: Assessment): Record<string, number> {
  return {
    ...(expected !== undefined && { expectedCount: expected }),
    ...{ observedCount: counts.values, invalidCount: counts.invalid, outlierCount: counts.outliers },
    ...{ stuckCount: counts.stuck, repeatedCount: counts.repeated },
  }
}

function recordsOf({ read, faulty }: NonNullable<Assessment['records']>): Record<string, number> {
  return { recordsRead: read, recordsQuarantined: faulty }
}
