import type { Caller } from '../../broker/core/model/caller.ts'
import { DEFAULT_TENANT, type Tenant, visibleTenant } from '../../broker/core/model/tenant.ts'
import { type ClassCounts, hasAny } from '../../broker/core/view/disclosure.ts'
import type { View } from '../../broker/core/view/view.ts'
import type { Reading } from './audit.ts'
import type { AuditEntry } from './audit-entry.ts'

type Who = Pick<
  AuditEntry,
  'caller' | 'client' | 'organisation' | 'city' | 'roles' | 'purpose' | 'assurance' | 'hub'
>

/** What a record says of a caller. */
export function whoIs({ key, roles, identity }: Caller): Who {
  return { caller: key, ...identity, ...(roles.length > 0 && { roles }) }
}

/** What a record says of where something was done and by which rules. */
export function whereIn(
  tenant: Tenant,
  view: View,
): Pick<AuditEntry, 'tenant' | 'policy' | 'view' | 'rules'> {
  const { policy, id } = view
  const logs = policy?.logs ?? []
  return {
    ...tenantOf(tenant),
    ...(policy && { policy: policy.generation }),
    view: id,
    ...(logs.length > 0 && { rules: logs }),
  }
}

/** What a record says of a tenant; of the default one nothing. */
export function tenantOf(tenant: Tenant): Pick<AuditEntry, 'tenant'> {
  const name = visibleTenant(tenant)
  return name === DEFAULT_TENANT ? {} : { tenant: name }
}

/** Tells whether nobody may see this before it is on disk who saw it. */
export function isBinding({ disclosed }: Reading, { policy }: View): boolean {
  return (policy?.logs.length ?? 0) > 0 || (disclosed !== undefined && hasAny(disclosed.clear))
}

/** The record of what somebody is shown. */
export function readingEntry(reading: Reading, view: View, subjects: readonly string[]): AuditEntry {
  const { kind = 'read', caller, tenant, operation, requestId, disclosed, details } = reading
  const isClear = disclosed !== undefined && hasAny(disclosed.clear)
  const classes = disclosed && (isClear ? disclosed.clear : disclosed.masked)
  return {
    kind,
    operation,
    outcome: 'permit',
    ...whoIs(caller),
    ...whereIn(tenant, view),
    ...(disclosed && { access: isClear ? 'clear' : 'masked', entities: disclosed.entities }),
    ...(classes && { classes }),
    ...(isClear && hasAny(disclosed.masked) && { masked: disclosed.masked }),
    ...(subjects.length > 0 && { subjects }),
    ...(requestId !== undefined && { request: requestId }),
    ...(details && { details }),
  }
}

/** Adds counts of classes. */
export function plus(one: ClassCounts, other: ClassCounts): ClassCounts {
  const sum = (name: keyof ClassCounts): ClassCounts => {
    const number = (one[name] ?? 0) + (other[name] ?? 0)
    return number > 0 ? { [name]: number } : {}
  }
  return { ...sum('basic'), ...sum('sensitive'), ...sum('unclassified') }
}
