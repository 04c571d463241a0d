import { createHash } from 'node:crypto'
import type { Iri } from '../../broker/core/model/iri.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import type { View } from '../../broker/core/view/view.ts'
import { applicableRules, looksForPersons } from './applicable-rules.ts'
import type { Claims } from './claims.ts'
import { createColumns } from './columns.ts'
import { compileTogether } from './compile-together.ts'
import { admitsEntity, type EntityRules, entityRules, isWhole } from './entity-rules.ts'
import { hideRestricted } from './hide-restricted.ts'
import { personalShown } from './personal-shown.ts'
import { CLASSES } from './policy-schema.ts'
import type { MaskKit, PolicySet, Rule } from './rule.ts'
import type { Vocabulary } from './vocabulary.ts'

const MEMORY = 20_000

/** Compiles what the policies let a caller see of a tenant's entities. */
export function compileView(policies: PolicySet, claims: Claims, tenant: Tenant, kit: MaskKit): View {
  const rules = applicableRules(policies, claims, tenant).filter(({ actions }) => actions.has('read'))
  const sorted = entityRules(rules, 'read')
  const purpose = claims.purpose ?? 'unspecified'
  const columns = createColumns(sorted.columns, { vocabulary: policies.vocabulary, purpose, kit })
  const settled = remembered(columns.treatment)
  const treatment: View['treatment'] = (types, attribute, entity) => {
    const known = settled(types, attribute)
    return entity === undefined || typeof known === 'string'
      ? known
      : columns.treatment(types, attribute, entity)
  }
  const types = typesOf(sorted.permits.all)
  const clear = new Map<string, boolean>()
  const personal = personalShown(sorted.columns, policies.vocabulary, { treatment, scans: columns.scans })
  const view: View = {
    id: viewId([kit.epoch, purpose], rules),
    unrestricted: isUnrestricted(sorted, policies.vocabulary),
    ...(types && { types }),
    admits: (entity) => admitsEntity(sorted, entity),
    admitsAll: (type) => admitsAll(sorted, type),
    treatment,
    veils: (types) =>
      types.some((type) =>
        policies.vocabulary.attributesOf(type).some((attribute) => treatment(types, attribute) !== 'clear'),
      ),
    clearEverywhere: (attribute, among) => {
      const key = among ? `${attribute} ${among.join(' ')}` : attribute
      const known = clear.get(key)
      if (known !== undefined) return known
      const answer = columns.clearEverywhere(attribute, among)
      if (clear.size < MEMORY) clear.set(key, answer)
      return answer
    },
    policy: { generation: policies.generation, logs: loggedBy(rules) },
    ...(personal && { personal: remembered(personal) }),
    ...(!columns.unclassifiedIsClear && {
      scan: (text: string, label?: string) => kit.scan(text, label),
      hidesNumber: (number: number, label: string) => kit.hidesNumber(number, label),
      scans: (attribute: Iri, types?: readonly Iri[]) =>
        types ? columns.scans(types, attribute) : columns.scansSomewhere(attribute),
    }),
  }
  const whole = together(view, sorted, { kit, purpose, vocabulary: policies.vocabulary })
  if (!policies.restrictions || looksForPersons(rules)) return whole
  return hideRestricted(whole, policies.restrictions, { tenant, purpose: claims.purpose })
}

function together(view: View, sorted: EntityRules, means: Parameters<typeof compileTogether>[2]): View {
  // who sees everything sees it once
  if (sorted.together.length === 0 || view.unrestricted) return view
  return { ...view, ...compileTogether(view, sorted, means) }
}

/** What is denied may be of any type besides, and what is told by place may be somewhere else. */
function admitsAll({ permits, denials }: EntityRules, type: Iri): boolean {
  return denials.all.length === 0 && permits.of([type]).some(isWhole)
}

function typesOf(permits: readonly Rule[]): ReadonlySet<Iri> | undefined {
  if (permits.some((rule) => rule.types === undefined)) return undefined
  return new Set(permits.flatMap((rule) => [...(rule.types ?? [])]))
}

/** The rules that let entities be read on condition that it is recorded. */
function loggedBy(rules: readonly Rule[]): readonly string[] {
  return rules.filter(({ kinds, obligations }) => kinds.has('entity') && obligations?.log).map(({ id }) => id)
}

/** Everything is seen in clear by whom nothing is denied, masked or left out. */
function isUnrestricted({ permits, denials, columns }: EntityRules, { ofChildren }: Vocabulary): boolean {
  const whole = (rule: Rule) => !rule.types && isWhole(rule)
  const permitted = (name: (typeof CLASSES)[number]) =>
    columns.all.some(
      (rule) => rule.effect === 'permit' && whole(rule) && !rule.attributes && rule.classes?.has(name),
    )
  return (
    permits.all.some(whole) &&
    denials.all.length === 0 &&
    columns.all.every((rule) => rule.effect === 'permit' || (rule.effect === 'mask' && !rule.attributes)) &&
    CLASSES.every((name) => (name === 'children' && !ofChildren) || permitted(name))
  )
}

/**
 * Equal ids see equal things: rules that say the same, with masks keyed for the same epoch and purpose. What other rules say
 * is no part of it, so that what is remembered for a caller outlives a change of rules that do not speak of it.
 */
function viewId(basis: readonly string[], rules: readonly Rule[]): string {
  const parts = [...basis, ...rules.map(({ digest }) => digest)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)
}

function remembered<Answer>(
  answerFor: (types: readonly Iri[], attribute: Iri) => Answer,
): (types: readonly Iri[], attribute: Iri) => Answer {
  const known = new Map<string, { readonly answer: Answer }>()
  return (types, attribute) => {
    const key = `${attribute} ${types.join(' ')}`
    const before = known.get(key)
    if (before !== undefined) return before.answer
    const answer = answerFor(types, attribute)
    if (known.size < MEMORY) known.set(key, { answer })
    return answer
  }
}
