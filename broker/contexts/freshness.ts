import type { Micros } from '../core/model/time.ts'

const SECOND: Micros = 1_000_000
const FLOOR = 1 * SECOND
const CEILING = 86_400 * SECOND
const HEURISTIC = 3_600 * SECOND

/** Answers how long a fetched @context stays fresh (CIM 009 v1.9.1, 6.3.16; RFC 9111, 4.2): a second to a day. */
export function freshFor(headers: Readonly<Record<string, string>>, now: Micros): Micros {
  const lifetime = fromCacheControl(headers) ?? fromExpires(headers, now) ?? HEURISTIC
  return Math.min(Math.max(lifetime, FLOOR), CEILING)
}

function fromCacheControl(headers: Readonly<Record<string, string>>): Micros | undefined {
  const control = headers['cache-control']?.toLowerCase()
  if (control === undefined) return undefined
  if (/(?:^|[\s,])no-(?:store|cache)\b/.test(control)) return 0
  const seconds = directive(control, 's-maxage') ?? directive(control, 'max-age')
  return seconds === undefined ? undefined : (seconds - ageOf(headers)) * SECOND
}

function directive(control: string, name: string): number | undefined {
  const found = new RegExp(`(?:^|[\\s,])${name}\\s*=\\s*"?(\\d{1,10})`).exec(control)
  return found ? Number(found[1]) : undefined
}

function ageOf(headers: Readonly<Record<string, string>>): number {
  const age = headers.age ?? ''
  return /^\d{1,10}$/.test(age) ? Number(age) : 0
}

function fromExpires(headers: Readonly<Record<string, string>>, now: Micros): Micros | undefined {
  if (headers.expires === undefined) return undefined
  const expires = Date.parse(headers.expires)
  if (Number.isNaN(expires)) return 0
  const date = Date.parse(headers.date ?? '')
  return (expires - (Number.isNaN(date) ? now / 1000 : date)) * 1000
}
