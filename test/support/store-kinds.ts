import { SQLITE, type StoreKind } from './stores.ts'

/** The stores that every contract suite runs on. */
export const stores: readonly StoreKind[] = [SQLITE]
