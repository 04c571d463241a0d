import { createHash } from 'node:crypto'
import type { Iri } from '../../broker/core/model/iri.ts'
import { DEFAULT_TENANT, type Tenant } from '../../broker/core/model/tenant.ts'
import { applicableRules } from './applicable-rules.ts'
import type { Claims } from './claims.ts'
import { decideColumn } from './decide-column.ts'
import { conditionsOf, methodOf } from './describe-rule.ts'
import { classOf, type EntityRules, entityRules, isWhole, matchesAttribute } from './entity-rules.ts'
import type { OfMany, PolicySet, Rule } from './rule.ts'
import { subjectShapes } from './subject-shapes.ts'

/** A rule that says of entities of a type otherwise who is alike than another one does. */
export interface ToldApart {
  readonly rule: Rule
  readonly what: What
  readonly type: Iri
  /** In words: who gets it so, and who gets what otherwise. */
  readonly to: string
  readonly other: { readonly rule: Rule; readonly to: string }
}

/** What groups of those who are alike are told in: exports of them, or averages of their history. */
type What = 'exports' | 'averages'

/**
 * Answers rules by which answers could be joined to single somebody out (PD-17): groups of a type are to be told in one way alone, to
 * whomever. Two ways have groups of their own, and what one has and the other leaves out may be few. One way is: the same entities, by the
 * same members, under the same masks. `policies` are judged for everybody whom they tell apart, whatever the time.
 */
export function toldApart(policies: Policies): readonly ToldApart[] {
  if (!policies.rules.some((rule) => groupsOf(rule))) return []
  const apart = new Map<string, ToldApart>()
  for (const tenant of tenantsOf(policies.rules)) {
    const ways = new Map<string, Way>()
    for (const way of waysIn(policies, tenant)) {
      const about = `${way.what} ${way.type}`
      const first = ways.get(about)
      if (!first) ways.set(about, way)
      else if (first.text !== way.text)
        apart.set(`${way.rule.id} ${way.type}`, { ...way, other: { rule: first.rule, to: first.to } })
    }
  }
  return [...apart.values()]
}

/** Names in which way groups are told, by what and type: equal names are one way. Of policies in which nothing is told apart. */
export function waysTold(policies: Policies): Readonly<Record<string, string>> {
  const ways: [string, string][] = []
  for (const rule of policies.rules.filter(groupsOf))
    for (const tenant of tenantsOf([rule]))
      for (const { claims, name } of subjectShapes([rule])) {
        const rules = rulesFor(policies, claims, tenant)
        const own = { ...rules, together: rules.together.filter(({ id }) => id === rule.id) }
        for (const { what, type, text } of waysOf(policies, own, name)) {
          const where = tenant === DEFAULT_TENANT ? '' : ` in tenant ${tenant}`
          ways.push([`${what} of ${type}${where}`, createHash('sha256').update(text).digest('base64url')])
        }
      }
  return Object.fromEntries(ways)
}

/** What a rule tells in groups, and by what; undefined: nothing. */
function groupsOf({
  obligations: { release, aggregateOnly } = {},
}: Rule): { readonly what: What; readonly by: OfMany; readonly every?: string } | undefined {
  if (release) return { what: 'exports', by: release }
  const every = aggregateOnly?.history?.every
  return aggregateOnly && every && { what: 'averages', by: aggregateOnly, every }
}

interface Way {
  readonly rule: Rule
  readonly what: What
  readonly type: Iri
  readonly to: string
  /** Equal texts are one way. */
  readonly text: string
}

function tenantsOf(rules: readonly Rule[]): readonly Tenant[] {
  const named = rules.flatMap(({ tenants = [] }) => [...tenants]) as Tenant[] // names that rules give to them
  return [...new Set([DEFAULT_TENANT, ...named])]
}

function* waysIn(policies: Policies, tenant: Tenant): Generator<Way> {
  const shapes = subjectShapes(policies.rules)
  for (const shape of shapes) {
    const own = rulesFor(policies, shape.claims, tenant)
    if (!own.together.some(groupsOf)) continue
    yield* waysOf(policies, own, shape.name)
    // whoever is somebody else besides sees attributes as that one does too
    for (const other of shapes) {
      const both = rulesFor(policies, together(shape.claims, other.claims), tenant)
      const { columns, permits } = both
      const left = own.together.filter((rule) => !permits.all.some((permit) => hidesNothing(permit, rule)))
      yield* waysOf(policies, { ...own, together: left, columns }, `${shape.name} and ${other.name}`)
    }
  }
}

type Policies = Pick<PolicySet, 'rules' | 'vocabulary'>

function rulesFor(policies: Policies, claims: Claims, tenant: Tenant): EntityRules {
  const all = applicableRules({ ...policies, generation: '' }, claims, tenant)
  return entityRules(
    all.filter(({ actions }) => actions.has('read')),
    'read',
  )
}

function together(one: Claims, other: Claims): Claims {
  return { ...other, ...one, roles: [...new Set([...one.roles, ...other.roles])] }
}

/** Who sees all entities of the types one by one is told of none in groups. */
function hidesNothing(permit: Rule, { types }: Rule): boolean {
  return (
    isWhole(permit) &&
    [...(types ?? [undefined])].every((type) => !permit.types || (type && permit.types.has(type)))
  )
}

function* waysOf({ vocabulary }: Policies, rules: EntityRules, to: string): Generator<Way> {
  for (const rule of rules.together) {
    const groups = groupsOf(rule)
    if (!groups) continue
    for (const type of rule.types ?? vocabulary.types)
      yield { rule, what: groups.what, type, to, text: wayOf(rule, type, { ...rules, vocabulary }) }
  }
}

function wayOf(
  rule: Rule,
  type: Iri,
  { columns, denials, vocabulary }: EntityRules & Pick<PolicySet, 'vocabulary'>,
): string {
  const groups = groupsOf(rule)
  const seen = [...(groups?.by.by ?? [])].sort().map((name) => {
    const attributeClass = classOf(vocabulary, name, [type])
    const matching = columns.of([type]).filter((other) => matchesAttribute(other, name, attributeClass))
    const { treatment } = decideColumn(matching, attributeClass)
    const mask = typeof treatment === 'string' ? treatment : maskOf(treatment)
    return [name, mask, ...matching.filter((other) => !isWhole(other)).map(textOf)]
  })
  const { idPattern, scope, condition, area } = rule.text?.resource ?? {}
  return JSON.stringify([
    idPattern,
    scope,
    condition,
    area,
    denials.of([type]).map(textOf),
    groups?.by.byScope,
    groups?.every,
    seen,
  ])
}

function textOf(rule: Rule): string {
  return `${rule.effect} ${maskOf(rule)} ${conditionsOf(rule)}`
}

/** A pseudonym is not released. */
function maskOf({ mask }: Rule): string {
  if (!mask) return ''
  return mask.method === 'pseudonym' || mask.method === 'redact' ? 'absent' : methodOf(mask)
}
