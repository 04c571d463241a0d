import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { pino } from 'pino'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { Config } from '../../config.ts'
import type { SettingPath } from '../../config-schema.ts'
import { keepTickShape } from '../../main/keep-shapes.ts'
import { type HubEnvironment, type RunningHub, startHub } from '../../main.ts'
import { readConfig } from '../../read-config.ts'
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

/** Reads the configuration that the options of a command name. @throws ConfigError */
function settings({ config, ...options }: Record<string, unknown>): Promise<Config> {
  const flags = Object.fromEntries(
    Object.entries(options)
      .filter(([name]) => Object.hasOwn(FLAGS, name))
      .map(([name, value]) => [FLAGS[name], { flag: `--${name}`, value }]),
  )
  return readConfig({ environment: process.env, flags, ...(typeof config === 'string' && { file: config }) })
}

/** Runs the hub that the options of the command describe. @throws ConfigError or CommandFailure */
export async function serve(options: Record<string, unknown>): Promise<void> {
  tuneCollector()
  keepTickShape()
  const config = await settings(options)
  const log = pino(
    { level: config.log.level, base: { hub: config.name } },
    pino.destination({ fd: 2, sync: false, minLength: LOG_BUFFER, periodicFlush: LOG_DELAY }),
  )
  for (const warning of config.warnings) log.warn(warning)
  let hub: RunningHub | undefined
  const stop = once(async (graceMilliseconds) => {
    log.info('hub stops')
    await hub?.stop(graceMilliseconds) // one that only starts has confirmed nothing
    log.info('hub stopped')
    process.exit(0)
  })
  // before the start: the first process of a container is ended by no signal that it does not listen to
  process.once('SIGTERM', () => stop(config.listen.graceSeconds * 1000))
  process.once('SIGINT', () => stop(0))
  hub = await start(config, log)
  const { reloadPolicies } = hub
  process.stdout.write(`Hub ${config.name} listens on ${hub.url}\n`)
  // on Windows it says that the console goes
  if (process.platform !== 'win32') process.on('SIGHUP', () => void reloadPolicies().catch(() => undefined)) // the hub logs what is wrong
}

/**
 * Objects of requests under way outlive one collection of garbage, or two where a batch is large. V8 would take that
 * for a reason to put all objects that the same code makes among the old ones, where they wait as garbage and slow every
 * collection. On a single core, threads that help to collect only take turns with the one that waits for them.
 */
function tuneCollector(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
  if (availableParallelism() === 1) setFlagsFromString('--no-parallel-scavenge')
}

async function start(config: Config, log: HubEnvironment['log']): Promise<RunningHub> {
  try {
    // whoever started it starts it anew
    const lost = () => process.exit(1)
    return await startHub(config, { root: packageRoot, log, variables: process.env, lost })
  } catch (error) {
    const { host, port } = config.listen
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new CommandFailure(`Port ${port} of ${host} is taken by another program: choose one with --port`)
    }
    throw error
  }
}

function once(work: (graceMilliseconds: number) => Promise<void>): (graceMilliseconds: number) => void {
  let begun = false
  return (graceMilliseconds) => {
    if (begun) return
    begun = true
    work(graceMilliseconds).catch((error: unknown) => {
      process.stderr.write(
        `Hub did not stop cleanly: ${error instanceof Error ? error.message : String(error)}\n`,
      )
      process.exit(1)
    })
  }
}
