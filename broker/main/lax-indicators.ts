import type { Ontology } from '../../ontology/ontology.ts'
import type { Indicator } from '../operations/indicators/indicator.ts'

const STRICTNESS = { none: 0, basic: 1, sensitive: 2 } as const

/**
 * Names indicators that put what they derive of personal data where it is shown more freely: what is derived of one source is
 * of one person as much as that is, and is classed by its own attribute.
 */
export function laxIndicators(
  indicators: readonly Pick<Indicator, 'name' | 'source' | 'target'>[],
  personalData: Ontology['personalData'],
): readonly string[] {
  const strictness = (attribute: string, type: string): number =>
    STRICTNESS[personalData(attribute, [type]) ?? 'none']
  return indicators
    .filter(({ source: { type, inputs }, target }) => {
      const strictest = Math.max(0, ...[...inputs.keys()].map((attribute) => strictness(attribute, type)))
      return strictness(target.attribute, target.type) < strictest
    })
    .map(({ name }) => name)
}
