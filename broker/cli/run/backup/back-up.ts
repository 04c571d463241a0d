import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { listSegments, syncFolder } from '../../../../security/audit/audit-files.ts'
import type { AuditPlaces } from '../../../main/audit.ts'
import { damageOf, saveTenant, tenantState, tenantsToSave } from '../../../store/sqlite/saved-tenant.ts'
import { CommandFailure } from '../../command-failure.ts'
import { version } from '../../version.ts'
import { isEmptyFolder, lengthOfLines, makeDurable, measureFile } from './durable-files.ts'
import {
  AUDIT_HEADS,
  AUDIT_LOG,
  type BackupManifest,
  faultsOf,
  readManifest,
  type SavedFile,
  writeManifest,
} from './manifest.ts'

/** What is to be saved, and where. */
export interface BackupOrder {
  /** Data folder, of a hub that runs or of one that is stopped. */
  readonly data: string
  readonly to: string
  readonly audit: AuditPlaces
  /** Is told what is done. */
  readonly tell: (line: string) => void
}

/**
 * Saves what the embedded store and the audit log of a hub hold, while it reads and writes. Each tenant is as it was at one moment
 * behind the beginning: whatever was answered before that is in there. @throws CommandFailure
 */
export async function backUp({ data, to, audit, tell }: BackupOrder): Promise<BackupManifest> {
  const tenants = existsSync(data) ? tenantsToSave(data) : []
  if (tenants.length === 0) throw new CommandFailure(`Folder ${data} holds no embedded store`)
  if (!(await isEmptyFolder(to)))
    throw new CommandFailure(`Folder ${to} is not empty: a backup goes into a new one`)
  const at = new Date().toISOString()
  await mkdir(to, { recursive: true, mode: 0o700 })
  const saved: BackupManifest['tenants'][number][] = []
  for (const tenant of tenants) {
    const name = saveTenant(data, tenant, to)
    if (name === undefined) continue
    await makeDurable(join(to, name))
    const measure = await measureFile(join(to, name))
    const state = tenantState(join(to, name))
    saved.push({ name, tenant, ...measure, ...state })
    tell(`${name}: ${state.entities} entities, ${state.documents} documents, log up to ${state.sequence}`)
  }
  // behind the store, which never knows of a head that the log does not have
  const files = await saveAudit(to, audit)
  if (files.length > 0) tell(`${AUDIT_LOG}: ${files.length} files`)
  await syncFolder(to)
  const manifest: BackupManifest = {
    kind: 'hub-backup',
    version,
    at,
    endedAt: new Date().toISOString(),
    tenants: saved,
    audit: files,
  }
  await writeManifest(to, manifest)
  return manifest
}

/** Reads a backup again and says what is wrong with it. @throws CommandFailure where something is */
export async function verifyBackup(folder: string): Promise<BackupManifest> {
  const manifest = await readManifest(folder)
  const faults = [...(await faultsOf(folder, manifest))]
  for (const { name } of faults.length === 0 ? manifest.tenants : []) {
    const damage = damageOf(join(folder, name))
    if (damage !== undefined) faults.push(`${name}: ${damage}`)
  }
  if (faults.length > 0) throw new CommandFailure(`Backup ${folder} is damaged: ${faults.join(', ')}`)
  return manifest
}

/** Heads go before what they vouch for, so that none is ahead of the log. */
async function saveAudit(to: string, { folder, heads }: AuditPlaces): Promise<readonly SavedFile[]> {
  const segments = (await listSegments(folder)).map(({ name }) => name)
  const names = await readdir(folder).catch(() => [])
  const others = names.filter((name) => !segments.includes(name))
  const copies = [
    ...['', '.newest'].map((suffix) => ({ from: heads + suffix, name: AUDIT_HEADS + suffix })),
    ...[...others, ...segments].map((name) => ({ from: join(folder, name), name: `${AUDIT_LOG}/${name}` })),
  ].filter(({ from }) => existsSync(from))
  if (names.length > 0) await mkdir(join(to, AUDIT_LOG), { mode: 0o700 })
  const saved: SavedFile[] = []
  for (const { from, name } of copies) {
    const copy = join(to, name)
    await copyFile(from, copy)
    await makeDurable(copy, name.endsWith('.ndjson') ? await lengthOfLines(copy) : undefined)
    saved.push({ name, ...(await measureFile(copy)) })
  }
  if (names.length > 0) await syncFolder(join(to, AUDIT_LOG))
  return saved
}
