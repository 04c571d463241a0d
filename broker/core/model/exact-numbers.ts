import { badRequestData } from './problem.ts'

/** Refuses JSON with a number that would not be kept exactly, instead of rounding it in silence. @throws Problem BadRequestData */
export function checkExactNumbers(text: string): void {
  const position = findInexact(text)
  if (position < 0) return
  const [token] = NUMBER.exec(text.slice(position, position + 40)) ?? []
  throw badRequestData(
    `Number ${token} at character ${position} has more digits than can be kept exactly; send it as a text`,
    { position },
  )
}

const NUMBER = /^[-+.\deE]*/
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** So many digits are never too many. */
const SURE_LENGTH = 15

/** Answers where the first number stands that does not survive; negative: all do. */
function findInexact(text: string): number {
  // unit by unit: no expression finds the numbers between the texts of JSON as fast as it was parsed
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = lastOfText(text, at)
    else if (isNumeric(unit)) {
      const plainEnd = numericEnd(text, at)
      const end = isExponent(text.charCodeAt(plainEnd)) ? numericEnd(text, plainEnd + 1) : plainEnd
      const sure = end === plainEnd && end - at <= SURE_LENGTH
      if (!sure && !isExactNumber(text.slice(at, end))) return at
      at = end
    }
  }
  return -1
}

/** Answers where the quote stands that ends the text which begins here. */
function lastOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) return at
    if (unit === BACKSLASH) at++
  }
  return text.length
}

function numericEnd(text: string, start: number): number {
  let end = start
  while (isNumeric(text.charCodeAt(end))) end++
  return end
}

/** Digits, `.`, `-` and `+`, of which only numbers are made outside of texts. */
function isNumeric(unit: number): boolean {
  return unit >= 0x2b && unit <= 0x39 && unit !== 0x2c
}

function isExponent(unit: number): boolean {
  return unit === 0x65 || unit === 0x45
}

/** Tells whether a JSON number is kept exactly, or would be rounded. */
export function isExactNumber(token: string): boolean {
  if (token.length <= SURE_LENGTH && !/[eE]/.test(token)) return true
  const value = Number(token)
  const written = String(value)
  return written === token || (Number.isFinite(value) && plain(written) === plain(token))
}

/** Digits without leading and trailing zeros, and the power of ten: equal for equal decimal numbers. */
function plain(token: string): string {
  const [, sign = '', whole = '', decimals = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? []
  const digits = `${whole}${decimals}`.replace(/^0+/, '')
  const short = digits.replace(/0+$/, '')
  if (short === '') return '0'
  return `${sign}${short}e${Number(exponent) - decimals.length + digits.length - short.length}`
}
