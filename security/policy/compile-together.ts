import type { Crowd } from '../../broker/core/view/crowd.ts'
import type { Release } from '../../broker/core/view/release.ts'
import type { Treatment, View } from '../../broker/core/view/view.ts'
import { createColumns } from './columns.ts'
import { classOf, type EntityRules, matchesEntity, matchesPlace } from './entity-rules.ts'
import type { Counted, MaskKit, OfMany, Rule } from './rule.ts'
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
    if (aggregateOnly)
      crowds.push(crowdOf(rule, aggregateOnly, { ...rows, ...toldOf(rule, rules.columns, means) }, means))
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
  { least, by, byScope, history, noise }: Counted,
  view: View,
  { kit }: Means,
): Crowd {
  return {
    ...(types && { types }),
    ...{ by, byScope, view },
    ...kit.crowd({ least, ...(noise !== undefined && { noise }) }),
    ...(history && { history }),
    ...(noise !== undefined && { noise: `discrete-laplace;epsilon=${noise};step=${least}` }),
  }
}

/** What a rule tells averages of is summed up as it is, unless somebody denies it. */
function toldOf(rule: Rule, columns: RuleList, means: Means): Partial<Columns> {
  const { history } = rule.obligations?.aggregateOnly ?? {}
  if (!history) return {}
  // which entities those are is said by the rows
  const { matchesId: _, matchesScope: __, matchesContent: ___, ...whole } = rule
  return columnsOf([...columns.all, { ...whole, attributes: history.of }], means)
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
    open: (attribute, of) => classOf(vocabulary, attribute, of) === 'none',
  }
}

/** A token of a person is personal data still: what is published has none (PD-07). */
function released(columns: RuleList, means: Means): Columns {
  const without = columns.all.map((rule) =>
    rule.mask?.method === 'pseudonym' ? { ...rule, mask: { method: 'redact' as const } } : rule,
  )
  return columnsOf(without, means)
}

type Columns = Pick<View, 'treatment' | 'clearEverywhere' | 'scans'>

/** How attributes look by other rules than the caller has. */
function columnsOf(rules: readonly Rule[], { kit, purpose, vocabulary }: Means): Columns {
  const columns = createColumns(createRuleList(rules), { vocabulary, purpose, kit })
  const { treatment, clearEverywhere } = columns
  const known = new Map<string, Treatment>()
  return {
    clearEverywhere,
    scans: (attribute, types) =>
      types ? columns.scans(types, attribute) : columns.scansSomewhere(attribute),
    treatment: (types, attribute) => {
      const key = `${attribute} ${types.join(' ')}`
      const answer = known.get(key) ?? treatment(types, attribute)
      if (known.size < MEMORY) known.set(key, answer)
      return answer
    },
  }
}

const MEMORY = 2000
