/** What If-Match or If-None-Match names: any state, or some by their tags. */
export type TagList = 'any' | readonly NamedTag[]

/** One entity tag (RFC 9110, 8.8.3), without its quotes. */
export interface NamedTag {
  readonly weak: boolean
  readonly tag: string
}

/**
 * Answers the tag in If-None-Match that names the representation which has this ETag (RFC 9110, 13.1.2). The encode room
 * marks the tag of a compressed answer with its coding (8.8.3.3): to whoever has the other one nothing has changed either.
 */
export function knownTag(noneMatch: string, etag: string): string | undefined {
  const list = tagList(noneMatch)
  const wanted = uncoded(etag)
  if (list === 'any') return wanted
  const known = list.find(({ tag }) => uncoded(`"${tag}"`) === wanted)
  return known && `"${known.tag}"`
}

function uncoded(etag: string): string {
  return etag.replace(/~\w+"$/, '"')
}

const TAGS = /(W\/)?"([\x21\x23-\x7e]*)"/g

/** Reads a list of entity tags; what is none is passed over. */
export function tagList(header: string): TagList {
  if (header.trim() === '*') return 'any'
  return [...header.matchAll(TAGS)].map(([, weak, tag = '']) => ({ weak: weak !== undefined, tag }))
}
