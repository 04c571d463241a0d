import { missingCapableMongo } from './capable-mongo.ts'
import { missingMongo } from './mongodb-server.ts'
import { CAPABLE_MONGODB, MONGODB, type MongoKind, SQLITE, type StoreKind } from './stores.ts'

/** The stores that every contract suite runs on. */
export const stores: readonly StoreKind[] = [SQLITE, ...kindOf(MONGODB, missingMongo())]

/** Those on which queries are asked besides: where a server is given, it is among the others. */
export function capableStores(): readonly StoreKind[] {
  return process.env.MONGODB_URL ? [] : kindOf(CAPABLE_MONGODB, missingCapableMongo())
}

function kindOf(kind: MongoKind, missing: string | undefined): readonly StoreKind[] {
  if (missing === undefined) {
    after(() => kind.stop())
    return [kind]
  }
  describe('stores', () => {
    it.skip(`SKIPPED: ${kind.name} (${missing})`)
  })
  return []
}
