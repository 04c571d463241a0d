import type { Entity } from '../core/model/entity.ts'
import { parseEntity } from '../store/port/change.ts'
import type { Store } from '../store/port/store.ts'
import type { Latest } from '../subscriptions/entity-subject.ts'

/** So many entities at most are read at once, each as large as it may be. */
const TOGETHER = 50

/** Reads what is stored of entities now, until that is too much. */
export function latestEntities(store: Pick<Store, 'readMany'>): Latest {
  return async (tenant, ids, mostBytes) => {
    const known = new Map<string, Entity | null>()
    let left = mostBytes
    for (let from = 0; from < ids.length && left > 0; from += TOGETHER) {
      const some = ids.slice(from, from + TOGETHER)
      const found = new Map((await store.readMany(tenant, some)).map(({ id, text }) => [id, text]))
      for (const id of some) {
        const text = found.get(id)
        left -= text === undefined ? 0 : Buffer.byteLength(text)
        if (left < 0) return known
        known.set(id, text === undefined ? null : parseEntity(text))
      }
    }
    return known
  }
}
