import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../../../security/audit/audit-files.ts'
import type { TenantState } from '../../../store/sqlite/saved-tenant.ts'
import { CommandFailure } from '../../command-failure.ts'
import { type Measure, makeDurable, measureFile } from './durable-files.ts'

/** What is in a backup. */
export interface BackupManifest {
  readonly kind: 'hub-backup'
  /** Of the program that made it. */
  readonly version: string
  /** What was committed before this is in there. */
  readonly at: string
  readonly endedAt: string
  readonly tenants: readonly (SavedFile & TenantState & { readonly tenant: string })[]
  readonly audit: readonly SavedFile[]
}

/** A file of a backup. */
export interface SavedFile extends Measure {
  readonly name: string
}

const MANIFEST = 'backup.json'
/** The folder of the audit log in a backup, and the second place of its heads: as they are in a data folder. */
export const AUDIT_LOG = 'audit'
export const AUDIT_HEADS = 'audit-heads.ndjson'

/** Writes what is in a backup, all or nothing: only with it a folder is one. */
export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const path = join(folder, MANIFEST)
  await writeFile(`${path}.part`, `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600 })
  await makeDurable(`${path}.part`)
  await rename(`${path}.part`, path)
  await syncFolder(folder)
}

/** Reads what is in a backup. @throws CommandFailure where a folder is none */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => undefined)
  const manifest: BackupManifest | undefined = text === undefined ? undefined : parsed(text)
  if (manifest?.kind !== 'hub-backup')
    throw new CommandFailure(`Folder ${folder} is no backup: it has no whole ${MANIFEST}`)
  // nobody is led out of the folder, nor to another place in the one that is restored
  if (![...manifest.tenants, ...manifest.audit].every(({ name }) => isOwnName(name)))
    throw new CommandFailure(`Folder ${folder} is no backup: its ${MANIFEST} names files elsewhere`)
  return manifest
}

/** Reads all files of a backup, and answers what is wrong with them. */
export async function faultsOf(
  folder: string,
  { tenants, audit }: BackupManifest,
): Promise<readonly string[]> {
  const faults: string[] = []
  for (const { name, bytes, sha256 } of [...tenants, ...audit]) {
    const found = await measureFile(join(folder, name)).catch(() => undefined)
    if (!found) faults.push(`${name} cannot be read`)
    else if (found.bytes !== bytes || found.sha256 !== sha256) faults.push(`${name} is not as it was saved`)
  }
  return faults
}

function isOwnName(name: string): boolean {
  const file = name.startsWith(`${AUDIT_LOG}/`) ? name.slice(AUDIT_LOG.length + 1) : name
  return file !== '' && !/^\.\.?$|[/\\:\0]/.test(file)
}

function parsed(text: string): BackupManifest | undefined {
  try {
    return JSON.parse(text) // written above
  } catch {
    return undefined
  }
}
