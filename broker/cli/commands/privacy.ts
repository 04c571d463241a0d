import { Command, Option } from 'commander'
import type { ExportPersonOptions, PersonOptions, VerifyOptions } from '../run/privacy.ts'
import { withHubOptions } from './hub-options.ts'

/** `hub privacy`: finds, exports and erases one person at a running hub and at all hubs that it asks. */
export function privacyCommand(): Command {
  const command = new Command('privacy').description(
    'find, export and erase one person at a running hub and at all hubs that it asks',
  )
  command.addCommand(
    ofPerson(new Command('find'))
      .description('say where something of a person is, and how much')
      .action(async (options: PersonOptions) => {
        const { findPerson } = await import('../run/privacy.ts')
        await findPerson(options)
      }),
  )
  command.addCommand(
    ofPerson(new Command('export'))
      .description('write everything of a person, by hub and place')
      .addOption(
        new Option('--as <form>', 'one record a line, or one document')
          .choices(['ndjson', 'json'])
          .default('ndjson'),
      )
      .option('--output <file>', 'file to write, which must not be there; the standard output if absent')
      .action(async (options: ExportPersonOptions) => {
        const { exportPerson } = await import('../run/privacy.ts')
        await exportPerson(options)
      }),
  )
  command.addCommand(
    ofPerson(new Command('erase'))
      .description('erase a person for good, and write the signed report')
      .option(
        '--output <file>',
        'file for the report, which must not be there; the standard output if absent',
      )
      .action(async (options: ExportPersonOptions) => {
        const { erasePerson } = await import('../run/privacy.ts')
        await erasePerson(options)
      }),
  )
  command.addCommand(
    new Command('verify')
      .description('tell whether a report is as a hub signed it')
      .argument('<report>', 'file with the report')
      .option('--hub <url>', 'hub that must have signed it: its key is asked for')
      .option('--key <key>', 'public key of the hub that must have signed it, base64url')
      .action(async (report: string, options: VerifyOptions) => {
        const { verifyReportFile } = await import('../run/privacy.ts')
        await verifyReportFile(report, options)
      }),
  )
  return command
}

function ofPerson(command: Command): Command {
  return withHubOptions(command, 'dpo')
    .option(
      '--identifier <identifiers...>',
      'whom to look for: phone:…, cccd:…, email:…, plate:… (others: see the guide)',
      [],
    )
    .option('--identifiers <file>', 'file with one identifier a line; - for the standard input')
}
