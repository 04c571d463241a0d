import { randomUUID } from 'node:crypto'
import { personReferences } from '../../../security/privacy/person.ts'
import { textsIn } from '../../../security/privacy/register.ts'
import { RESTRICTION, type RestrictedData } from '../../../security/privacy/restricted-data.ts'
import type { Seal } from '../../../security/seal.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { isHidden, type Tenant } from '../../core/model/tenant.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { DocumentUnit } from '../../store/port/store.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import { findTraces } from './find-traces.ts'
import type { ErasureDependencies, OfPerson } from './privacy-dependencies.ts'
import { restrictionBound } from './restriction-watch.ts'

/** What restricting a person's data works with. */
export interface RestrictionDependencies extends ErasureDependencies {
  readonly restricted: RestrictedData
  /** Closes whom a restriction is of. */
  readonly restrictionSeal: Seal
  /** Resolves when what was written to a tenant until now was looked at for whoever is restricted. */
  readonly follow: (tenant: Tenant) => Promise<void>
}

/** For which purpose; absent: for all. */
export interface Restricting extends OfPerson {
  readonly purpose?: string
  /** All that she goes by, as it was given. */
  readonly identifiers: JsonValue
}

/**
 * Hides what is a person's from everybody without a right to look for persons, until it is lifted; answers of how many
 * entities there is something now. It is in force for every reading that begins after this was answered; what is written
 * later follows (`RestrictionWatch`), for which it is kept under seal who she is.
 */
export async function restrictPerson(
  { store, clock, referenceKey, restricted, restrictionSeal, follow, ...search }: RestrictionDependencies,
  { identifiers, ...command }: Restricting,
  tenants: readonly Tenant[],
): Promise<number> {
  let count = 0
  for (const tenant of tenants) {
    const since = await store.logEnd(tenant)
    const found = await findTraces({ store, clock, ...search }, { ...command, tenant })
    const own = found.filter((traces) => !isHidden(traces.tenant)).flatMap(({ entities }) => entities)
    const entities = own.map(
      ({ id, now, past }): JsonObject => ({ id, names: [...new Set([...now, ...past])] }),
    )
    count += entities.length
    const at = clock()
    const id = `${RESTRICTION}${randomUUID()}`
    const next: JsonObject = {
      subject: personReferences(command.person, referenceKey),
      ...(command.purpose !== undefined && { purpose: command.purpose }),
      at: formatDateTime(at),
      by: command.caller.key,
      entities,
      since,
      sealed: restrictionSeal.close(JSON.stringify(identifiers), restrictionBound(tenant, id)),
    }
    await store.commit(tenant, [
      { collection: 'privacy', id, at, origin: command.origin, logged: false, next },
    ])
  }
  await restricted.load()
  // what was written while it was looked for her
  for (const tenant of tenants) await follow(tenant)
  return count
}

/** Shows again what was hidden of a person, for one purpose or for all; answers how many restrictions were lifted. */
export async function liftRestrictions(
  { store, clock, referenceKey, restricted }: RestrictionDependencies,
  { person, purpose, origin }: Omit<Restricting, 'identifiers'>,
  tenants: readonly Tenant[],
): Promise<number> {
  const hers = new Set(personReferences(person, referenceKey))
  let count = 0
  for (const tenant of tenants) {
    const units: DocumentUnit[] = []
    for await (const { id, document } of walkDocuments(store, tenant, 'privacy', RESTRICTION)) {
      const isHers = textsIn(document, 'subject').some((each) => hers.has(each))
      if (!isHers || (purpose !== undefined && document.purpose !== purpose)) continue
      units.push({ collection: 'privacy', id, at: clock(), origin, logged: false })
    }
    await store.commit(tenant, units)
    count += units.length
  }
  await restricted.load()
  return count
}
