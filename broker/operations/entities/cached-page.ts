import type { EntityQuery, Ordering } from '../../core/query/ast.ts'
import type { Lasting } from '../lasting.ts'
import type { ToldOfCrowds } from './count-crowds.ts'
import type { Join } from './join-entities.ts'
import type { Style, Texts } from './render-entity.ts'

/** One page of this hub's own matches, as one caller sees them. */
export interface LocalPage extends Texts {
  /** Something follows; with `after` where the place in the store is known. */
  readonly more: boolean
  readonly after?: string
  readonly count?: number
  /** What of the count is told of entities that the caller sees none of; absent: there is no word of such. */
  readonly together?: ToldOfCrowds
  /** Tells whether the page is still right; absent where only reading it again would tell. */
  readonly lasting?: Lasting
}

/** What a page depends on besides style and state. */
export interface PageOf {
  readonly query: EntityQuery
  readonly limit: number
  readonly offset: number
  readonly count: boolean
  readonly after?: string
  readonly join?: Join
  readonly ordering?: Ordering
}

/** Names a page in the cache: equal texts show equal pages of the same state. */
export function pageKey(page: PageOf, style: Style): string {
  const { query, limit, offset, count, after, join, ordering } = page
  const more = join || ordering ? JSON.stringify([join ?? null, ordering ?? null]) : ''
  return `${style.key}|${limit}|${offset}|${count}|${after ?? ''}|${more}|${JSON.stringify(query)}`
}

/** Measures a page for the bound of the cache, in characters. */
export function pageSize({ texts }: LocalPage, key: string): number {
  return texts.reduce((sum, text) => sum + text.length, key.length + 1)
}
