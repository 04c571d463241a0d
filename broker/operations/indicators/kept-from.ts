import type { Iri } from '../../core/model/iri.ts'
import { DAY, type Micros } from '../../core/model/time.ts'
import { horizonOf } from '../../core/temporal/retention.ts'
import type { Derivation, IndicatorDependencies } from './indicator.ts'

/**
 * Answers the first end of a period of which history still keeps everything that was measured, and what was derived: what is
 * gone already must not make an earlier one anew.
 */
export function keptFrom(
  { retention = [], clock }: Pick<IndicatorDependencies, 'retention' | 'clock'>,
  { indicator, source }: Derivation,
): Micros {
  const now = clock()
  const since = (types: readonly Iri[], attribute: Iri): Micros =>
    (horizonOf(retention, { types, attribute }, now)?.instances ?? Number.NEGATIVE_INFINITY) * DAY
  const { inputs } = indicator.source
  const { target, calculation } = indicator
  const measured = Math.max(...[...inputs.keys()].map((attribute) => since(source.types, attribute)))
  return Math.max(measured + calculation.reach, since([target.type], target.attribute))
}
