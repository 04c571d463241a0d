import type { Registration } from '../registry/registration.ts'

/** Codes of `NGSILD-Warning` (CIM 009 v1.9.1, 6.3.17): stale, invalid payload, no answer or loop, error answer. */
export type WarningCode = 110 | 111 | 199 | 299

/** Writes the value of an `NGSILD-Warning` header (CIM 009 v1.9.1, 6.3.17). */
export function warning(code: WarningCode, alias: string, text: string): string {
  return `${code} ${alias} "${text.replaceAll(/[^\x20-\x7e]|["\\]/g, '?')}"`
}

/** Names a source in warnings: by its pseudonym, else by the id of its registration. */
export function labelOf({ alias, id }: Registration): string {
  return alias ?? encodeURI(id)
}

/** Tells why a source had no part in an answer, or not all of it (6.3.17); nothing where all is well. */
export function failureWarnings(
  alias: string,
  registration: Registration,
  failure: { readonly code: WarningCode; readonly text: string } | undefined,
): readonly string[] {
  return failure ? [warning(failure.code, alias, `Source ${labelOf(registration)} ${failure.text}`)] : []
}

const MAX_LENGTH = 2000

/**
 * Takes over the warnings that a source passed on from behind it; anything that is no warning is left out. Letters that
 * no header can carry become question marks: a source must not be able to spoil the answer that tells of it.
 */
export function passedOn(header: string | undefined): readonly string[] {
  if (header === undefined || header.length > MAX_LENGTH) return []
  return header.replaceAll(/[^\x20-\x7e]/gu, '?').match(/\d{3} [^ ",]+ "[^"\\]*"/g) ?? []
}
