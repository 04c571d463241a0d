import type { Reading } from '../../core/indicators/readings.ts'
import { alertTransitions } from '../../core/indicators/threshold.ts'
import type { AttributeFragments } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import { parseEntity } from '../../store/port/change.ts'
import { toldInstance } from '../../store/port/history-instances.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import { type AlertRule, type Derivation, derivedId, type IndicatorDependencies } from './indicator.ts'
import { keepDerived } from './keep-derived.ts'
import { locationOf } from './location-of.ts'

const ACTIVE = 'active'
const ENDED = 'ended'
const MOST_VALUES = 10_000

/**
 * Raises and ends the alert of an indicator by its values from an instant on, as they are in history: one entity for each
 * source, whose status tells when. Values that came late move what they would have moved in time. @throws Problem
 */
export async function raiseAlerts(
  dependencies: IndicatorDependencies,
  derivation: Derivation,
  from: Micros,
): Promise<void> {
  const { indicator, source } = derivation
  const { alert: rule, target, name } = indicator
  if (!rule) return
  const { store, tenant, expand } = dependencies
  const [id, valuesId] = [derivedId(derivation, rule.type), derivedId(derivation, target.type)]
  const status = expand('alertStatus')
  for (let next: Micros | undefined = from; next !== undefined; ) {
    const instances = await store.instances(tenant, valuesId, {
      attributes: [target.attribute],
      window: { property: 'observedAt', from: next },
      order: 'oldest',
      perAttribute: MOST_VALUES,
    })
    const readings = instances.flatMap(readingOf)
    const last = instances.length < MOST_VALUES ? undefined : readings.at(-1)?.at
    const standing = await stoodBefore(dependencies, { id, status }, next)
    await keepDerived(dependencies, {
      id,
      type: rule.type,
      ...(source.scopes && { scopes: source.scopes }),
      lasting: lastingOf(dependencies, rule, { ...derivation, valuesId }),
      attribute: status,
      after: next - 1,
      ...(last !== undefined && { to: last }),
      values: alertTransitions(rule, readings, standing).map(({ at, value, raised }) => ({
        at,
        value: raised ? ACTIVE : ENDED,
        details: { [expand('triggerValue')]: value, [expand('calculationMethod')]: methodOf(name, rule) },
      })),
    })
    next = last === undefined ? undefined : last + 1
  }
}

async function stoodBefore(
  { store, tenant }: IndicatorDependencies,
  { id, status }: { readonly id: string; readonly status: Iri },
  at: Micros,
): Promise<boolean> {
  const [before] = await store.instances(tenant, id, {
    attributes: [status],
    window: { property: 'observedAt', to: at },
    order: 'newest',
    perAttribute: 1,
  })
  if (before) return toldInstance(before).value === ACTIVE
  // history may not keep it any more: what was before stands as long as the alert is as it was then
  const stored = await store.read(tenant, id)
  const current = stored && parseEntity(stored.text).attributes[status]?.[0]
  return current?.observedAt !== undefined && current.observedAt < at && current.value === ACTIVE
}

function lastingOf(
  { expand }: IndicatorDependencies,
  { severity, category }: AlertRule,
  { source, valuesId }: Derivation & { readonly valuesId: string },
): AttributeFragments {
  return {
    [expand('alertSource')]: [{ kind: 'Relationship', value: valuesId }],
    [expand('derivedFrom')]: [{ kind: 'Relationship', value: source.id }],
    [expand('severity')]: [{ kind: 'Property', value: severity }],
    [expand('category')]: [{ kind: 'Property', value: category }],
    ...locationOf(source),
  }
}

function methodOf(name: string, { side, raise, clear }: AlertRule): string {
  const [worse, better] = side === 'above' ? ['above', 'below'] : ['below', 'above']
  return `${name} raised at ${raise} and ${worse}, ended ${better} ${clear}, version 1`
}

function readingOf(told: HistoryInstance): readonly Reading[] {
  if (told.deletedAt !== undefined) return []
  const { value, observedAt } = toldInstance(told)
  return typeof value === 'number' && observedAt !== undefined ? [{ at: observedAt, value }] : []
}
