import type { PolicySet } from './rule.ts'

/**
 * Answers policies that are others as soon as something else is that views are compiled with: what was compiled from those
 * before is compiled anew. `applied` gives them another `moment`.
 */
export function policiesUnder<Under>(
  policies: () => PolicySet,
  under: () => Under,
  applied: (from: PolicySet, under: Under) => PolicySet,
): () => PolicySet {
  let last: { readonly from: PolicySet; readonly under: Under; readonly set: PolicySet } | undefined
  return () => {
    const [from, now] = [policies(), under()]
    if (last?.from !== from || last.under !== now) last = { from, under: now, set: applied(from, now) }
    return last.set
  }
}
