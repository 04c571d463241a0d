const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g
const ASCII = /^[\u0020-\u007e\n\r\t]*$/

/** Answers a text as it is searched: composed (NFC) and without characters that cannot be seen. */
export function composedText(text: string): string {
  return ASCII.test(text) ? text : text.normalize('NFC').replace(INVISIBLE, '')
}

/** Folds a composed text to plain letters, digits and blanks, unit by unit: places in both are the same. */
export function foldedText(composed: string): string {
  if (ASCII.test(composed)) return composed
  let folded = ''
  for (let at = 0; at < composed.length; at++) folded += foldedUnit(composed.charAt(at))
  return folded
}

const known = new Map<string, string>()

function foldedUnit(unit: string): string {
  if (unit <= '\u007f') return unit
  const before = known.get(unit)
  if (before !== undefined) return before
  const folded = foldOnce(unit)
  known.set(unit, folded) // at most one per UTF-16 unit
  return folded
}

function foldOnce(unit: string): string {
  if (unit === 'đ') return 'd'
  if (unit === 'Đ') return 'D'
  if (/[\u2010-\u2015\u2212]/.test(unit)) return '-'
  if (/\s/.test(unit)) return unit === '\u2028' || unit === '\u2029' ? '\n' : ' '
  const wide = /[\uff01-\uff5e]/.test(unit) ? unit.normalize('NFKC') : unit
  const [base = unit] = wide.normalize('NFD')
  return base.length === 1 ? base : unit
}
