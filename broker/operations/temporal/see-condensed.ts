import type { Iri } from '../../core/model/iri.ts'
import type { TemporalEntity, TimeWindow } from '../../core/model/temporal.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { EvolutionOptions } from '../../core/view/evolution-options.ts'
import { isAttributeProjected } from '../../core/view/render.ts'
import type { View } from '../../core/view/view.ts'
import type { CondensedSeries, EvolutionHead, EvolutionStore } from '../../store/port/evolution.ts'

/** What totals of numbers that no instance tells any more are read with. */
export interface CondensedReading {
  readonly store: Pick<EvolutionStore, 'condensed'>
  readonly of: { readonly tenant: Tenant; readonly view: View }
}

/** What is masked, or scanned for identifiers, is only known instance by instance. */
export function isClear({ types }: EvolutionHead, name: Iri, view: View): boolean {
  if (view.unrestricted) return true
  return view.treatment(types, name) === 'clear' && !(view.scan && (view.scans?.(name, types) ?? true))
}

/**
 * Answers of which attributes that are wanted the caller sees what totals alone tell, in a time by observedAt: what it
 * does not see in clear is gone with its instances.
 */
export async function readCondensed(
  { store, of: { tenant, view } }: CondensedReading,
  head: EvolutionHead,
  { window, options }: { readonly window?: TimeWindow; readonly options: EvolutionOptions },
): Promise<readonly CondensedSeries[]> {
  if (window && window.property !== 'observedAt') return []
  const series = await store.condensed(tenant, head.id, window ?? {})
  return series.filter(
    ({ attribute }) => isAttributeProjected(attribute, options) && isClear(head, attribute, view),
  )
}

/** Adds attributes of which there is no instance at hand, but something to tell. */
export function withCondensed(entity: TemporalEntity, series: readonly CondensedSeries[]): TemporalEntity {
  if (series.length === 0) return entity
  const names = series.map(({ attribute }) => [attribute, []] as const)
  return { ...entity, attributes: { ...Object.fromEntries(names), ...entity.attributes } }
}
