/** Formats that every workbook has without naming them, of dates and of times alone (ECMA-376, 18.8.30; 27 to 58 are East Asian). */
const DAYS = new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58])
const TIMES = new Set([18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56])

const DAY_MS = 86_400_000
/** Day 0 of serial dates. Days before March 1900 are one off, as in the program that they come from; nothing here is as old. */
const EPOCH_1900 = Date.UTC(1899, 11, 30)
const EPOCH_1904 = Date.UTC(1904, 0, 1)

/** What a number means. */
export type DateFormat = 'day' | 'time'

/** Tells whether a number format shows dates, or times of a day alone; undefined: neither. */
export function isDateFormat(id: number, code?: string): DateFormat | undefined {
  if (code === undefined) return DAYS.has(id) ? 'day' : TIMES.has(id) ? 'time' : undefined
  const plain = code.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  if (/general/i.test(plain)) return undefined
  if (/[yd]/i.test(plain)) return 'day'
  if (/[hs]/i.test(plain)) return 'time'
  return /m/i.test(plain) ? 'day' : undefined
}

/** Writes a serial date as a text of ISO 8601 without an offset: a day, a day with its time, or a time such as `08:30` or `24:00`. */
export function serialText(serial: number, format: string, since1904: boolean): string {
  const seconds = Math.round(serial * 86_400)
  if (format === 'time' && serial >= 0 && serial <= 1) return clock(seconds)
  const at = new Date((since1904 ? EPOCH_1904 : EPOCH_1900) + seconds * 1000)
  if (Number.isNaN(at.getTime())) return String(serial)
  const text = at.toISOString()
  return (seconds * 1000) % DAY_MS === 0 ? text.slice(0, 10) : text.slice(0, 19)
}

function clock(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return [hours, minutes, ...(rest === 0 ? [] : [rest])]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}
