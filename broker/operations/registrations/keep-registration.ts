import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import { readRegistration } from '../../federation/registry/registration.ts'
import { isProxied } from '../../federation/registry/taken-by.ts'
import type { Command } from '../command.ts'
import { keepDocument } from '../keep-document.ts'
import { checkConflicts } from './check-conflicts.ts'
import { checkMode } from './check-mode.ts'
import { checkOwnEndpoint } from './check-own-endpoint.ts'
import type { RegistrationDependencies } from './registration-dependencies.ts'
import { keepsSecret } from './registration-secrets.ts'

/** A pure decision on a registration document: what to keep, undefined to delete. @throws Problem */
type DecideDocument = (current: JsonObject | undefined, now: Micros) => JsonObject | undefined

/**
 * Reads, decides and commits until no other writer came between, then tells the registry. One that takes something away
 * from this hub is decided alone, and checked against what is there. @throws Problem
 */
export async function keepRegistration(
  dependencies: RegistrationDependencies,
  { tenant, origin }: Pick<Command, 'tenant' | 'origin'>,
  id: string,
  decide: DecideDocument,
): Promise<void> {
  const { registry, secrets, states } = dependencies
  let end: (() => void) | undefined
  try {
    const { version, next } = await keepDocument(
      dependencies,
      { tenant, origin, id, collection: 'registration', what: `Registration ${id}` },
      async (stored, now) => {
        const current = alive(stored, now)
        const opened = current && secrets.open(current, tenant)
        const decided = decide(opened, now)
        if (decided && decided !== opened) await check(decided, now)
        const closed = decided && secrets.close(decided, tenant)
        return {
          ...(closed && { next: closed }),
          // a hub that did not seal them yet kept it
          ...(keepsSecret(stored) && { logged: false }),
        }
      },
    )
    const registration = next && secrets.read(next, tenant)
    registry.apply(tenant, { id, version, ...(registration && { registration }) })
    if (registration) dependencies.kept(tenant, registration)
    else states.forget(tenant, id)
  } finally {
    end?.()
  }

  async function check(decided: JsonObject, now: Micros): Promise<void> {
    checkMode(decided)
    const registration = readRegistration(decided)
    checkOwnEndpoint(registration, { tenant, url: dependencies.url })
    if (!isProxied(registration)) return
    end ??= await registry.claims.begin(tenant)
    await checkConflicts(dependencies, tenant, { registration, now })
  }
}

/** An expired registration is gone, whether or not it is swept away (CIM 009 v1.9.1, 5.9.2.4). */
export function alive(document: JsonObject | undefined, now: Micros): JsonObject | undefined {
  if (!document) return undefined
  const { expiresAt } = document
  const at = typeof expiresAt === 'string' ? parseDateTime(expiresAt) : undefined
  return at !== undefined && at <= now ? undefined : document
}

/** Answers the problem of a registration that is not there. */
export function noRegistration(id: string): Problem {
  return new Problem('ResourceNotFound', `Registration ${id} does not exist`)
}
