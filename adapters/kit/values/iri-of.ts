import { unmapped } from './fault.ts'

/** Builds `urn:ngsi-ld:Type:part:part`: same parts, same id, in letters that every system takes. @throws RecordFault */
export function iriOf(type: string, ...parts: readonly string[]): string {
  const names = parts.map(plainName)
  if (names.length === 0 || names.includes('')) throw unmapped(`Record has no key to name its ${type} by`)
  return `urn:ngsi-ld:${type}:${names.join(':')}`
}

/** Writes a Vietnamese text as a name of ASCII letters, digits, `.`, `_` and `-`, in lower case where it had marks. */
function plainName(text: string): string {
  return text
    .trim()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^-+|-+$/g, '')
}
