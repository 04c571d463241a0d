import { LRUCache } from 'lru-cache'
import type { Config } from '../config.ts'
import { type CachedPage, pageSize } from '../operations/entities/cached-page.ts'
import type { Fragment } from '../operations/entities/read-dependencies.ts'

/** What is remembered of entities as they were answered, by size. */
export interface Memories {
  readonly fragments: LRUCache<string, Fragment>
  readonly pages: LRUCache<string, CachedPage>
}

/** Makes the memories of answers, empty: half of what is configured for single entities, a sixth for pages. */
export function createMemories({ limits }: Pick<Config, 'limits'>): Memories {
  return {
    fragments: new LRUCache({
      maxSize: Math.max(Math.ceil(limits.fragments / 2), 1),
      // the links of a text repeat what it points to
      sizeCalculation: ({ text, links }, key) => (text?.length ?? 0) * (links ? 2 : 1) + key.length + 1,
    }),
    pages: new LRUCache({
      maxSize: Math.max(Math.floor(limits.fragments / 6), 1),
      sizeCalculation: pageSize,
    }),
  }
}
