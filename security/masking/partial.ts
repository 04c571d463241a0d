import { digitsOf } from './checksums.ts'
import { identify } from './identify.ts'
import { phoneDigits } from './number-detectors.ts'

const HIDDEN = '***'
const SHOWN_DIGITS = 3

/** Shows as much of a text as helps to recognise it, by what kind of identifier it is. */
export function partialText(text: string): string {
  const whole = text.trim().normalize('NFC')
  switch (identify(whole)) {
    case 'phone':
      return partialPhone(whole)
    case 'email':
      return partialEmail(whole)
    case 'name':
      return initials(whole)
    case 'plate':
      return partialPlate(whole)
    case 'passport':
      return `${whole.charAt(0)}${'*'.repeat(whole.length - 3)}${whole.slice(-2)}`
    case 'ip-address':
      return whole.includes('.') ? `${whole.split('.').slice(0, 3).join('.')}.*` : HIDDEN
    case 'birth-date':
      return /(?:19|20)\d{2}/.exec(whole)?.[0] ?? HIDDEN
    case 'citizen-id':
    case 'identity-card':
    case 'driving-licence':
    case 'social-insurance':
    case 'health-insurance':
    case 'tax-code':
    case 'device':
    case 'digits':
      return lastDigits(whole)
    case 'bank-account':
    case 'payment-card':
    case 'address':
    case 'position':
    case 'dossier':
    case 'land-certificate':
    case 'camera-url':
    case 'credential':
      return HIDDEN
    case undefined:
      return generic(whole)
  }
}

/** 09*****000: the first two and the last three digits. */
function partialPhone(text: string): string {
  const digits = phoneDigits(text) ?? ''
  return `${digits.slice(0, 2)}${'*'.repeat(Math.max(digits.length - 5, 0))}${digits.slice(-SHOWN_DIGITS)}`
}

/** The first letter and the domain; numbers of persons are names of mailboxes too. */
function partialEmail(text: string): string {
  const domain = text.slice(text.lastIndexOf('@'))
  const first = /^[A-Za-z]/.test(text) ? text.charAt(0) : ''
  return `${first}${HIDDEN}${digitsOf(domain).length < 6 ? domain : ''}`
}

function initials(text: string): string {
  return text
    .split(/[\s.-]+/)
    .filter((word) => word !== '')
    .map((word) => `${word.charAt(0).toUpperCase()}.`)
    .join('')
}

// Unseparated, 20A12345 is a car or a motorcycle: read as a car it shows less.
const CAR = /^(\d{2})[-. ]?(\p{L}{1,2})[-. ]?(?=\d{3}\.?\d{2}$)/u
const OTHER_PLATE = /^(\d{2})[-. ]?(\p{L}{1,2}\d?)[-. ]?(?=\d{3}\.?\d{2}$|\d{4}$)/u

/** 20A-***.00: province and series stay, and the last two digits. */
function partialPlate(text: string): string {
  const parts = CAR.exec(text) ?? OTHER_PLATE.exec(text)
  if (!parts) return HIDDEN
  const number = digitsOf(text.slice(parts[0].length))
  const start = `${parts[1]}${parts[2]}-`
  return number.length === 5 ? `${start}***.${number.slice(-2)}` : `${start}**${number.slice(-2)}`
}

/** The last three of at least nine digits; of fewer, fewer: never one of the first six. */
function lastDigits(text: string): string {
  const digits = digitsOf(text)
  const shown = Math.max(0, Math.min(SHOWN_DIGITS, digits.length - 6))
  return `${'*'.repeat(digits.length - shown)}${shown > 0 ? digits.slice(-shown) : ''}`
}

/** The first letter, when there is enough behind it and it is no digit. */
function generic(text: string): string {
  const [first = ''] = text
  return /\p{L}/u.test(first) && text.length >= 4 ? `${first}${HIDDEN}` : HIDDEN
}
