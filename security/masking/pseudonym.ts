import { createHmac } from 'node:crypto'
import type { JsonValue } from '../../broker/core/model/json.ts'
import { isJsonObject } from '../../broker/core/model/json.ts'
import { phoneDigits } from './number-detectors.ts'

const HEX_DIGITS = 24

/** Stands for a value under a key: equal values give equal pseudonyms, another key gives another one. */
export function pseudonym(value: JsonValue, key: Uint8Array): string {
  const hash = createHmac('sha256', key).update(normalForm(value)).digest('hex')
  return `pseudonym:${hash.slice(0, HEX_DIGITS)}`
}

/** Writings of the same phone number, address or name are the same person. */
function normalForm(value: JsonValue): string {
  if (typeof value !== 'string') return canonical(value)
  const text = value.trim().normalize('NFC')
  const phone = phoneDigits(text)
  if (phone !== undefined) return `+84${phone.slice(1)}`
  if (/^\d[\d .-]*\d$/.test(text)) return text.replace(/[ .-]/g, '')
  return text.includes('@') ? text.toLowerCase() : text.replace(/\s+/g, ' ')
}

function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
  return `{${members.join(',')}}`
}
