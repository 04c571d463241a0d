import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { IndicatorDependencies } from './indicator.ts'

type Dependencies = Pick<IndicatorDependencies, 'store' | 'tenant' | 'clock'>

const PAGE = 100
const MOST_ROWS = 200_000

/** Answers the entity as it is now; undefined: there is none. */
export async function sourceEntity(
  { store, tenant, clock }: Dependencies,
  id: string,
): Promise<Entity | undefined> {
  const stored = await store.read(tenant, id)
  return stored && atTime(parseEntity(stored.text), clock())
}

/**
 * Answers whose history it is: the entity as it is or was last, or what alone is known where nothing of it is left or it
 * never was.
 */
export async function sourceOfHistory(
  { store, tenant, clock }: Dependencies,
  { id, type }: { readonly id: string; readonly type: Iri },
): Promise<Entity> {
  const [head] = await store.evolutions(tenant, { ids: [id], limit: 1 })
  if (head?.state) return head.state
  const { types = [type], scopes, createdAt = clock(), modifiedAt = createdAt } = head ?? {}
  return { id, types, ...(scopes && { scopes }), createdAt, modifiedAt, attributes: {} }
}

/** Answers all entities of a type, page by page. */
export async function* sourceEntities(
  { store, tenant, clock }: Dependencies,
  type: Iri,
): AsyncGenerator<Entity> {
  let after: string | undefined
  do {
    const page = await store.query(tenant, {
      query: { types: { kind: 'type', type } },
      limit: PAGE,
      maxRows: MOST_ROWS,
      ...(after !== undefined && { after }),
    })
    for (const { text } of page.rows) {
      const entity = atTime(parseEntity(text), clock())
      if (entity) yield entity
    }
    after = page.next
  } while (after !== undefined)
}
