import type { ScopeNode } from '../../core/query/ast.ts'

/** A scope, or all that begin with one and a slash: from one text to before another. */
export type ScopeRange = { readonly scope: string } | { readonly from: string; readonly before: string }

/** Answers what a scope has to be in to satisfy a term of a scope query (CIM 009 v1.9.1, 4.19). */
export function scopeRanges({ levels, below }: Extract<ScopeNode, { kind: 'scope' }>): {
  readonly ranges: readonly ScopeRange[]
  /** Behind a `+` they only narrow to what stands before it. */
  readonly exact: boolean
} {
  const wild = levels.indexOf('+')
  const known = wild < 0 ? levels : levels.slice(0, wild)
  const scope = known.map((level) => `/${level}`).join('')
  // `0` follows `/`
  const inside = { from: `${scope}/`, before: `${scope}0` }
  if (wild >= 0) return { ranges: [inside], exact: false }
  return { ranges: below ? [{ scope }, inside] : [{ scope }], exact: true }
}
