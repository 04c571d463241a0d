import type { HubAnswer } from '../route.ts'

/** Writes what went wrong with other hubs as `NGSILD-Warning` headers (CIM 009 v1.9.1, 6.3.17); none where all was well. */
export function warned(warnings: readonly string[]): NonNullable<HubAnswer['headers']> {
  return warnings.length === 0 ? {} : { 'NGSILD-Warning': warnings }
}
