import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import type { HubEnvironment } from '../main.ts'
import type { MongoStore } from '../store/mongodb/mongo-store.ts'
import { aloneOnStore, type Processes } from '../store/port/processes.ts'
import type { Store } from '../store/port/store.ts'
import type { RewritableTexts } from '../store/port/stored-texts.ts'
import { clock } from './clock.ts'
import type { ConfiguredQuotas } from './quotas.ts'
import type { ConfiguredRecording } from './recording.ts'
import type { ConfiguredRetention } from './retention.ts'
import type { SealedByConfiguration } from './sealing.ts'

type Told = Required<Pick<HubEnvironment, 'log' | 'lost'>>

type Rules = Pick<ConfiguredRecording, 'recording'> &
  Pick<ConfiguredRetention, 'rules'> & { readonly quotas: ConfiguredQuotas }

interface OpenedStore<S extends Store = Store> {
  readonly store: S
  readonly processes: Processes
  readonly remove: () => void
}

const WITHOUT_STREAMS =
  'setting store.mongodb.staleness does nothing: no change stream of this server tells in time what other processes commit, so that no answer is remembered'

/** Opens the store, joins the other processes on it, and puts it under seal where that is configured. @throws Problem or Error */
export async function openStore(
  config: Config,
  environment: Told,
  rules: Rules,
): Promise<OpenedStore & { readonly sealing: SealedByConfiguration }> {
  const { log } = environment
  const [{ openSealing }, { store: inner, processes, remove }] = await Promise.all([
    import('./sealing.ts'),
    openPlainStore(config, environment, rules),
  ])
  try {
    const sealing = await openSealing(config, inner, { log, clock, processes, recording: rules.recording })
    return { sealing, store: sealing.store, processes, remove }
  } catch (error) {
    await processes.leave()
    await inner.close()
    remove()
    throw error
  }
}

async function openPlainStore(
  config: Config,
  { log, lost }: Told,
  { recording, rules: retention, quotas }: Rules,
): Promise<OpenedStore<Store & RewritableTexts>> {
  const { kind, mongodb } = config.store
  const rules = { ...(recording && { recording }), retention, quotas }
  if (kind === 'mongodb') {
    const { openMongoStore } = await import('../store/mongodb/open-mongo-store.ts')
    const store = await openMongoStore({
      url: mongodb.url,
      database: mongodb.database,
      staleness: mongodb.staleness,
      knownCharacters: Math.floor(config.limits.fragments / 6),
      maxHidden: config.limits.snapshots,
      clock,
      log,
      ...rules,
    })
    const processes = await joinOthers(store, mongodb, { log, lost }).catch(async (error: unknown) => {
      await store.close()
      throw error
    })
    return { store, processes, remove: () => undefined }
  }
  const { openSqliteStore } = await import('../store/sqlite/sqlite-store.ts')
  const directory = kind === 'memory' ? mkdtempSync(join(tmpdir(), 'hub-')) : config.data
  const store = await openSqliteStore({
    directory,
    clock,
    maxTenants: config.limits.tenants,
    maxHidden: config.limits.snapshots,
    knownCharacters: Math.floor(config.limits.fragments / 6),
    packDays: config.history.packDays,
    log,
    ...rules,
  })
  return {
    store,
    processes: aloneOnStore(),
    remove: () => (kind === 'memory' ? rmSync(directory, { recursive: true, force: true }) : undefined),
  }
}

/** Joins the other processes on the database. @throws Error that says why this one may not */
async function joinOthers(
  store: MongoStore,
  { staleness }: Pick<Config['store']['mongodb'], 'staleness'>,
  { log, lost }: Told,
): Promise<Processes> {
  let tells = true
  const processes = await store.join({
    found: (guarantees) => {
      tells = guarantees.changeStreams
      log.info({ ...guarantees, ...store.capabilities }, 'store is on MongoDB')
    },
    lost,
    failed: (err, text) => log.warn({ err }, text),
  })
  if (staleness > 0 && !processes.alone && !tells) log.warn(WITHOUT_STREAMS)
  return processes
}
