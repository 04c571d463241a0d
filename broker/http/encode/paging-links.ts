import type { PageRequest } from '../decode/entity-parameters.ts'
import type { MediaType } from '../route.ts'

/** Where the pages around this one are. */
export interface Neighbours {
  readonly more: boolean
  /** Sealed place of the next page; absent when only an offset leads there. */
  readonly after?: string
}

/** Writes `next` and `prev` links (CIM 009 v1.9.1, 6.3.10): relative, all parameters echoed in alphabetical order. */
export function pagingLinks(
  path: string,
  query: URLSearchParams,
  page: PageRequest,
  { more, after }: Neighbours,
  type: MediaType,
): readonly string[] {
  const offset = page.offset ?? 0
  const links: string[] = []
  if (offset > 0) links.push(link('prev', { offset: String(Math.max(offset - page.limit, 0)) }))
  if (more && page.limit > 0) {
    const byPlace = page.offset === undefined && after !== undefined
    links.push(link('next', byPlace ? { after } : { offset: String(offset + page.limit) }))
  }
  return links

  function link(relation: string, changes: Readonly<Record<string, string>>): string {
    const parameters = new URLSearchParams(query)
    parameters.delete('after')
    parameters.set('limit', String(page.limit))
    for (const [name, value] of Object.entries(changes)) parameters.set(name, value)
    parameters.sort()
    return `<${path.split('?', 1)[0]?.replace(/\/$/, '')}?${plain(parameters)}>; rel="${relation}"; type="${type.split(';', 1)[0]}"`
  }
}

/** Leaves readable what a query may hold as it is (RFC 3986, 3.4), but for what separates links and their parameters. */
function plain(parameters: URLSearchParams): string {
  return String(parameters).replace(/%(?:3A|40|2F|3F|24|21|27|28|29)/g, decodeURIComponent)
}
