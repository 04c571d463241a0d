/** Tells whether the last digit is the check digit of the others (Luhn): payment cards and IMEI. */
export function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at])
    const doubled = at % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

const TAX_WEIGHTS = [31, 29, 23, 19, 17, 13, 7, 5, 3]

/** Tells whether the tenth digit is the check digit of a tax code; a branch suffix has none. */
export function isTaxCode(text: string): boolean {
  const digits = digitsOf(text)
  if (digits.length !== 10 && digits.length !== 13) return false
  const sum = TAX_WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0)
  return 10 - (sum % 11) === Number(digits[9])
}

// First three digits: codes of the provinces as they were before 2025; births registered later keep them.
const PROVINCES = new Set(
  (
    '001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 ' +
    '040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 ' +
    '083 084 086 087 089 091 092 093 094 095 096'
  ).split(' '),
)

/** Tells whether twelve digits can be a citizen's number: province, century with sex (1900 to 2099), year of birth. */
export function isCitizenId(text: string): boolean {
  const digits = digitsOf(text)
  return digits.length === 12 && PROVINCES.has(digits.slice(0, 3)) && /[0-3]/.test(digits.charAt(3))
}

/** Answers the decimal digits of a text, in order. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, '')
}
