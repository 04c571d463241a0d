import type { LRUCache } from 'lru-cache'
import type { GeometryEngine } from '../../core/geo/engine.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Federation } from '../../federation/federation.ts'
import type { Store } from '../../store/port/store.ts'

/** A rendered entity; text undefined: nothing of it is left to show. */
export interface Fragment {
  readonly text: string | undefined
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
  /** Rows that one query may look at. */
  readonly maxRows: number
}
