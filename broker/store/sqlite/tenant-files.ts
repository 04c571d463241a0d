import { closeSync, fsyncSync, openSync, readdirSync, rmSync } from 'node:fs'
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

/** Deletes the file of a tenant and what SQLite keeps beside it; the main file last, since it is what is looked for. */
export function removeTenantFile(directory: string, tenant: Tenant): void {
  const file = tenantFile(directory, tenant)
  for (const suffix of ['-wal', '-shm', '']) rmSync(file + suffix, { force: true })
  syncFolder(directory)
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

/** Brings what came into a folder, and went, to the disk: Windows cannot open a folder, and needs no such call. */
export function syncFolder(directory: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(directory, 'r')
  fsyncSync(folder)
  closeSync(folder)
}
