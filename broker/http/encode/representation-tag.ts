import { createHash } from 'node:crypto'
import type { TermTable } from '../../core/context/term-table.ts'
import type { MediaType } from '../route.ts'

/** What an answer is written as, besides what its fragment says. */
export interface Wrapping {
  readonly accept: MediaType
  readonly table: TermTable
  /** The @context of GeoJSON goes into the Link header. */
  readonly contextInLink?: true
}

const known = new WeakMap<TermTable, Map<string, string>>()

/** Writes the strong ETag of one representation (RFC 9110, 8.8.3): no two that differ in a byte have the same. */
export function representationTag(tag: string, wrapping: Wrapping): string {
  return wrapping.accept === 'application/json' ? `"${tag}"` : `"${tag}.${nameOf(wrapping)}"`
}

/** Names media type and @context; worked out once for each table. */
function nameOf({ accept, table, contextInLink }: Wrapping): string {
  const names = known.get(table) ?? new Map<string, string>()
  known.set(table, names)
  const wrapping = `${accept}${contextInLink ? ' link' : ''}`
  const kept = names.get(wrapping)
  if (kept !== undefined) return kept
  const text = contextInLink ? wrapping : `${wrapping} ${JSON.stringify(table.source)}`
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 8)
  names.set(wrapping, name)
  return name
}
