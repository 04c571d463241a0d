import { setImmediate } from 'node:timers/promises'
import type { Tenant } from '../../core/model/tenant.ts'
import type { DocumentUnit, Store, StoredDocument } from './store.ts'

/** Documents may be large. */
const PAGE = 100

/** Walks the documents of a collection whose ids begin so, in the order of their ids: all of them, however many there are. */
export async function* walkDocuments(
  store: Pick<Store, 'documents'>,
  tenant: Tenant,
  collection: DocumentUnit['collection'],
  beginning = '',
): AsyncGenerator<StoredDocument> {
  let after = beginning
  for (;;) {
    const page = await store.documents(tenant, collection, { limit: PAGE, ...(after !== '' && { after }) })
    for (const stored of page) {
      if (!stored.id.startsWith(beginning)) return
      yield stored
    }
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.id
    await setImmediate() // a long walk lets others in
  }
}
