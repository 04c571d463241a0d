import type { Crowd } from '../../broker/core/view/crowd.ts'
import type { View } from '../../broker/core/view/view.ts'
import { type EntityRules, matchesEntity } from './entity-rules.ts'
import type { MaskKit, Rule } from './rule.ts'

/**
 * Compiles the rules that leave a count of entities: one crowd for each. An entity is in the first that speaks of it, in none
 * that is denied or seen anyway; attributes look as the caller sees those of others.
 */
export function compileCrowds(
  view: View,
  { counts, denials }: EntityRules,
  { kit, purpose }: { readonly kit: MaskKit; readonly purpose: string },
): readonly Crowd[] {
  const { types: _, ...columns } = view
  return counts.flatMap((rule, at) => {
    const only = rule.obligations?.aggregateOnly
    if (!only) return []
    const others: readonly Rule[] = [...denials, ...counts.slice(0, at)]
    const crowd: Crowd = {
      ...(rule.types && { types: rule.types }),
      by: only.by,
      byScope: only.byScope,
      view: {
        ...columns,
        id: `${view.id}#${at}`,
        ...(rule.types && { types: rule.types }),
        admits: (entity) =>
          matchesEntity(rule, entity) &&
          !view.admits(entity) &&
          !others.some((other) => matchesEntity(other, entity)),
      },
      count: () => kit.count(only.least, { purpose }),
    }
    return [crowd]
  })
}
