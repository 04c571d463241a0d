import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import type { StoredDocument } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'
import { keepsSecret } from './registration-secrets.ts'

const ATTEMPTS = 20

/** A pure decision on a registration document: what to keep, undefined to delete. @throws Problem */
type DecideDocument = (current: JsonObject | undefined, now: Micros) => JsonObject | undefined

/** Reads, decides and commits until no other writer came between, then tells the registry. @throws Problem */
export async function keepRegistration(
  { store, registry, secrets, clock }: RegistrationDependencies,
  { tenant, origin }: Command,
  id: string,
  decide: DecideDocument,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const now = clock()
    const stored = await store.document(tenant, 'registration', id)
    const current = alive(stored, now)
    const decided = decide(current && secrets.open(current, tenant), now)
    const next = decided && secrets.close(decided, tenant)
    const [result] = await store.commit(tenant, [
      {
        collection: 'registration',
        id,
        expectedVersion: stored?.version ?? 0,
        at: now,
        origin,
        ...(next && { next, ...expiry(next) }),
        // a hub that did not seal them yet kept it
        ...(keepsSecret(stored?.document) && { logged: false }),
      },
    ])
    if (result?.outcome === 'kept') {
      registry.dropExpired(tenant, now)
      registry.apply(tenant, {
        id,
        version: result.version,
        ...(next && { registration: secrets.read(next, tenant) }),
      })
      return
    }
  }
  throw new Problem('Conflict', `Registration ${id} is being changed by too many writers at once`)
}

/** An expired registration is gone, whether or not it is reaped (CIM 009 v1.9.1, 5.9.2.4). */
export function alive(stored: StoredDocument | undefined, now: Micros): JsonObject | undefined {
  if (!stored) return undefined
  const { expiresAt } = expiry(stored.document)
  return expiresAt !== undefined && expiresAt <= now ? undefined : stored.document
}

/** Answers the problem of a registration that is not there. */
export function noRegistration(id: string): Problem {
  return new Problem('ResourceNotFound', `Registration ${id} does not exist`)
}

function expiry({ expiresAt }: JsonObject): { readonly expiresAt?: Micros } {
  const at = typeof expiresAt === 'string' ? parseDateTime(expiresAt) : undefined
  return at === undefined ? {} : { expiresAt: at }
}
