import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_TENANT, hiddenTenant, isHidden, parseTenant, type Tenant } from '../../core/model/tenant.ts'

const NAMED = /^tenant-([a-z0-9_.+-]+)\.sqlite$/
const HIDDEN = /^snapshot-([0-9a-f]+)~([a-z0-9_.+-]*)\.sqlite$/
const DEFAULT_FILE = 'default.sqlite'

/** Answers the file of a tenant: names that differ only in case stay apart on every file system. */
export function tenantFile(directory: string, tenant: Tenant): string {
  if (tenant === DEFAULT_TENANT) return join(directory, DEFAULT_FILE)
  return join(directory, `${isHidden(tenant) ? 'snapshot' : 'tenant'}-${encode(tenant)}.sqlite`)
}

/** Answers the tenants that have a file in the folder, hidden ones too. */
export function listTenants(directory: string): readonly Tenant[] {
  return readdirSync(directory).flatMap(fileTenant)
}

function fileTenant(file: string): readonly Tenant[] {
  if (file === DEFAULT_FILE) return [DEFAULT_TENANT]
  const [, key, of] = HIDDEN.exec(file) ?? []
  if (key !== undefined) return [hiddenTenant(parseTenant(decode(of ?? '')), key)]
  const name = NAMED.exec(file)?.[1]
  return name === undefined ? [] : [parseTenant(decode(name))]
}

function encode(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`)
}

function decode(name: string): string {
  return name.replace(/\+(.)/g, (_, letter) => letter.toUpperCase())
}
