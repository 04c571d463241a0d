import type { Ontology } from '../../ontology/ontology.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { Micros } from '../core/model/time.ts'
import type { Recording } from '../core/temporal/recording.ts'
import type { Duty, Processes } from '../store/port/processes.ts'
import type { Store } from '../store/port/store.ts'
import type { StoreLog } from '../store/port/store-log.ts'
import type { RewritableTexts } from '../store/port/stored-texts.ts'
import { readSealingState } from '../store/sealed/sealing-state.ts'

/** A store that is sealed as the configuration says. */
export interface SealedByConfiguration {
  /** The store itself where nothing is to be sealed. */
  readonly store: Store
  /** Seals what is under older keys under that of now; absent: nothing is sealed. */
  readonly resealing?: Duty
  /**
   * Reads which attributes are sealed, and seals those that are in clear; until then none are. To be called before anything is
   * written, or answered from. @throws ConfigError
   */
  know(
    contexts: Pick<ContextService, 'resolve'>,
    ontology: Pick<Ontology, 'types' | 'attributes'>,
  ): Promise<void>
  stop(): Promise<void>
}

/** What sealing needs of the hub. */
export interface SealingParts {
  readonly log: StoreLog
  readonly clock: () => Micros
  readonly recording?: Recording | undefined
  /** All that work on the store. */
  readonly processes: Pick<Processes, 'alone'>
}

/** Puts a store under seal where that is configured. @throws ConfigError for keys that do not open what is sealed */
export async function openSealing(
  { sealing }: Pick<Config, 'sealing'>,
  inner: Store & RewritableTexts,
  parts: SealingParts,
): Promise<SealedByConfiguration> {
  if (sealing.keyFile !== '') {
    const { SealingByKeys } = await import('./sealing-by-keys.ts')
    return new SealingByKeys(sealing, inner, parts).open()
  }
  const { version, keys } = await readSealingState(inner)
  if (version > 0) {
    const text = `Store is sealed under ${Object.keys(keys).join(', ')}: the file of keys is needed`
    throw new ConfigError([{ where: 'sealing.keyFile', text }])
  }
  return { store: inner, know: async () => undefined, stop: async () => undefined }
}
