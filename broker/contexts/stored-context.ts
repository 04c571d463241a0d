import type { JsonObject, JsonValue } from '../core/model/json.ts'
import { type Micros, parseDateTime } from '../core/model/time.ts'
import type { StoredDocument } from '../store/port/store.ts'

/** Kinds of @contexts that the store keeps; those of the third kind, Cached, are in memory (CIM 009 v1.9.1, 5.13.1). */
export type StoredKind = 'Hosted' | 'ImplicitlyCreated'

/** An @context that the hub keeps for others. */
export interface StoredContext {
  readonly localId: string
  readonly kind: StoredKind
  readonly context: JsonValue
  readonly createdAt: string
}

/** Writes an @context as the store keeps it. */
export function encodeStoredContext({
  kind,
  context,
  createdAt,
}: Omit<StoredContext, 'localId'>): JsonObject {
  return { kind, context, createdAt }
}

/** Reads what the store keeps of an @context; expired ones are gone, reaped or not. */
export function decodeStoredContext(
  stored: StoredDocument | undefined,
  now: Micros,
): StoredContext | undefined {
  if (!stored) return undefined
  const { kind, context, createdAt, expiresAt } = stored.document
  if (typeof expiresAt === 'string' && (parseDateTime(expiresAt) ?? 0) <= now) return undefined
  return {
    localId: stored.id,
    kind: kind === 'ImplicitlyCreated' ? kind : 'Hosted',
    context: context ?? null,
    createdAt: String(createdAt),
  }
}
