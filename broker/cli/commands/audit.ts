import { Command, Option } from 'commander'
import type { ExportAuditOptions, VerifyOptions } from '../run/audit.ts'
import { withHubOptions } from './hub-options.ts'

/** `hub audit`: checks the audit log of a hub, and writes it to a file for an authority. */
export function auditCommand(): Command {
  const command = new Command('audit').description(
    'check the audit log of a hub, or write it to a file for an authority',
  )
  command.addCommand(
    new Command('verify')
      .description('find whatever was removed, altered, reordered or cut off, running hub or not')
      .option('--config <file>', 'configuration (YAML) that says where the log is')
      .option('--data <dir>', "data folder of the hub, with the log in its folder 'audit'")
      .option('--folder <dir>', 'folder of the log')
      .option('--heads <file>', 'file of signed heads besides the folder')
      .option('--head <file...>', 'heads that were kept elsewhere, one a line')
      .option('--key <key...>', 'the only public keys that may have signed; any if absent')
      .option('--file <file>', 'check an export in place of a log')
      .action(async (options: VerifyOptions) => {
        const { verify } = await import('../run/audit.ts')
        await verify(options)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('export'), 'dpo')
      .description('write records of a running hub as they stand, with a signed head; that is on record too')
      .option('--from <time>', 'not before this instant, such as 2026-01-31T00:00:00Z')
      .option('--to <time>', 'before this instant')
      .addOption(new Option('--as <form>', 'form').choices(['ndjson', 'csv']).default('ndjson'))
      .option('--output <file>', 'file to write; the standard output if absent')
      .action(async (options: ExportAuditOptions) => {
        const { exportAudit } = await import('../run/audit.ts')
        await exportAudit(options)
      }),
  )
  return command
}
