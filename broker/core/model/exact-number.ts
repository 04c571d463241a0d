/** So many digits are never too many. */
const SURE_LENGTH = 15
const EXPONENT = /[eE]/

/** Tells whether a JSON number is kept exactly, or would be rounded. */
export function isExactNumber(token: string): boolean {
  if (token.length <= SURE_LENGTH && !EXPONENT.test(token)) return true
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
