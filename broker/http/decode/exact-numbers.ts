import { badRequestData } from '../../core/model/problem.ts'

/** Seventeen digits in a row, an exponent or long decimals: only then may a number not survive as a double. */
const SUSPICIOUS = /\d{16}|\d\.\d{15}|\d[eE][+-]?\d|\d{8,}\.\d{8,}/
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Refuses JSON with a number that would not be kept exactly, instead of rounding it in silence. @throws Problem BadRequestData */
export function checkExactNumbers(text: string): void {
  if (!SUSPICIOUS.test(text)) return
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token.startsWith('"') || survives(token)) continue
    throw badRequestData(
      `Number ${token.slice(0, 40)} at character ${index} has more digits than can be kept exactly; send it as a text`,
      {
        position: index,
      },
    )
  }
}

function survives(token: string): boolean {
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
