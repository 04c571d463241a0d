import type { Collection } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { View } from '../../core/view/view.ts'
import { type Terms, termsOf } from '../../subscriptions/index/terms.ts'
import type { Trigger } from '../../subscriptions/subscription.ts'

/** What besides entities changes in the open. */
export const NOTICED = ['registration', 'subscription', 'context'] as const satisfies readonly Collection[]

/** Kinds of things of which changes are told. */
export const FOLLOWED = ['entity', ...NOTICED] as const
export type Followed = (typeof FOLLOWED)[number]

/** Which changes somebody wants to know of. */
export interface ChangeSelection {
  readonly collections: ReadonlySet<Followed>
  /** Of entities: those that it selects, before or after. */
  readonly query: EntityQuery
  /** Only where one of these attributes changed. */
  readonly watchedAttributes?: ReadonlySet<Iri>
  /** Only changes of these kinds. */
  readonly triggers?: ReadonlySet<Trigger>
}

/** Terms of which every change fulfils one that the selection is about. */
export function selectionTerms(
  { collections, query, watchedAttributes }: ChangeSelection,
  view: View,
): readonly Terms[] {
  // what comes into a query or goes out of it may do so by any attribute
  const watched = Object.keys(query).length === 0 ? watchedAttributes : undefined
  return [...collections].flatMap((collection): readonly Terms[] =>
    collection === 'entity' ? termsOf(query, watched, view) : [{ collection }],
  )
}
