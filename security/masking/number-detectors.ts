import { digitsOf, isCitizenId, isTaxCode, passesLuhn } from './checksums.ts'
import type { Detector, IdentifierKind } from './identifier.ts'

/** Digits that must follow one of these words, with at most so many other characters between. */
function after(words: string, number: string, kind: IdentifierKind, gap = 30): Detector {
  const pattern = new RegExp(`(?<![a-z0-9])(?:${words})(?![a-z])[^\\d\\n]{0,${gap}}?${number}`, 'dgi')
  return { kind, pattern }
}

const END = '(?![\\w])'
const separated = (count: number) => `(?:[ .-]?\\d){${count}}`
const FREE_START = '(?<![\\w])(?<!\\d[.,])'

const MOBILE = /^(?:84|0)(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}$/
const OLD_MOBILE = /^(?:84|0)(?:1[26]\d|18[68]|199)\d{7}$/
const LANDLINE = /^(?:84|0)2\d{9}$/
const DECIMAL = /^0[.,]\d+$/
const PHONE_TEXT = /^[\d\s+().-]{9,30}$/
const COUNTRY = '(?:(?:\\+|00)?84[ .-]?\\(?0?\\)?|\\(?0)'

/** Answers the digits of a Vietnamese phone number as 0…; undefined when the text is none. */
export function phoneDigits(text: string): string | undefined {
  if (DECIMAL.test(text) || !PHONE_TEXT.test(text)) return undefined
  const digits = digitsOf(text.replace(/^\s*00(?=84)/, '').replace(/\(0\)/, ''))
  if (![MOBILE, OLD_MOBILE, LANDLINE].some((pattern) => pattern.test(digits))) return undefined
  return digits.startsWith('84') ? `0${digits.slice(2)}` : digits
}

const isPhone = (text: string) => phoneDigits(text) !== undefined

function phone(digits: number): Detector {
  const pattern = new RegExp(`(?<![\\w+])(?<!\\d[.,])${COUNTRY}(?:[ .()-]{0,2}\\d){${digits}}${END}`, 'dg')
  return { kind: 'phone', pattern, accepts: isPhone }
}

const PLATE_SERIES = '(?:LD|DA|KT|HC|MK|CD|CT|LB|TD|MD[1-9]?|[A-HK-NPS-VX-Z](?:\\d|[A-HK-NPS-VX-Z])?)'
const PLATE = `(?:1[1-9]|[2-9]\\d)[-. ]?${PLATE_SERIES}[-. ]?(?:\\d{3}\\.?\\d{2}|\\d{4})`
const DIPLOMATIC = '\\d{2}[-. ]?(?:\\d{3}[-. ]?(?:NG|QT|CV|NN)|(?:NG|QT|CV|NN)[-. ]?\\d{3})[-. ]?\\d{2}'
const CARD = /^(?:9704\d{12}(?:\d{3})?|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|35\d{14})$/
const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'

function isCard(text: string): boolean {
  const digits = digitsOf(text)
  return CARD.test(digits) && (digits.startsWith('9704') || passesLuhn(digits))
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  const groups = text.split(':').filter((group) => group !== '')
  return halves.length === 2 ? groups.length >= 2 && groups.length <= 7 : groups.length === 8
}

function isPosition(text: string): boolean {
  const [one = Number.NaN, other = Number.NaN] = text.split(/[,;\s]+/).map(Number)
  const latitudeFirst = Math.abs(one) <= 90 && Math.abs(other) <= 180
  return latitudeFirst || (Math.abs(one) <= 180 && Math.abs(other) <= 90)
}

const COORDINATE = '-?\\d{1,3}\\.\\d{4,15}'

