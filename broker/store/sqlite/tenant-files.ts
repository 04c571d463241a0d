import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_TENANT, parseTenant, type Tenant } from '../../core/model/tenant.ts'

const NAMED = /^tenant-([a-z0-9_.+-]+)\.sqlite$/
const DEFAULT_FILE = 'default.sqlite'

/** Answers the file of a tenant: names that differ only in case stay apart on every file system. */
export function tenantFile(directory: string, tenant: Tenant): string {
  if (tenant === DEFAULT_TENANT) return join(directory, DEFAULT_FILE)
  const name = tenant.replace(/[A-Z]/g, (letter) => `+${letter.toLowerCase()}`)
  return join(directory, `tenant-${name}.sqlite`)
}

/** Answers the tenants that have a file in the folder. */
export function listTenants(directory: string): readonly Tenant[] {
  return readdirSync(directory).flatMap(fileTenant)
}

function fileTenant(file: string): readonly Tenant[] {
  if (file === DEFAULT_FILE) return [DEFAULT_TENANT]
  const name = NAMED.exec(file)?.[1]
  return name === undefined ? [] : [parseTenant(name.replace(/\+(.)/g, (_, letter) => letter.toUpperCase()))]
}
