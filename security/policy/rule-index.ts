import type { Claims } from './claims.ts'
import type { Rule, Subject } from './rule.ts'

/** Finds the rules that can speak of a caller without looking at all others. */
export interface RuleIndex {
  /** Answers every rule that speaks of the caller, and few that do not, in the order of the files. */
  about(claims: Claims): readonly Rule[]
  /** The next assurance above this one that a rule asks for; undefined: none asks for more. */
  assuranceAbove(assurance: number): number | undefined
}

/** Whoever has none of the values that a rule names in one of these members is not meant; the most telling one first. */
const TELLING = ['client', 'organisation', 'role', 'purpose', 'city'] as const

const indexes = new WeakMap<readonly Rule[], RuleIndex>()

/** Answers the index of a list of rules, which is made once. */
export function indexOf(rules: readonly Rule[]): RuleIndex {
  const before = indexes.get(rules)
  if (before) return before
  const made = createIndex(rules)
  indexes.set(rules, made)
  return made
}

function createIndex(rules: readonly Rule[]): RuleIndex {
  const places = new Map<string, number[]>()
  rules.forEach((rule, at) => {
    for (const key of new Set(rule.subjects.flatMap(keysOf))) {
      const known = places.get(key)
      if (known) known.push(at)
      else places.set(key, [at])
    }
  })
  const levels = rules.flatMap(({ subjects }) => subjects.flatMap(({ assurance = 0 }) => assurance))
  const asked = [...new Set(levels)].sort((one, other) => one - other)
  return {
    assuranceAbove: (assurance) => asked.find((level) => level > assurance),
    about: (claims) => {
      const found = new Set(claimKeys(claims).flatMap((key) => places.get(key) ?? []))
      return [...found].sort((one, other) => one - other).flatMap((at) => rules[at] ?? [])
    },
  }
}

/** Under which keys a subject is found: those of one member that it names, or that of everybody. */
function keysOf(subject: Subject): readonly string[] {
  const member = TELLING.find((name) => subject[name] !== undefined)
  if (member !== undefined) return (subject[member] ?? []).map((value) => `${member} ${value}`)
  return [subject.anonymous === undefined ? 'any' : `anonymous ${subject.anonymous}`]
}

function claimKeys(claims: Claims): readonly string[] {
  const { client, organisation, purpose, city } = claims
  const values = { client, organisation, purpose, city }
  const named = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : `${name} ${value}`,
  )
  return [
    'any',
    `anonymous ${claims.anonymous}`,
    ...named,
    ...[...new Set(claims.roles)].map((role) => `role ${role}`),
  ]
}
