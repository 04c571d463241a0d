import iconv from 'iconv-lite'

/** How bytes may stand for Vietnamese: TCVN3 (ABC) and Windows-1258 are older than Unicode and still in use. */
export const ENCODINGS = ['utf-8', 'windows-1258', 'tcvn3'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Share of the words with marks that has to look Vietnamese before an encoding is believed. */
const BELIEVED = 0.6
/** So many texts tell as much as all of a large table. */
const MOST_JUDGED = 5000
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g
const ONSET = 'ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx]'
const RIMES = [
  'a(?:ch?|i|m|n[gh]?|o|p|t|u|y)?|ă(?:c|m|ng?|p|t)|â(?:c|m|ng?|p|t|u|y)',
  'e(?:c|m|ng?|o|p|t)?|ê(?:ch|m|n|nh|ng|p|t|u)?|i(?:a|ch|m|n|nh|p|t|u|ê(?:c|m|ng?|p|t|u))?',
  'o(?:c|i|m|ng?|ong|oc|p|t|e[not]?|a(?:ch?|i|m|n[gh]?|o|p|t|y)?|ă(?:c|m|ng?|t))?|ô(?:c|i|m|ng?|p|t)?|ơ(?:i|m|n|p|t)?',
  'u(?:a|c|i|m|ng?|p|t|ơ|â(?:ng?|t|y)|ê(?:ch|n|nh)?|ô(?:c|i|m|ng?|t)|y(?:a|ch|n|nh|t|u|ê[nt])?)?',
  'ư(?:a|c|i|m|ng?|t|u|ơ(?:c|i|m|ng?|p|t|u))?|y(?:nh|ch|t|ê(?:m|ng?|t|u))?',
].join('|')
const SYLLABLE = new RegExp(`^(?:${ONSET})?(?:${RIMES})$`, 'u')

/** Reads bytes as an encoding has them, in the composed form (NFC); undefined: they are not text of it. */
export function decodeAs(bytes: Uint8Array, encoding: Encoding): string | undefined {
  try {
    const text =
      encoding === 'utf-8'
        ? new TextDecoder('utf-8', { fatal: true }).decode(bytes)
        : iconv.decode(bytes, encoding === 'tcvn3' ? 'tcvn' : 'windows1258')
    return text.includes('\ufffd') ? undefined : text.normalize('NFC')
  } catch {
    return undefined
  }
}

/** Answers the encoding that a .cpg file or an agency names; undefined: one that is not read here, or none. */
export function encodingNamed(name: string): Encoding | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  if (plain === 'utf8' || plain === '65001') return 'utf-8'
  if (/^(?:ansi|cp|windows)?1258$/.test(plain)) return 'windows-1258'
  return /^(?:tcvn|tcvn3|tcvn5712.*|abc)$/.test(plain) ? 'tcvn3' : undefined
}

/**
 * Answers in which encoding texts are Vietnamese; what is declared only decides between equals, since declarations are often
 * wrong (and the language driver of dBase has no number for Vietnamese). undefined: in none of them.
 */
export function encodingOf(texts: readonly Uint8Array[], declared?: Encoding): Encoding | undefined {
  const marked = texts.filter((bytes) => bytes.some((byte) => byte > 127)).slice(0, MOST_JUDGED)
  if (marked.length === 0) return declared ?? 'utf-8'
  const order = [...new Set([...(declared ? [declared] : []), ...ENCODINGS])]
  const [best] = order
    .map((encoding) => ({ encoding, share: plausibility(marked, encoding) }))
    .sort((left, right) => right.share - left.share)
  return best && best.share >= BELIEVED ? best.encoding : undefined
}

/** Share of the words with marks that are Vietnamese syllables. */
function plausibility(texts: readonly Uint8Array[], encoding: Encoding): number {
  let [words, right] = [0, 0]
  for (const bytes of texts) {
    const text = decodeAs(bytes, encoding)
    const marked = text === undefined ? [''] : markedWords(text)
    words += marked.length
    right += marked.filter(isSyllable).length
  }
  return words === 0 ? 0 : right / words
}

function markedWords(text: string): readonly string[] {
  return text.split(/[\0-@[-`{-\x7f²³°–“”’…]+/u).filter((word) => /[^\0-\x7f]/.test(word))
}

/** One tone at most, and an onset and a rime that the language has. */
function isSyllable(word: string): boolean {
  const parts = word.toLowerCase().normalize('NFD')
  if ((parts.match(TONES) ?? []).length > 1) return false
  return SYLLABLE.test(parts.replace(TONES, '').normalize('NFC'))
}
