import type { LRUCache } from 'lru-cache'
import type { GeometryEngine } from '../../core/geo/engine.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Disclosure } from '../../core/view/disclosure.ts'
import type { Link } from '../../core/view/links.ts'
import type { Federation } from '../../federation/federation.ts'
import type { Store } from '../../store/port/store.ts'
import type { CachedPage } from './cached-page.ts'
import type { EntityTags } from './entity-tags.ts'

/** An entity as it was written. */
export interface Rendering {
  /** undefined: nothing of it is left to show. */
  readonly text: string | undefined
  /** Relationships in the text, when it was written to be joined to. */
  readonly links?: readonly Link[]
  /** An earlier version of the standard was asked for and made a difference (4.3.6.8). */
  readonly altered?: true
  /** What the text shows of persons; absent: nothing. */
  readonly disclosed?: Disclosure
  /** Types of the entity; absent: the caller does not see it. */
  readonly types?: readonly Iri[]
}

/** What one caller sees of an entity, rendered. */
export interface Fragment extends Rendering {
  /** When something inside expires and the text is no longer right. */
  readonly validUntil?: Micros
}

/** What every read works with. */
export interface ReadDependencies {
  readonly store: Store
  readonly clock: () => Micros
  readonly engine: GeometryEngine
  readonly federation: Federation
  /** Rendered entities by the full key of what they depend on. */
  readonly fragments: LRUCache<string, Fragment>
  /** Pages of this hub's own matches by the full key of what they depend on. */
  readonly pages: LRUCache<string, CachedPage>
  readonly tags: EntityTags
  /** Bytes that the entities of one page may have. */
  readonly maxPageBytes: number
  /** Rows that one query may look at. */
  readonly maxRows: number
  /** Linked entities that one answer may join. */
  readonly maxJoined: number
}
