import { atTime } from '../merge/at-time.ts'
import { upsertEntity } from '../merge/upsert-entity.ts'
import type { Decision } from '../model/change.ts'
import type { Entity, Instance, InstanceFragment } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import { formatDateTime, HOUR, type Micros, parseDateTime } from '../model/time.ts'
import type { EntityQuery, QNode, QOperator, QScalar } from '../query/ast.ts'

const ONTOLOGY = 'https://thainguyen.gov.vn/ontology/urban/'

/** What alerts are told with, as the ontology names it. */
export const ALERT_NAMES = {
  type: `${ONTOLOGY}Alert`,
  status: `${ONTOLOGY}alertStatus`,
  end: `${ONTOLOGY}endsAt`,
  method: `${ONTOLOGY}calculationMethod`,
} as const

const ACTIVE = 'active'
const ENDED = 'ended'
const METHOD = 'Ended at endsAt, version 1'

/**
 * Selects the alerts that `endByTime` may change at an instant: few, and an index has them. The queries stay the same for an hour, so that a
 * store plans them once.
 */
export function alertsToEnd(now: Micros): readonly EntityQuery[] {
  const hour = now - (now % HOUR)
  return [selected(ACTIVE, '<=', hour + HOUR), selected(ENDED, '>', hour)]
}

function selected(value: string, operator: '<=' | '>', at: Micros): EntityQuery {
  const { type, status, end } = ALERT_NAMES
  const time: QScalar = { kind: 'dateTime', value: at, text: formatDateTime(at) }
  return {
    types: { kind: 'type', type },
    q: {
      kind: 'and',
      nodes: [compared(status, '==', { kind: 'string', value }), compared(end, operator, time)],
    },
  }
}

function compared(attribute: Iri, operator: QOperator, value: QScalar): QNode {
  return { kind: 'compare', path: { attributes: [attribute] }, operator, value }
}

/**
 * Ends an active alert whose `endsAt` is over, at that time, and takes that back when `endsAt` was moved on: it never ended then. What
 * somebody else said of its status stands. Nothing where it is as it should be.
 */
export function endByTime(current: Entity | undefined, now: Micros): Decision {
  const live = current && atTime(current, now)
  const status = live && statusByTime(live, now)
  if (!live || !status) return {}
  const { id, types } = live
  const fragment = { id, types, attributes: { [ALERT_NAMES.status]: [status] } }
  return upsertEntity(current, fragment, { mode: 'update' }, now)
}

function statusByTime({ attributes }: Entity, now: Micros): InstanceFragment | undefined {
  const status = defaultOf(attributes[ALERT_NAMES.status])
  const end = instantOf(defaultOf(attributes[ALERT_NAMES.end])?.value)
  if (!status || end === undefined) return undefined
  const { value, observedAt = end } = status
  if (value === ACTIVE && end <= now) return byTime(ENDED, Math.max(end, observedAt))
  const wasByTime = status.attributes?.[ALERT_NAMES.method]?.[0]?.value === METHOD
  return value === ENDED && end > now && wasByTime ? byTime(ACTIVE, observedAt) : undefined
}

function byTime(value: string, observedAt: Micros): InstanceFragment {
  const attributes = { [ALERT_NAMES.method]: [{ kind: 'Property', value: METHOD } as const] }
  return { kind: 'Property', value, observedAt, attributes }
}

function defaultOf(instances: readonly Instance[] | undefined): Instance | undefined {
  return instances?.find(({ datasetId }) => datasetId === undefined)
}

/** A time is a text, or a typed value of JSON-LD. */
function instantOf(value: JsonValue | undefined): Micros | undefined {
  const text = typeof value === 'object' && value !== null && '@value' in value ? value['@value'] : value
  return typeof text === 'string' ? parseDateTime(text) : undefined
}
