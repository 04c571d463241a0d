/** A name as it is compared: without marks, case and the word for its kind. */
export interface UnitName {
  readonly bare: string
  /** What kind of unit the name says, by the ontology's word; absent: it does not say. */
  readonly category?: string
}

/** Words before a name, without marks; those with a dot only where it was written. */
const BEFORE: Readonly<Record<string, string>> = {
  'thanh pho': 'city',
  tp: 'city',
  phuong: 'ward',
  'p.': 'ward',
  xa: 'commune',
  'x.': 'commune',
  'thi tran': 'township',
  tt: 'township',
  huyen: 'district',
  'h.': 'district',
  tinh: 'province',
  't.': 'province',
}

const AFTER = ['city', 'ward', 'commune', 'township', 'district', 'province'] as const

/** Reads the name of a unit as people write it: "TP. Sông Công", "thanh pho song cong", "Song Cong City". */
export function readUnitName(text: string): UnitName {
  const plain = withoutMarks(text).replace(/\.(?=\S)/g, '. ')
  for (const [word, category] of Object.entries(BEFORE)) {
    const rest = after(plain, word)
    if (rest !== undefined) return { bare: bareOf(rest), category }
  }
  const bare = bareOf(plain)
  const category = AFTER.find((word) => bare.endsWith(` ${word}`))
  return category ? { bare: bare.slice(0, -category.length - 1), category } : { bare }
}

/** Takes case, accents and the bar of đ away; letters that Vietnamese has not stay. */
export function withoutMarks(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/\s+/g, ' ')
    .trim()
}

/** What follows a word at the beginning; undefined: it does not stand there alone. */
function after(text: string, word: string): string | undefined {
  if (!text.startsWith(word)) return undefined
  const rest = text.slice(word.length)
  return /^[\s.]/.test(rest) ? rest : undefined
}

function bareOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}
