import type { JsonObject } from '../../broker/core/model/json.ts'
import { isJsonArray, isJsonObject } from '../../broker/core/model/json.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { walkDocuments } from '../../broker/store/port/walk-documents.ts'
import type { Restriction, Restrictions } from '../policy/hide-restricted.ts'
import { policiesUnder } from '../policy/policies-under.ts'
import type { PolicySet } from '../policy/rule.ts'
import { textsIn } from './register.ts'

/** Where restrictions are kept, before their ids. */
export const RESTRICTION = 'restriction:'

/** The restrictions in force, in memory: every view is compiled with them. */
export interface RestrictedData {
  /** undefined: there are none. */
  current(): Restrictions | undefined
  /** Tells whether somebody is restricted in a tenant, known there yet or not. */
  isRestricted(tenant: Tenant): boolean
  /** Tells whenever others are restricted, or of other entities, than before. */
  follow(told: () => void): void
  /** Takes over what is kept now; where that is what was kept before, what is current stays the same object. */
  load(): Promise<void>
}

/** Reads the restrictions that the store keeps. */
export async function openRestrictedData(
  store: Pick<Store, 'tenants' | 'documents'>,
): Promise<RestrictedData> {
  let generation = 0
  let current: Restrictions | undefined
  let restricted: ReadonlySet<Tenant> = new Set()
  let known = ''
  const followers: (() => void)[] = []
  let loading: Promise<void> = Promise.resolve()
  // one after the other: what was read earlier may not go over what is newer
  const load = (): Promise<void> => {
    loading = loading.catch(() => undefined).then(read)
    return loading
  }
  const read = async (): Promise<void> => {
    const tenants = new Map<Tenant, readonly Restriction[]>()
    const any = new Set<Tenant>()
    const versions: unknown[] = []
    for (const tenant of await store.tenants()) {
      const kept = await restrictionsOf(store, tenant)
      versions.push([tenant, kept.versions])
      if (kept.versions.length > 0) any.add(tenant)
      if (kept.restrictions.length > 0) tenants.set(tenant, kept.restrictions)
    }
    const now = JSON.stringify(versions)
    if (now === known) return
    known = now
    restricted = any
    generation++
    current = tenants.size === 0 ? undefined : { generation, of: (tenant) => tenants.get(tenant) ?? [] }
    for (const told of followers) told()
  }
  await load()
  return {
    current: () => current,
    isRestricted: (tenant) => restricted.has(tenant),
    follow: (told) => void followers.push(told),
    load,
  }
}

/** Answers the restrictions of a tenant, and by which version of which record; none: nobody is restricted there. */
async function restrictionsOf(
  store: Pick<Store, 'documents'>,
  tenant: Tenant,
): Promise<{ readonly restrictions: readonly Restriction[]; readonly versions: readonly unknown[] }> {
  const restrictions: Restriction[] = []
  const versions: unknown[] = []
  for await (const { id, version, document } of walkDocuments(store, tenant, 'privacy', RESTRICTION)) {
    versions.push([id, version])
    restrictions.push(...restrictionsIn(document))
  }
  return { restrictions, versions }
}

/** Reads the restrictions of one record. */
function restrictionsIn({ entities, purpose }: JsonObject): readonly Restriction[] {
  const list = isJsonArray(entities) ? entities.filter(isJsonObject) : []
  return list.map((each) => ({
    entity: String(each.id),
    attributes: new Set(textsIn(each, 'names')),
    ...(typeof purpose === 'string' && { purpose }),
  }))
}

/** Answers policies that are others as soon as restrictions are: whatever was compiled from them is compiled anew. */
export function underRestrictions(
  policies: () => PolicySet,
  restrictions: RestrictedData['current'],
): () => PolicySet {
  return policiesUnder(policies, restrictions, (from, under) =>
    under === undefined
      ? from
      : { ...from, moment: `${from.moment ?? ''}.r${under.generation}`, restrictions: under },
  )
}
