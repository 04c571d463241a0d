import type { Tenant } from '../../broker/core/model/tenant.ts'
import { bindingOf, type Claims } from './claims.ts'
import { feedRules } from './feed-rules.ts'
import type { PolicySet, Rule, Subject } from './rule.ts'
import { indexOf } from './rule-index.ts'

/** Answers the rules that speak of this caller in this tenant, in the order of the files; those of feeds are the last. */
export function applicableRules(policies: PolicySet, claims: Claims, tenant: Tenant): readonly Rule[] {
  const { rules, uses, vocabulary } = policies
  const about = indexOf(rules)
    .about(claims)
    .filter((rule) => speaksOf(rule, claims, tenant))
  if (!uses || looksForPersons(about)) return about
  return [...about, ...feedRules(uses, claims, { tenant, vocabulary })]
}

/** Who may look for single persons sees what is kept from others: what they have had restricted, and for which purpose it came. */
export function looksForPersons(rules: readonly Rule[]): boolean {
  const about = rules.filter(({ kinds, actions }) => kinds.has('privacy') && actions.has('read'))
  return about.some(({ effect }) => effect === 'permit') && !about.some(({ effect }) => effect === 'deny')
}

/** Tells whether a rule speaks of this caller in this tenant. */
export function speaksOf(rule: Rule, claims: Claims, tenant: Tenant): boolean {
  return (
    (rule.tenants === undefined || rule.tenants.has(tenant)) &&
    rule.subjects.some((subject) => isSubject(claims, subject))
  )
}

function isSubject(claims: Claims, subject: Subject): boolean {
  return (
    includesOne(subject.role, claims.roles) &&
    includesText(subject.organisation, claims.organisation) &&
    includesText(subject.city, claims.city) &&
    includesText(subject.client, claims.client) &&
    includesText(subject.purpose, claims.purpose) &&
    (subject.assurance === undefined || (claims.assurance ?? 0) >= subject.assurance) &&
    includesText(subject.bound, bindingOf(claims)) &&
    (subject.anonymous === undefined || subject.anonymous === claims.anonymous)
  )
}

function includesText(wanted: readonly string[] | undefined, given: string | undefined): boolean {
  return wanted === undefined || (given !== undefined && wanted.includes(given))
}

function includesOne(wanted: readonly string[] | undefined, given: readonly string[]): boolean {
  return wanted === undefined || given.some((one) => wanted.includes(one))
}