/** Detectors of identifiers that are mostly digits, over folded text; the first that finds a place names it. */
export const NUMBER_DETECTORS: readonly Detector[] = [
  { kind: 'camera-url', pattern: /\brtsps?:\/\/\S{1,2000}/dgi },
  { kind: 'camera-url', pattern: /\bhttps?:\/\/[^\s/@:]{1,200}:[^\s/@]{0,200}@\S{1,2000}/dgi },
  {
    kind: 'credential',
    pattern:
      /(?<![a-z])(?:mat khau|password|passwd|ma otp|otp|token|api[ _-]?key|secret)\s{0,3}(?:la|is|[:=])\s{0,3}(\S{3,500})/dgi,
  },
  { kind: 'dossier', pattern: /(?<!\w)H\d{2}(?:\.\d{1,3}){1,4}-\d{6}-\d{4,5}(?!\w)/dg },
  after('cccd|can cuoc|so dinh danh|dinh danh ca nhan', `(\\d(?:[ .-]?\\d){11})${END}`, 'citizen-id'),
  after('gplx|giay phep lai xe|bang lai(?: xe)?', `(\\d(?:[ .-]?\\d){11})${END}`, 'driving-licence'),
  after('cmnd|cmt|cmtnd|chung minh(?: nhan dan| thu)?', `(\\d(?:[ .-]?\\d){8})${END}`, 'identity-card'),
  after('ho chieu|passport', `([A-Z]\\d{7,8})${END}`, 'passport'),
  after('bhxh|bao hiem xa hoi', `(\\d(?:[ .-]?\\d){9})${END}`, 'social-insurance'),
  after('bhyt|bao hiem y te', `(\\d(?:[ .-]?\\d){9})${END}`, 'health-insurance'),
  after('mst|ma so thue', `(\\d{10}(?:-?\\d{3})?)${END}`, 'tax-code'),
  after(
    'so tai khoan|so tk|stk|tai khoan|account(?: number)?|tk',
    `(\\d(?:[ .-]?\\d){5,18})${END}`,
    'bank-account',
    60,
  ),
  // the sum that is transferred is no account
  after('chuyen khoan|ck', `(\\d{8,19})${END}(?!\\s?(?:d|dong|vnd)(?![a-z]))`, 'bank-account'),
  after('gcn|giay chung nhan|so do|so hong', `([A-Z]{2} ?\\d{6,8})${END}`, 'land-certificate'),
  {
    kind: 'payment-card',
    pattern: new RegExp(`${FREE_START}\\d${separated(18)}${END}`, 'dg'),
    accepts: isCard,
  },
  {
    kind: 'payment-card',
    pattern: new RegExp(`${FREE_START}\\d${separated(15)}${END}`, 'dg'),
    accepts: isCard,
  },
  {
    kind: 'citizen-id',
    pattern: new RegExp(`${FREE_START}0${separated(11)}${END}`, 'dg'),
    accepts: isCitizenId,
  },
  phone(9),
  phone(10),
  { kind: 'health-insurance', pattern: /(?<!\w)[A-Z]{2}[ -]?[1-5](?:[ -]?\d){12}(?!\w)/dg },
  { kind: 'plate', pattern: new RegExp(`(?<![\\w.,])${DIPLOMATIC}${END}`, 'dg') },
  { kind: 'plate', pattern: new RegExp(`(?<![\\w.,])${PLATE}${END}`, 'dg') },
  {
    kind: 'plate',
    pattern: new RegExp(
      `(?<![a-z])(?:bien so|bien kiem soat|bien|bks|bsx|xe)[^\\d\\n]{0,20}?(${PLATE})${END}`,
      'dgi',
    ),
  },
  // military plates are two letters and four digits: only a word for plates tells them from other codes
  {
    kind: 'plate',
    pattern:
      /(?<![A-Za-z])(?:[Bb]ien(?: so| kiem soat)?|BKS|BSX|bks|bsx|[Xx]e)[^\d\n]{0,20}?(?<![A-Za-z])([A-Z]{2}[- ]?\d{2}[- ]?\d{2})(?!\w)/dg,
  },
  {
    kind: 'device',
    pattern: new RegExp(`${FREE_START}\\d(?:[ -]?\\d){14}${END}`, 'dg'),
    accepts: (found) => passesLuhn(digitsOf(found)),
  },
  after('imei', `(\\d(?:[ -]?\\d){14})${END}`, 'device'),
  after('dev ?eui|eui', `([0-9a-f]{16})${END}`, 'device'),
  { kind: 'device', pattern: /(?<!\w)(?=\d{0,15}[a-f])[0-9a-f]{16}(?!\w)/dgi },
  { kind: 'device', pattern: /(?<!\w)[0-9a-f]{2}(?:[:-][0-9a-f]{2}){7}(?!\w)/dgi },
  { kind: 'tax-code', pattern: /(?<!\w)(?<!\d[.,-])\d{10}(?:-?\d{3})?(?!\w)/dg, accepts: isTaxCode },
  {
    kind: 'position',
    pattern: new RegExp(`(?<![\\w.])${COORDINATE}(?:\\s?[,;]\\s?|\\s)${COORDINATE}(?![\\w.]\\d)`, 'dg'),
    accepts: isPosition,
  },
  { kind: 'ip-address', pattern: new RegExp(`(?<![\\w.])(?:${OCTET}\\.){3}${OCTET}(?![\\w]|\\.\\d)`, 'dg') },
  {
    kind: 'ip-address',
    pattern: /(?<![\w:])(?:[0-9a-f]{1,4}:|:){2,8}[0-9a-f]{0,4}(?![\w:])/dgi,
    accepts: isIpv6,
  },
]
