import type { TermTable } from './term-table.ts'

/** Writes the Link header that names the @context of a JSON body (JSON-LD 1.1, 6.1; CIM 009 v1.9.1, 6.3.5). */
export function contextLink({ url }: Pick<TermTable, 'url'>): string {
  return `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
}
