/** What every id that a pattern is found in holds: at its beginning, or somewhere. */
export interface LiteralStart {
  readonly text: string
  readonly anchored: boolean
}

const SPECIAL: ReadonlySet<string> = new Set('.[](){}*+?|^$\\')
const REPEATS: ReadonlySet<string> = new Set('*+?{')

/** Reads the letters that a regular expression begins with; undefined where it may be found without them. */
export function literalStart(pattern: string): LiteralStart | undefined {
  if (pattern.includes('|')) return undefined
  const anchored = pattern.startsWith('^')
  const letters = [...(anchored ? pattern.slice(1) : pattern)]
  const kept: string[] = []
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? ''
    const escaped = letter === '\\' && SPECIAL.has(letters[at + 1] ?? '')
    if (SPECIAL.has(letter) && !escaped) {
      if (REPEATS.has(letter)) kept.pop() // it may be there not at all
      break
    }
    kept.push(escaped ? (letters[++at] ?? '') : letter)
  }
  return kept.length === 0 ? undefined : { text: kept.join(''), anchored }
}
