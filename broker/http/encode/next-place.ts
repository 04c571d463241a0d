import type { Seal } from '../../../security/seal.ts'
import type { PageRequest } from '../decode/entity-parameters.ts'
import type { HubAnswer, HubRequest } from '../route.ts'
import { pagingLinks } from './paging-links.ts'

/** Where the page behind a page begins, and what its place is sealed for. */
export interface NextPlace {
  /** undefined: there is no page behind. */
  readonly next: string | undefined
  readonly seal: Seal
  readonly boundTo: string
}

/** Writes the link to the page behind, of a list that is read place by place. */
export function nextPlace(
  { path, query, accept }: HubRequest,
  page: PageRequest,
  { next, seal, boundTo }: NextPlace,
): Pick<HubAnswer, 'headers'> {
  if (next === undefined) return {}
  const links = pagingLinks(path, query, page, { more: true, after: seal.close(next, boundTo) }, accept)
  return links.length > 0 ? { headers: { Link: links } } : {}
}
