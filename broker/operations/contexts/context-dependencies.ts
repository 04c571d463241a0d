import type { ContextService } from '../../contexts/context-service.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'

/** What the operations on @contexts work with. */
export interface ContextDependencies {
  readonly store: Store
  readonly contexts: ContextService
  readonly clock: () => Micros
}
