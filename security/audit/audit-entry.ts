import { createHash } from 'node:crypto'
import type { JsonObject } from '../../broker/core/model/json.ts'
import type { ClassCounts } from '../../broker/core/view/disclosure.ts'

/** What records are about. `log`: the log itself; `counted`: several alike, written together; `identity`: sign-ins, tokens. */
export const AUDIT_KINDS = [
  'log',
  'read',
  'counted',
  'write',
  'notification',
  'administration',
  'identity',
] as const

export type AuditKind = (typeof AUDIT_KINDS)[number]

/** What a record says: who, what for, by which rules, of whom, how much; never a value. */
export interface AuditEntry {
  readonly kind: AuditKind
  readonly operation: string
  readonly outcome: 'permit' | 'refused' | 'done' | 'failed'
  /** Keyed pseudonym of the caller, and what its token says of its part. */
  readonly caller?: string
  readonly client?: string
  readonly organisation?: string
  readonly city?: string
  readonly roles?: readonly string[]
  readonly purpose?: string
  /** How surely it was known who it is, 0 to 3. */
  readonly assurance?: number
  /** Keyed pseudonym of the hub that asked on its behalf. */
  readonly hub?: string
  readonly tenant?: string
  /** Generation of the policies, and the view that they were compiled into. */
  readonly policy?: string
  readonly view?: string
  /** Rules that ask for a record. */
  readonly rules?: readonly string[]
  readonly access?: 'clear' | 'masked'
  readonly classes?: ClassCounts
  /** What was masked beside what was clear. */
  readonly masked?: ClassCounts
  /** How many entities that was of. */
  readonly entities?: number
  /** Keyed pseudonyms of the entities that were seen in clear or changed. */
  readonly subjects?: readonly string[]
  readonly request?: string
  /** Of `counted`: how many times, since when. */
  readonly times?: number
  readonly since?: string
  /** Of writes: where the change log was read up to. */
  readonly position?: number
  /** Counts, names of rules and the like; never a value. */
  readonly details?: JsonObject
}

/** What comes before the first record of all. */
export const NO_RECORD = '0'.repeat(64)

/** Answers the hash of a record: that of its line, without the end of line. */
export function hashOf(line: string): string {
  return createHash('sha256').update(line).digest('hex')
}
