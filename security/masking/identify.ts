import { digitsOf } from './checksums.ts'
import { findIdentifiers } from './find-identifiers.ts'
import type { IdentifierKind } from './identifier.ts'
import { phoneDigits } from './number-detectors.ts'

const NAME = /^\p{L}[\p{L}'.-]{0,20}(?: {1,2}\p{L}[\p{L}'.-]{0,20}){0,5}$/u
const MASKABLE_NUMBER = /^\d(?:[ .-]?\d){5,18}$/

/** Tells what kind of identifier a whole text is; `digits` for a number that nothing else says more of. */
export function identify(text: string): IdentifierKind | 'digits' | undefined {
  const whole = text.trim().normalize('NFC')
  if (MASKABLE_NUMBER.test(whole) && digitsOf(whole).length === 12) return 'citizen-id'
  if (phoneDigits(whole) !== undefined) return 'phone'
  const { text: searched, hits } = findIdentifiers(whole)
  const [hit] = hits
  if (hits.length === 1 && hit && hit.start === 0 && hit.end === searched.length) return hit.kind
  if (/^[A-Z]\d{7,8}$/.test(whole)) return 'passport'
  if (MASKABLE_NUMBER.test(whole) && digitsOf(whole).length >= 6) return 'digits'
  return NAME.test(whole) ? 'name' : undefined
}
