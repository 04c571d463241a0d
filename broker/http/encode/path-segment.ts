/** Characters that a path segment may hold as they are (RFC 3986, 3.3) and that encodeURIComponent escapes. */
const PLAIN = /%(?:3A|40|24|26|2B|2C|3B|3D)/g

/** Writes an id as one segment of a path: escaped where the URI needs it, so that URNs stay readable. */
export function pathSegment(id: string): string {
  return encodeURIComponent(id).replace(PLAIN, decodeURIComponent)
}
