import { badRequestData, Problem } from './problem.ts'

/** The name of a tenant (CIM 009 v1.9.1, 4.14); the empty text is the default tenant. */
export type Tenant = string & { readonly tenant: unique symbol }

/** The tenant of requests that name none. */
export const DEFAULT_TENANT = '' as Tenant // the brand is only given in this file

const TENANT_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

/** Tells whether a text may name a tenant. */
export function isTenantName(text: string): text is Tenant {
  return TENANT_NAME.test(text)
}

/** Reads the value of the `NGSILD-Tenant` header. @throws Problem BadRequestData */
export function parseTenant(text: string | undefined): Tenant {
  if (text === undefined || text === '') return DEFAULT_TENANT
  if (!isTenantName(text)) {
    throw badRequestData(
      'Tenant name has characters other than letters, digits, "_", "." and "-", or over 64 of them',
    )
  }
  return text
}

/** In no name that a request can give, so that nobody reaches a hidden tenant by its name. */
const HIDDEN = '~'

/** Names a tenant that holds a copy of entities of another one (CIM 009 v1.9.1, 5.5.15); the key makes it unique. */
export function hiddenTenant(of: Tenant, key: string): Tenant {
  return `${key}${HIDDEN}${of}` as Tenant // hidden names are only made here
}

/** Tells whether a tenant is a copy that no request can name. */
export function isHidden(tenant: Tenant): boolean {
  return tenant.includes(HIDDEN)
}

/** Answers the tenant whose policies and @contexts hold: that of a hidden one is the one it was copied from. */
export function visibleTenant(tenant: Tenant): Tenant {
  return tenant.slice(tenant.indexOf(HIDDEN) + 1) as Tenant // what follows was a tenant's name
}

/** Answers the problem of a tenant that does not exist; the name of a hidden one is nobody's business. */
export function noTenant(tenant: Tenant): Problem {
  if (isHidden(tenant)) return new Problem('ResourceNotFound', 'Snapshot does not exist any more')
  return new Problem('NonexistentTenant', `Tenant ${tenant} does not exist`)
}
