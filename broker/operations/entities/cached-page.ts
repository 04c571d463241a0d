import type { EntityQuery, Ordering } from '../../core/query/ast.ts'
import type { Lasting } from '../lasting.ts'
import type { ToldOfCrowds } from './count-crowds.ts'
import type { Join } from './join-entities.ts'
import type { Freshness, Style, Texts } from './render-entity.ts'

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

/** A page in the cache, or on its way there: whoever asks for one that is being read waits for it. */
export interface CachedPage {
  readonly page: LocalPage | Promise<LocalPage>
  /** Tells whether nothing that it could show changed since it was begun to be read. */
  readonly lasting: Lasting
  /** When the first of what it looked at expires, as far as it has come. */
  readonly until: Readonly<Freshness>
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
export function pageSize({ page }: CachedPage, key: string): number {
  const texts = page instanceof Promise ? [] : page.texts
  return texts.reduce((sum, text) => sum + text.length, key.length + 1)
}
