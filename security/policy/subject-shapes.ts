import { ANONYMOUS, bindingOf, boundTo, type Claims } from './claims.ts'
import type { Rule, Subject } from './rule.ts'

/** Somebody of whom rules speak, in words, with the claims that make it so. */
export interface SubjectShape {
  readonly name: string
  readonly claims: Claims
}

/** So many are looked at. */
const MOST = 5000
const MEMBERS = ['role', 'organisation', 'city', 'client', 'purpose'] as const

/**
 * Answers everybody whom the rules tell apart: strangers, somebody with a token and nothing else, and for each subject of a
 * rule who has just what it asks for, for each of the values that it takes.
 */
export function subjectShapes(rules: readonly Rule[]): readonly SubjectShape[] {
  const shapes = new Map<string, SubjectShape>()
  const nobody: Claims = { ...ANONYMOUS, anonymous: false }
  for (const claims of [ANONYMOUS, nobody]) add(claims)
  for (const { subjects } of rules)
    for (const subject of subjects) for (const claims of claimsOf(subject)) add(claims)
  return [...shapes.values()]

  function add(claims: Claims): void {
    const name = nameOf(claims)
    if (shapes.size < MOST && !shapes.has(name)) shapes.set(name, { name, claims })
  }
}

function claimsOf(subject: Subject): readonly Claims[] {
  if (subject.anonymous === true) return [ANONYMOUS]
  let all: readonly Claims[] = [
    {
      ...ANONYMOUS,
      anonymous: false,
      ...(subject.assurance !== undefined && { assurance: subject.assurance }),
    },
  ]
  for (const member of MEMBERS) {
    const values = subject[member]
    if (values) all = all.flatMap((claims) => values.map((value) => withValue(claims, member, value)))
  }
  const { bound } = subject
  return bound ? all.flatMap((claims) => bound.map((to) => ({ ...claims, ...boundTo(to) }))) : all
}

function withValue(claims: Claims, member: (typeof MEMBERS)[number], value: string): Claims {
  return member === 'role' ? { ...claims, roles: [value] } : { ...claims, [member]: value }
}

function nameOf(claims: Claims): string {
  const { anonymous, roles, organisation, city, client, purpose, assurance } = claims
  if (anonymous) return 'nobody in particular (no token)'
  const parts = Object.entries({
    role: roles[0],
    organisation,
    city,
    client,
    purpose,
    assurance,
    bound: bindingOf(claims),
  })
  const given = parts.flatMap(([member, value]) => (value === undefined ? [] : `${member} ${value}`))
  return given.length === 0 ? 'anybody with a token' : given.join(', ')
}
