import type { Iri } from '../../broker/core/model/iri.ts'
import type { Rule } from './rule.ts'

/** Rules of one kind, with those that speak of a type at hand. */
export interface RuleList {
  readonly all: readonly Rule[]
  /** Those that speak of entities with one of these types, in the order of `all`; of no type: those that name none. */
  of(types: readonly Iri[]): readonly Rule[]
}

/** So many sets of types are remembered. */
const MEMORY = 2000

/** Makes a list of rules; what speaks of a type is picked once. */
export function createRuleList(all: readonly Rule[]): RuleList {
  const known = new Set(all.flatMap(({ types = [] }) => [...types]))
  const untyped = all.filter(({ types }) => types === undefined)
  const picked = new Map<string, readonly Rule[]>()
  return {
    all,
    of: (types) => {
      const [only = ''] = types
      const key = types.length > 1 ? types.join(' ') : only
      const before = picked.get(key)
      if (before) return before
      if (!types.some((type) => known.has(type))) return untyped
      const rules = all.filter((rule) => matchesTypes(rule, types))
      if (picked.size < MEMORY) picked.set(key, rules)
      return rules
    },
  }
}

/** Tells whether a rule speaks of entities with one of these types. */
export function matchesTypes(rule: Rule, types: readonly Iri[]): boolean {
  return rule.types === undefined || types.some((type) => rule.types?.has(type))
}
