import { digitsOf } from './checksums.ts'
import { foldedText } from './folded-text.ts'
import { identify } from './identify.ts'
import { scanText } from './scan-text.ts'

const REPLACEMENT = '[…]'
const FEWEST_DIGITS = 6
const MEMORY = 2000

/** Words in the name of an attribute or member that say more of its value than the value does. */
const TELLING =
  /\b(?:cccd|can cuoc|dinh danh|gplx|bang lai|giay phep lai xe|cmnd|cmt|cmtnd|chung minh|ho chieu|passport|bhxh|bhyt|bao hiem|mst|ma so thue|tai khoan|stk|so tk|account|gcn|giay chung nhan|so do|so hong|mat khau|password|passwd|otp|token|secret|api key|imei|dev ?eui|eui|sinh|ngay sinh|dob|birth|born|bien so|bien kiem soat|bks|bsx|so nha)\b/
/** Of those, and of phones: what is a number, however many of its digits are there. */
const NUMBERED =
  /\b(?:phone|mobile|telephone|sdt|dien thoai|cccd|can cuoc|dinh danh|gplx|bang lai|cmnd|cmt|cmtnd|chung minh|bhxh|bhyt|mst|ma so thue|tai khoan|stk|account number|bank account|imei)\b/

/** Replaces identifiers in a text, also those that only the name of its attribute or member gives away. */
export function scanLabelled(text: string, label = ''): string {
  const scanned = scanText(text)
  const words = scanned === text ? wordsOf(label) : ''
  if (words === '' || text === '') return scanned
  if (NUMBERED.test(words) && /^[\d .-]+$/.test(text) && digitsOf(text).length >= FEWEST_DIGITS)
    return REPLACEMENT
  if (!TELLING.test(words)) return scanned
  const prefix = `${words}: `
  const labelled = scanText(prefix + text)
  return labelled.startsWith(prefix) ? labelled.slice(prefix.length) : REPLACEMENT
}

/** Tells whether a whole number is one of a person: by its name, or as a phone number or payment card. */
export function isPersonalNumber(number: number, label = ''): boolean {
  if (!Number.isInteger(number) || number < 10 ** (FEWEST_DIGITS - 1)) return false
  if (NUMBERED.test(wordsOf(label))) return true
  const kind = number >= 1e10 ? identify(String(number)) : undefined
  return kind === 'phone' || kind === 'payment-card'
}

const known = new Map<string, string>()

/** soTaiKhoan, so_tai_khoan and "Số tài khoản" are the same words; a name of none is an empty text. */
function wordsOf(label: string): string {
  const before = known.get(label)
  if (before !== undefined) return before
  const spaced = foldedText(label.normalize('NFC')).replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
  const words = spaced
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase()
    .slice(0, 60)
  if (known.size < MEMORY) known.set(label, words)
  return words
}
