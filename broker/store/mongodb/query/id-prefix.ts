/** What the ids have in common that a pattern matches. */
export interface IdPrefix {
  readonly prefix: string
  /** The first text behind all that begin with it. */
  readonly before: string
  /** The pattern asks for nothing else. */
  readonly exact: boolean
}

// a letter that is repeated or left out by what follows it is none of the prefix
const ANCHORED = /^\^([\w:/#%@,;=&~'!-]+)(?![*?{])(.*)$/s
const ANYTHING = new Set(['', '.*'])

/** Answers how ids begin that match a pattern; undefined: it does not say. */
export function idPrefix(pattern: string): IdPrefix | undefined {
  if (pattern.includes('|')) return undefined
  const [, prefix, rest = ''] = ANCHORED.exec(pattern) ?? []
  if (prefix === undefined) return undefined
  const last = prefix.length - 1
  const before = prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1)
  return { prefix, before, exact: ANYTHING.has(rest) }
}
