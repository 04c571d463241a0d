import type { Crowd } from '../../broker/core/view/crowd.ts'
import type { Release } from '../../broker/core/view/release.ts'
import type { Treatment, View } from '../../broker/core/view/view.ts'
import { createColumns } from './columns.ts'
import { type EntityRules, matchesEntity, matchesPlace } from './entity-rules.ts'
import type { MaskKit, OfMany, Rule } from './rule.ts'
import { createRuleList, type RuleList } from './rule-list.ts'
import type { Vocabulary } from './vocabulary.ts'

interface Means {
  readonly kit: MaskKit
  readonly purpose: string
  readonly vocabulary: Vocabulary
}

/**
 * Compiles the rules that tell something of many entities and nothing of one: a crowd or a release for each. An entity is
 * in the first that speaks of it, in none that is denied or seen anyway.
 */
export function compileTogether(
  view: View,
  rules: EntityRules,
  means: Means,
): { readonly crowds?: readonly Crowd[]; readonly releases?: readonly Release[] } {
  const { crowds, releases } = { crowds: [] as Crowd[], releases: [] as Release[] }
  rules.together.forEach((rule, at) => {
    const { aggregateOnly, release } = rule.obligations ?? {}
    const rows = rowsOf(view, rules, at)
    if (aggregateOnly) crowds.push(crowdOf(rule, aggregateOnly, rows, means))
    if (release)
      releases.push(releaseOf(rule, release, { ...rows, ...released(rules.columns, means) }, means))
  })
  return { ...(crowds.length > 0 && { crowds }), ...(releases.length > 0 && { releases }) }
}

/** The view of what one rule leaves; attributes look as the caller sees those of others. */
function rowsOf(view: View, { together, denials }: EntityRules, at: number): View {
  const { types: _, ...columns } = view
  const rule = together[at]
  const earlier = together.slice(0, at)
  return {
    ...columns,
    id: `${view.id}#${at}`,
    ...(rule?.types && { types: rule.types }),
    admits: (entity) =>
      rule !== undefined &&
      matchesEntity(rule, entity) &&
      !view.admits(entity) &&
      !denials.of(entity.types).some((other) => matchesPlace(other, entity)) &&
      !earlier.some((other) => matchesEntity(other, entity)),
    admitsAll: () => false,
    veils: () => true,
  }
}

function crowdOf(
  { types }: Rule,
  { least, by, byScope }: OfMany,
  view: View,
  { kit, purpose }: Means,
): Crowd {
  return { ...(types && { types }), by, byScope, view, count: () => kit.count(least, { purpose }) }
}

function releaseOf(
  { types }: Rule,
  { least, by, byScope }: OfMany,
  view: View,
  { vocabulary }: Means,
): Release {
  return {
    ...(types && { types }),
    ...{ by, byScope, least, view },
    open: (attribute, of) => vocabulary.personalData(attribute, of) === 'none',
  }
}

/** A token of a person is personal data still: what is published has none (PD-07). */
function released(
  columns: RuleList,
  { kit, purpose, vocabulary }: Means,
): Pick<View, 'treatment' | 'clearEverywhere'> {
  const without = columns.all.map((rule) =>
    rule.mask?.method === 'pseudonym' ? { ...rule, mask: { method: 'redact' as const } } : rule,
  )
  const { treatment, clearEverywhere } = createColumns(createRuleList(without), { vocabulary, purpose, kit })
  const known = new Map<string, Treatment>()
  return {
    clearEverywhere,
    treatment: (types, attribute) => {
      const key = `${attribute} ${types.join(' ')}`
      const answer = known.get(key) ?? treatment(types, attribute)
      if (known.size < MEMORY) known.set(key, answer)
      return answer
    },
  }
}

const MEMORY = 2000
