import { badRequestData } from './problem.ts'

/** The name of a tenant (CIM 009 v1.9.1, 4.14); the empty text is the default tenant. */
export type Tenant = string & { readonly tenant: unique symbol }

/** The tenant of requests that name none. */
export const DEFAULT_TENANT = '' as Tenant // the brand is only given here and below

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
