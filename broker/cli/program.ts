import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config-error.ts'
import { CommandFailure } from './command-failure.ts'
import { auditCommand } from './commands/audit.ts'
import { backupCommand, restoreCommand } from './commands/backup.ts'
import { checkCommand } from './commands/check.ts'
import { compactCommand } from './commands/compact.ts'
import { demoCommand } from './commands/demo.ts'
import { exportCommand } from './commands/export.ts'
import { feedCommand } from './commands/feed.ts'
import { hashPasswordCommand } from './commands/hash-password.ts'
import { importCommand } from './commands/import.ts'
import { ingestCommand } from './commands/ingest.ts'
import { keysCommand } from './commands/keys.ts'
import { mongodbCommand } from './commands/mongodb.ts'
import { moveCommand } from './commands/move.ts'
import { notificationsCommand } from './commands/notifications.ts'
import { openApiCommand } from './commands/openapi.ts'
import { piiCommand } from './commands/pii.ts'
import { policyCommand } from './commands/policy.ts'
import { privacyCommand } from './commands/privacy.ts'
import { serveCommand } from './commands/serve.ts'
import { simulateCommand } from './commands/simulate.ts'
import { tokenCommand } from './commands/token.ts'
import { version } from './version.ts'

const program = new Command('hub')
  .description('Urban Data Hub: an NGSI-LD context broker with access control, masking and agency feeds')
  .version(version)
  .showHelpAfterError('(hub --help lists the commands)')
  .exitOverride()

for (const command of [
  serveCommand,
  demoCommand,
  tokenCommand,
  ingestCommand,
  feedCommand,
  simulateCommand,
  importCommand,
  exportCommand,
  notificationsCommand,
  privacyCommand,
  auditCommand,
  checkCommand,
  policyCommand,
  hashPasswordCommand,
  keysCommand,
  compactCommand,
  mongodbCommand,
  backupCommand,
  restoreCommand,
  moveCommand,
  piiCommand,
  openApiCommand,
]) {
  program.addCommand(command().exitOverride().showHelpAfterError())
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

/** Exit codes: 2 for faults of the command line or the configuration, 1 for everything else that failed. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof ConfigError) {
    process.stderr.write(
      `Configuration has ${error.faults.length === 1 ? 'a fault' : `${error.faults.length} faults`}:\n`,
    )
    for (const { where, text } of error.faults) process.stderr.write(`  ${where}: ${text}\n`)
    return 2
  }
  if (error instanceof CommandFailure) {
    process.stderr.write(`${error.message}\n`)
    return error.exitCode
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  return 1
}
