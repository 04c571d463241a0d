import { Command, Option } from 'commander'
import { pino } from 'pino'
import { packageRoot } from '../../../ontology/package-root.ts'
import { type Config, readConfig } from '../../config.ts'
import type { SettingPath } from '../../config-schema.ts'
import type { HubEnvironment, RunningHub } from '../../main.ts'
import { CommandFailure } from '../command-failure.ts'

/** Log lines are written together: so many bytes, or what there is after so many milliseconds. */
const LOG_BUFFER = 8192
const LOG_DELAY = 100

/** Command line options of `hub serve` and the settings that they stand for. */
const FLAGS: Readonly<Record<string, SettingPath>> = {
  host: 'listen.host',
  port: 'listen.port',
  data: 'data',
  store: 'store.kind',
  mongodb: 'store.mongodb.url',
  auth: 'auth.mode',
  insecure: 'auth.insecure',
  egress: 'egress.mode',
  logLevel: 'log.level',
}

/** `hub serve`: runs one hub until it is told to stop. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run one hub')
    .option('--config <file>', 'configuration (YAML)')
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port to listen on', wholeNumber)
    .option('--data <dir>', 'folder of the embedded store')
    .addOption(new Option('--store <kind>', 'where data is kept').choices(['memory', 'embedded', 'mongodb']))
    .option('--mongodb <url>', 'connection string of the MongoDB store')
    .addOption(new Option('--auth <mode>', 'access control').choices(['required', 'off']))
    .option('--insecure', 'allow --auth off on other addresses than loopback')
    .addOption(new Option('--egress <mode>', 'which servers the hub may call').choices(['guarded', 'open']))
    .addOption(
      new Option('--log-level <level>', 'least level that is logged').choices([
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    )
    .action((options: Record<string, unknown>) => serve(settings(options)))
}

/** Reads the configuration that the options of a command name. @throws ConfigError */
export function settings({ config, ...options }: Record<string, unknown>): Config {
  const flags = Object.fromEntries(
    Object.entries(options)
      .filter(([name]) => Object.hasOwn(FLAGS, name))
      .map(([name, value]) => [FLAGS[name], { flag: `--${name}`, value }]),
  )
  return readConfig({ environment: process.env, flags, ...(typeof config === 'string' && { file: config }) })
}

async function serve(config: Config): Promise<void> {
  const log = pino(
    { level: config.log.level, base: { hub: config.name } },
    pino.destination({ fd: 2, sync: false, minLength: LOG_BUFFER, periodicFlush: LOG_DELAY }),
  )
  const hub = await start(config, log)
  process.stdout.write(`Hub ${config.name} listens on ${hub.url}\n`)
  const stop = once(async () => {
    log.info('hub stops')
    await hub.stop()
    log.info('hub stopped')
    process.exit(0)
  })
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function start(config: Config, log: HubEnvironment['log']): Promise<RunningHub> {
  // the parts of a hub are loaded by the commands that run one
  const { startHub } = await import('../../main.ts')
  try {
    return await startHub(config, { root: packageRoot, log })
  } catch (error) {
    const { host, port } = config.listen
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new CommandFailure(`Port ${port} of ${host} is taken by another program: choose one with --port`)
    }
    throw error
  }
}

function once(work: () => Promise<void>): () => void {
  let begun = false
  return () => {
    if (begun) return
    begun = true
    work().catch((error: unknown) => {
      process.stderr.write(
        `Hub did not stop cleanly: ${error instanceof Error ? error.message : String(error)}\n`,
      )
      process.exit(1)
    })
  }
}

function wholeNumber(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text
}
