/** What If-Match or If-None-Match names: any state, or some by their tags. */
export type TagList = 'any' | readonly NamedTag[]

/** One entity tag (RFC 9110, 8.8.3), without its quotes. */
export interface NamedTag {
  readonly weak: boolean
  readonly tag: string
}

const TAGS = /(W\/)?"([\x21\x23-\x7e]*)"/g

/** Reads a list of entity tags; what is none is passed over. */
export function tagList(header: string): TagList {
  if (header.trim() === '*') return 'any'
  return [...header.matchAll(TAGS)].map(([, weak, tag = '']) => ({ weak: weak !== undefined, tag }))
}
