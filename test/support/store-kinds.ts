import { missingMongo } from './mongodb-server.ts'
import { MONGODB, SQLITE, type StoreKind, stopMongo } from './stores.ts'

const missing = missingMongo()

/** The stores that every contract suite runs on. */
export const stores: readonly StoreKind[] = missing === undefined ? [SQLITE, MONGODB] : [SQLITE]

if (missing === undefined) {
  after(stopMongo)
} else {
  describe('stores', () => {
    it.skip(`SKIPPED: MongoDB (${missing})`)
  })
}
