import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../../../../security/audit/audit-files.ts'
import { readAudit } from '../../../../security/audit/read-audit.ts'
import { parseDateTime } from '../../../core/model/time.ts'
import { skipSequences, tenantState } from '../../../store/sqlite/saved-tenant.ts'
import { CommandFailure } from '../../command-failure.ts'
import { verifyBackup } from './back-up.ts'
import { copyDurably, isEmptyFolder } from './durable-files.ts'
import { AUDIT_LOG } from './manifest.ts'

/** What is to be restored, and where. */
export interface RestoreOrder {
  readonly backup: string
  /** A folder that is empty, or not there. */
  readonly data: string
  /** The audit log of the hub that is lost, where that is left: it says what was erased since. */
  readonly audit?: string
  readonly tell: (line: string) => void
}

const PER_MILLISECOND = 1000

/**
 * Makes a data folder of a backup, all or nothing. The logs go on behind every number that the lost hub can have given, so that
 * whoever followed them misses nothing of what comes. @throws CommandFailure
 */
export async function restore({ backup, data, audit, tell }: RestoreOrder): Promise<void> {
  if (!(await isEmptyFolder(data)))
    throw new CommandFailure(`Folder ${data} is not empty: a hub is restored into a new one`)
  const { at, tenants, ...manifest } = await verifyBackup(backup)
  const lost = Math.max(0, Date.now() - Date.parse(at)) * PER_MILLISECOND
  const part = `${data.replace(/[/\\]+$/, '')}.part`
  if (!(await isEmptyFolder(part)))
    throw new CommandFailure(`Folder ${part} is left of a restore that was cut off: delete it`)
  await mkdir(part, { recursive: true, mode: 0o700 })
  if (manifest.audit.length > 0) await mkdir(join(part, AUDIT_LOG), { mode: 0o700 })
  for (const { name } of [...tenants, ...manifest.audit])
    await copyDurably(join(backup, name), join(part, name))
  for (const { name } of tenants) {
    skipSequences(join(part, name), lost)
    const { entities, documents, sequence } = tenantState(join(part, name))
    tell(`${name}: ${entities} entities, ${documents} documents, log goes on behind ${sequence}`)
  }
  if (manifest.audit.length > 0) await syncFolder(join(part, AUDIT_LOG))
  await syncFolder(part)
  await rename(part, data)
  await syncFolder(dirname(data))
  tell(`${data} is the hub as it was at ${at}`)
  if (audit !== undefined) await tellErasures(audit, at, tell)
}

/** What was erased since is back: whoever ordered that orders it again. */
async function tellErasures(folder: string, at: string, tell: RestoreOrder['tell']): Promise<void> {
  const from = parseDateTime(at)
  let erasures = 0
  for await (const { record } of readAudit(folder, from === undefined ? {} : { from })) {
    if (record?.outcome !== 'done' || !ERASURES.test(String(record.operation))) continue
    erasures++
    const tenant = typeof record.tenant === 'string' ? ` in tenant ${record.tenant}` : ''
    tell(
      `erased since, and to be erased again: ${record.operation} at ${record.at}${tenant}, record ${record.seq}`,
    )
  }
  if (erasures === 0) tell('nothing was erased since')
}

const ERASURES = /privacy\/erase|^DELETE .*(history|temporal)/
