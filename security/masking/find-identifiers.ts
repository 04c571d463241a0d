import { LRUCache } from 'lru-cache'
import { composedText, foldedText } from './folded-text.ts'
import { HOUSEHOLD_DETECTORS } from './household-detectors.ts'
import type { Detector, Hit } from './identifier.ts'
import { findNames } from './name-detector.ts'
import { NUMBER_DETECTORS } from './number-detectors.ts'

/** Identifiers in a text, and the text as it was searched: places are places in that one. */
export interface Findings {
  readonly text: string
  /** In order, without overlaps. */
  readonly hits: readonly Hit[]
}

/** Texts of entities are looked at once for each view of them, and again when they are written anew. */
const found = new LRUCache<string, Findings>({ max: 5000, maxSize: 2_000_000, sizeCalculation: sizeOf })
const LONGEST_KEPT = 2000

/** Finds what points to persons, households and accounts in a text, in linear time. */
export function findIdentifiers(text: string): Findings {
  const before = found.get(text)
  if (before) return before
  const findings = search(text)
  if (text.length <= LONGEST_KEPT) found.set(text, findings)
  return findings
}

function sizeOf(findings: Findings): number {
  return findings.text.length + 1
}

function search(text: string): Findings {
  const composed = composedText(text)
  const folded = foldedText(composed)
  const hits = [
    ...(folded.includes('@') ? findEmails(folded) : []),
    ...(/\d|:/.test(folded) ? NUMBER_DETECTORS.flatMap((detector) => detect(detector, folded)) : []),
    ...(/\d/.test(folded) ? HOUSEHOLD_DETECTORS.flatMap((detector) => detect(detector, folded)) : []),
    ...findNames(composed, folded),
  ]
  return { text: composed, hits: withoutOverlaps(hits) }
}

function detect({ kind, pattern, accepts }: Detector, folded: string): readonly Hit[] {
  const hits: Hit[] = []
  for (const found of folded.matchAll(pattern)) {
    const [start, end] = found.indices?.[1] ?? found.indices?.[0] ?? [0, 0]
    if (!accepts || accepts(folded.slice(start, end))) hits.push({ kind, start, end })
  }
  return hits
}

const DOMAIN = /^[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}/
const LOCAL = /[A-Za-z0-9._%+-]/

/** E-mail addresses, outwards from each `@`: a pattern from the left would look at long texts again and again. */
function findEmails(folded: string): readonly Hit[] {
  const hits: Hit[] = []
  for (let at = folded.indexOf('@'); at >= 0; at = folded.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && at - start < 64 && LOCAL.test(folded.charAt(start - 1))) start--
    const domain = DOMAIN.exec(folded.slice(at + 1, at + 700))
    if (start < at && domain) hits.push({ kind: 'email', start, end: at + 1 + domain[0].length })
  }
  return hits
}

/** Joins hits that overlap; the one that starts first, or else the longer one, names the kind. */
function withoutOverlaps(hits: readonly Hit[]): readonly Hit[] {
  const sorted = [...hits].sort((one, other) => one.start - other.start || other.end - one.end)
  const joined: Hit[] = []
  for (const hit of sorted) {
    const last = joined.at(-1)
    if (last && hit.start < last.end) {
      joined[joined.length - 1] = { ...last, end: Math.max(last.end, hit.end) }
    } else joined.push(hit)
  }
  return joined
}
