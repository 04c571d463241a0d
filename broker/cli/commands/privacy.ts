import { Argument, Command, Option } from 'commander'
import type { HubOptions } from '../run/ask-hub.ts'
import type { ExportPersonOptions, PersonOptions, RestrictOptions, VerifyOptions } from '../run/privacy.ts'
import type { OrderOptions } from '../run/privacy-orders.ts'
import type { ListOptions } from '../run/privacy-registers.ts'
import { withHubOptions } from './hub-options.ts'

const RESTRICTING = [
  ['restrict', 'hide what is a person’s from everybody without a right to look for persons'],
  ['lift', 'show again what was restricted'],
] as const

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
  for (const [name, description] of RESTRICTING) {
    command.addCommand(
      ofPerson(new Command(name))
        .description(description)
        .option('--purpose <purpose>', 'only for this purpose')
        .action(async (options: RestrictOptions) => {
          const { changeRestriction } = await import('../run/privacy.ts')
          await changeRestriction(name, options)
        }),
    )
  }
  command.addCommand(
    withHubOptions(new Command('orders'), 'dpo')
      .description('list what other hubs have still to erase, restrict or lift, or show one order')
      .argument('[id]', 'id of an order')
      .addOption(new Option('--state <state>', 'only such orders').choices(['open', 'done']))
      .option('--retry', 'ask the hubs that are left now')
      .option('--drop', 'ask them no more')
      .action(async (id: string | undefined, options: OrderOptions) => {
        const { showOrders } = await import('../run/privacy-orders.ts')
        await showOrders(id, options)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('list'), 'dpo')
      .description('list records with their terms and what is overdue')
      .addArgument(register())
      .addOption(new Option('--state <state>', 'only such records').choices(['open', 'closed', 'overdue']))
      .action(async (name: string, options: ListOptions) => {
        const { listRecords } = await import('../run/privacy-registers.ts')
        await listRecords(name, options)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('requests'), 'dpo')
      .description('list requests of persons with their terms and what is overdue')
      .addOption(new Option('--state <state>', 'only such requests').choices(['open', 'closed', 'overdue']))
      .action(async (options: ListOptions) => {
        const { listRecords } = await import('../run/privacy-registers.ts')
        await listRecords('requests', options)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('add'), 'dpo')
      .description('keep a new record, as the file says in JSON; - for the standard input')
      .addArgument(register())
      .argument('<file>', 'such as {"right": "delete", "identifiers": ["phone:…"]}')
      .action(async (name: string, file: string, options: HubOptions) => {
        const { addRecord } = await import('../run/privacy-registers.ts')
        await addRecord(name, file, options)
      }),
  )
  command.addCommand(
    withHubOptions(new Command('change'), 'dpo')
      .description('say what became of a record, as the file says in JSON; - for the standard input')
      .addArgument(register())
      .argument('<id>', 'id of the record')
      .argument('<file>', 'such as {"outcome": "fulfilled"}')
      .action(async (name: string, id: string, file: string, options: HubOptions) => {
        const { changeRecord } = await import('../run/privacy-registers.ts')
        await changeRecord(name, id, file, options)
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

function register(): Argument {
  return new Argument('<register>', 'which records').choices([
    'requests',
    'consents',
    'breaches',
    'assessments',
  ])
}

function ofPerson(command: Command): Command {
  return withHubOptions(command, 'dpo')
    .option(
      '--identifier <identifiers...>',
      'whom to look for: phone:…, cccd:…, email:…, plate:… (others: see the guide)',
      [],
    )
    .option('--identifiers <file>', 'file with one identifier a line; - for the standard input')
    .option('--request <id>', 'request of the register that it is done for, instead of identifiers')
}
