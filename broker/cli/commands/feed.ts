import { Command, InvalidArgumentError, Option } from 'commander'
import type { HubOptions } from '../run/ask-hub.ts'
import type { NewFeedOptions } from '../run/feed/new-feed.ts'
import type { ReplayOptions } from '../run/feed/replay-feed.ts'
import type { RunOptions } from '../run/feed/run-feed.ts'
import type { TestOptions } from '../run/feed/test-feed.ts'
import { withHubOptions } from './hub-options.ts'

/** `hub feed`: brings a new source into a hub, and looks after those that are there. */
export function feedCommand(): Command {
  return new Command('feed')
    .description('bring a new source into a hub: new, test, run; and look after feeds: status, replay')
    .addCommand(newCommand())
    .addCommand(testCommand())
    .addCommand(runCommand())
    .addCommand(statusCommand())
    .addCommand(replayCommand())
}

function newCommand(): Command {
  return new Command('new')
    .description(
      'sample a source, propose what its records become, show the first beside each other, and write the feed; asks on a ' +
        'terminal for what is not said',
    )
    .argument('[folder]', 'folder to write to; the name of the feed if absent')
    .option(
      '--from <source>',
      'file, folder, http(s)://…, mqtt(s)://host/topic, (s)ftp(s)://…, postgresql://…, mysql://…, sqlite:…',
    )
    .option('--name <name>', 'name of the feed: a-z, 0-9 and -')
    .option('--title <text>', 'what it is called')
    .option('--provider <text>', 'agency that provides the data')
    .option('--city <name>', 'city that ids begin with', 'thai-nguyen')
    .option('--query <sql>', 'query of a database')
    .option('--sheet <name>', 'sheet of a workbook; the first if absent')
    .option('--every <seconds>', 'pause between two visits', wholeNumber)
    .option('--user <name>', 'user of the source')
    .option('--password-file <file>', 'file with the password of the source')
    .option('--token-file <file>', 'file with the token that an HTTP source wants')
    .option('--unencrypted', 'an FTP server or a database that cannot encrypt')
    .option('--host-key <fingerprint>', 'SHA256:… of the key that an SFTP server shows')
    .addOption(
      new Option('--mqtt-version <version>', 'protocol of an MQTT server; 5 if absent').choices([
        '3.1.1',
        '5',
      ]),
    )
    .option('--type <type>', 'type of the entities')
    .option('--key <field>', 'field that names the thing which a record is of')
    .option('--time <field>', 'field that says when it was observed; "" for none')
    .option(
      '--map <field=attribute>',
      'attribute of a field, "" to leave it out; may be repeated',
      collect,
      {},
    )
    .option('--patience <seconds>', 'how long the source may take to give something', wholeNumber, 30)
    .option('--yes', 'ask nothing: take what is sure, leave out what is not')
    .action(async (folder: string | undefined, options: NewFeedOptions) => {
      const { newFeed } = await import('../run/feed/new-feed.ts')
      await newFeed(folder, options)
    })
}

function testCommand(): Command {
  return withVariables(new Command('test'))
    .description('map the samples of a feed and say what differs from the entities that are expected')
    .argument('<feed>', 'feed.yaml, or its folder')
    .option('--keep', 'make what they become now the expected')
    .action(async (feed: string, options: TestOptions) => {
      const { testFeed } = await import('../run/feed/test-feed.ts')
      await testFeed(feed, options)
    })
}

function runCommand(): Command {
  return withVariables(withHubOptions(new Command('run'), 'feeds'))
    .description(
      'run a feed here, against a running hub, until it is stopped; a changed feed.yaml is taken over',
    )
    .argument('<feed>', 'feed.yaml, or its folder')
    .option('--once', 'visit the source once, and end')
    .action(async (feed: string, options: RunOptions) => {
      const { runFeedHere } = await import('../run/feed/run-feed.ts')
      await runFeedHere(feed, options)
    })
}

function statusCommand(): Command {
  return withHubOptions(new Command('status'), 'feeds')
    .description('show the last run of each feed, its lag, what was set aside, and when it runs next')
    .argument('[name]', 'one feed alone')
    .option('--json', 'as JSON, one feed a line')
    .action(async (name: string | undefined, options: HubOptions & { readonly json?: true }) => {
      const { printStatus } = await import('../run/feed/feed-status.ts')
      await printStatus(name, options)
    })
}

function replayCommand(): Command {
  return withVariables(withHubOptions(new Command('replay'), 'feeds'))
    .description('try records of quarantine again, as the feed reads and maps them now')
    .argument('<name>', 'name of the feed')
    .argument('[id...]', 'ids of records; all of the feed if absent')
    .addOption(
      new Option('--adapter <feed>', 'feed.yaml, or its folder: for a feed that the hub does not run itself'),
    )
    .action(async (name: string, ids: readonly string[], options: ReplayOptions) => {
      const { replayFeed } = await import('../run/feed/replay-feed.ts')
      await replayFeed(name, ids, options)
    })
}

function withVariables(command: Command): Command {
  return command.option('--variable <name=value>', 'variable of the feed; may be repeated', collect, {})
}

function collect(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It is a name, = and a value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It is a whole number from 1 on.')
  return number
}
