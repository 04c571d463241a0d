import { atTime } from '../merge/at-time.ts'
import { upsertEntity } from '../merge/upsert-entity.ts'
import type { Decision } from '../model/change.ts'
import type { Entity, Instance, InstanceFragment } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import { formatDateTime, type Micros, parseDateTime } from '../model/time.ts'
import type { EntityQuery, QNode, QOperator, QScalar } from '../query/ast.ts'

const ONTOLOGY = 'https://thainguyen.gov.vn/ontology/urban/'

/** What alerts are told with, as the ontology names it. */
export const ALERT_NAMES = {
  type: `${ONTOLOGY}Alert`,
  status: `${ONTOLOGY}alertStatus`,
  end: `${ONTOLOGY}endsAt`,
  method: `${ONTOLOGY}calculationMethod`,
} as const

const ENDED = 'ended'
const METHOD = 'Ended at endsAt, version 1'

/** Selects the alerts that `endByTime` may change at an instant. */
export function alertsToEnd(now: Micros): EntityQuery {
  const { type, status, end } = ALERT_NAMES
  const at: QScalar = { kind: 'dateTime', value: now, text: formatDateTime(now) }
  const ended: QScalar = { kind: 'string', value: ENDED }
  const unfinished: QNode = {
    kind: 'or',
    nodes: [{ kind: 'absent', path: { attributes: [status] } }, compared(status, '!=', ended)],
  }
  return {
    types: { kind: 'type', type },
    q: {
      kind: 'or',
      nodes: [
        { kind: 'and', nodes: [compared(end, '<=', at), unfinished] },
        { kind: 'and', nodes: [compared(end, '>', at), compared(status, '==', ended)] },
      ],
    },
  }
}

function compared(attribute: Iri, operator: QOperator, value: QScalar): QNode {
  return { kind: 'compare', path: { attributes: [attribute] }, operator, value }
}

/**
 * Ends an alert whose `endsAt` is over, at that time, and takes that back when `endsAt` was moved on: it never ended then. What somebody
 * else said of its status stands. Nothing where it is as it should be.
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
  if (end === undefined) return undefined
  const { observedAt = end } = status ?? {}
  const [isOver, hasEnded] = [end <= now, status?.value === ENDED]
  if (isOver) return hasEnded ? undefined : byTime(ENDED, Math.max(end, observedAt))
  const wasByTime = status?.attributes?.[ALERT_NAMES.method]?.[0]?.value === METHOD
  return hasEnded && wasByTime ? byTime('active', observedAt) : undefined
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
