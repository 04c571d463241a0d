import { findIdentifiers } from './find-identifiers.ts'

/** Replaces personal identifiers found in a text; a text without any comes back as it was. */
export function scanText(text: string, replacement = '[…]'): string {
  const { text: searched, hits } = findIdentifiers(text)
  if (hits.length === 0) return text
  let scanned = ''
  let from = 0
  for (const { start, end } of hits) {
    scanned += searched.slice(from, start) + replacement
    from = end
  }
  return scanned + searched.slice(from)
}
