import { DEFAULT_TENANT, type Tenant } from '../../core/model/tenant.ts'

/** This hub's pseudonym in `Via` for a tenant: each tenant is a source of its own (CIM 009 v1.9.1, 5.2.40). */
export function aliasOf(alias: string, tenant: Tenant): string {
  return tenant === DEFAULT_TENANT ? alias : `${alias}.${tenant}`
}

/** Reads the pseudonyms out of a `Via` header (RFC 7230, 5.7.1): the second word of each part. */
export function readVia(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').flatMap((part) => part.trim().split(/\s+/)[1] ?? [])
}

/** Adds this hub to a `Via` header (CIM 009 v1.9.1, 6.3.18). */
export function appendVia(header: string | undefined, alias: string): string {
  const before = header?.trim()
  return before ? `${before}, 1.1 ${alias}` : `1.1 ${alias}`
}
