import { createHmac, timingSafeEqual } from 'node:crypto'

const STEP_SECONDS = 30
const DIGITS = 6
/** Steps before and after the present one whose codes are taken: clocks of phones go wrong. */
const WINDOW = 1
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Answers the code of a step (RFC 4226 over SHA-1, as every authenticator computes it). */
export function codeOf(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', secret).update(counter).digest()
  const at = (hash[hash.length - 1] ?? 0) & 15
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** Answers the step of a time (RFC 6238). */
export function stepAt(seconds: number): number {
  return Math.floor(seconds / STEP_SECONDS)
}

/** Answers the step that a code is of, near this time and after the step that was used last; undefined: none. */
export function stepOfCode(
  secret: Uint8Array,
  code: string,
  { seconds, after }: { readonly seconds: number; readonly after: number },
): number | undefined {
  const present = stepAt(seconds)
  const given = Buffer.from(code.padEnd(DIGITS).slice(0, DIGITS + 1))
  let found: number | undefined
  for (let step = present - WINDOW; step <= present + WINDOW; step++) {
    const right = Buffer.from(codeOf(secret, step))
    const same = given.length === right.length && timingSafeEqual(given, right)
    if (same && step > after) found = step
  }
  return found
}

/** Writes bytes in Base32 (RFC 4648) without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => ALPHABET[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}

/** Answers the address that authenticators take a key from. */
export function keyUri(
  secret: Uint8Array,
  { issuer, account }: { readonly issuer: string; readonly account: string },
): string {
  const query = new URLSearchParams({ secret: base32(secret), issuer })
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${query.toString().replaceAll('+', '%20')}`
}
