/** A scope such as `/ThaiNguyen/Air`; `+` stands for one level, `#` at the end for it and all below. */
export type ScopePattern = `/${string}`

/** Scopes that entities are in: one, any of several, or any of groups of which all are needed (CIM 009 v1.9.1, 4.19). */
export type ScopeQuery = ScopePattern | readonly (ScopePattern | readonly ScopePattern[])[]

const LEVEL = String.raw`(?:\+|\p{L}[\p{L}\p{N}_]*)`
const SCOPE = new RegExp(`^/(?:#|${LEVEL}(?:/${LEVEL})*(?:/#)?)$`, 'u')

/** Writes the parameter `scopeQ`. @throws TypeError for what is no scope */
export function scopeText(query: ScopeQuery): string {
  const groups = typeof query === 'string' ? [query] : query
  if (groups.length === 0) throw new TypeError('Scope query names no scope')
  return groups.map(groupText).join('|')
}

function groupText(group: ScopePattern | readonly ScopePattern[]): string {
  const scopes = [group].flat()
  if (scopes.length === 0) throw new TypeError('Scope query has a group without scopes')
  for (const scope of scopes)
    if (!SCOPE.test(scope)) throw new TypeError(`Scope ${JSON.stringify(scope)} cannot be asked for`)
  return scopes.length === 1 ? String(scopes[0]) : `(${scopes.join(';')})`
}
