/** Answers a test for scopes: `+` stands for one level, a trailing `#` for the scope itself and all below. */
export function scopeMatcher(patterns: readonly string[]): (scopes: readonly string[]) => boolean {
  const parsed = patterns.map(levelsOf)
  return (scopes) => scopes.some((scope) => parsed.some((pattern) => matches(pattern, levelsOf(scope))))
}

function levelsOf(scope: string): readonly string[] {
  return scope.replace(/^\//, '').split('/')
}

function matches(pattern: readonly string[], levels: readonly string[]): boolean {
  const below = pattern.at(-1) === '#'
  const fixed = below ? pattern.slice(0, -1) : pattern
  const longEnough = below ? levels.length >= fixed.length : levels.length === fixed.length
  return longEnough && fixed.every((level, at) => level === '+' || level === levels[at])
}
