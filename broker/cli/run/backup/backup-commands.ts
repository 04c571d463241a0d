import { auditPlaces } from '../../../main/audit.ts'
import { readConfig } from '../../../read-config.ts'
import { CommandFailure } from '../../command-failure.ts'
import { backUp, verifyBackup } from './back-up.ts'
import { restore } from './restore.ts'

/** Command line options of `hub backup`. */
export interface BackupOptions {
  readonly config?: string
  readonly data?: string
  readonly to: string
  readonly verify?: true
}

/** Command line options of `hub restore`. */
export interface RestoreOptions {
  readonly data?: string
  readonly audit?: string
  readonly check: boolean
}

/** Saves a hub, and says what was saved. @throws CommandFailure */
export async function runBackup({ config, data, to, verify }: BackupOptions): Promise<void> {
  const configured =
    config === undefined ? undefined : await readConfig({ file: config, environment: process.env })
  const folder = data ?? configured?.data
  if (folder === undefined)
    throw new CommandFailure('Which hub is to be saved? Name its --config or its --data', 2)
  const audit = auditPlaces({ data: folder, audit: configured?.audit ?? { folder: '', heads: '' } })
  await backUp({ data: folder, to, audit, tell })
  if (verify) {
    await verifyBackup(to)
    tell('the backup can be read, and is as it was written')
  }
  tell(`saved to ${to}; files of keys, policies and configuration are not in there`)
}

/** Restores or checks a backup, and says what came of it. @throws CommandFailure */
export async function runRestore(backup: string, { data, audit, check }: RestoreOptions): Promise<void> {
  if (check) {
    const { at, tenants, version } = await verifyBackup(backup)
    tell(`${backup} is as it was written at ${at} by version ${version}: ${tenants.length} tenants`)
  } else if (data === undefined)
    throw new CommandFailure('Where is the hub to be restored? Name a new folder with --data', 2)
  else await restore({ backup, data, ...(audit !== undefined && { audit }), tell })
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}
