import type { AttributeUse, Ontology } from '../../ontology/ontology.ts'
import { type DatedEpoch, epochAt } from '../../security/masking/key-epochs.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { Iri } from '../core/model/iri.ts'
import type { Duty } from '../store/port/processes.ts'
import type { Store } from '../store/port/store.ts'
import type { RewritableTexts } from '../store/port/stored-texts.ts'
import { Cipher } from '../store/sealed/cipher.ts'
import { reseal } from '../store/sealed/reseal.ts'
import { Seal } from '../store/sealed/seal.ts'
import { describeSealed, NONE_SEALED, type SealedAttributes } from '../store/sealed/sealed-attributes.ts'
import { SealedStore } from '../store/sealed/sealed-store.ts'
import {
  changeSealingState,
  checkKeys,
  checksOf,
  keepSealingState,
  readSealingState,
  type SealingState,
} from '../store/sealed/sealing-state.ts'
import { type FollowedKeyFile, followKeyFile } from './key-file.ts'
import type { SealedByConfiguration, SealingParts } from './sealing.ts'

const SETTING = 'sealing.keyFile'
/** How often it is looked whether another key is in force; another process may take a key so much later. */
const LOOK_MILLISECONDS = 60_000
/** Left to requests between two steps of sealing anew. */
const PAUSE_MILLISECONDS = 20
/** So often everything is walked over before what others write meanwhile is left to the next look. */
const WALKS = 5

/** A store that is sealed under the keys of a file, which is followed. */
export class SealingByKeys implements SealedByConfiguration {
  readonly store: Store
  readonly resealing: Duty
  readonly #settings: Config['sealing']
  readonly #inner: Store & RewritableTexts
  readonly #parts: SealingParts
  readonly #cipher: Cipher
  readonly #seal: Seal
  readonly #ending = new AbortController()
  readonly #file: FollowedKeyFile
  #epochs: readonly DatedEpoch[]
  #attributes: SealedAttributes = NONE_SEALED
  /** What this process sealed with when it last said so. */
  #used: DatedEpoch | undefined
  /** Of all processes this one seals anew. */
  #reseals = false
  /** It is known which attributes are sealed, and all that are to be are. */
  #known = false
  #work: Promise<void> = Promise.resolve()

  constructor(settings: Config['sealing'], inner: Store & RewritableTexts, parts: SealingParts) {
    this.#settings = settings
    this.#inner = inner
    this.#parts = parts
    const failed = (err: unknown) => parts.log.error({ err }, 'file of keys is not followed')
    this.#file = followKeyFile(settings.keyFile, SETTING, {
      changed: (epochs) =>
        this.#inTurn(async () => {
          await this.#take(epochs).catch(failed)
          await this.#look()
        }),
      failed,
    })
    this.#epochs = this.#file.epochs
    this.#cipher = new Cipher({
      current: () => this.#current(),
      find: (name) => this.#epochs.find((epoch) => epoch.name === name),
    })
    this.#seal = new Seal(this.#cipher, () => this.#attributes)
    this.store = new SealedStore(inner, {
      seal: this.#seal,
      attributes: () => this.#attributes,
      recording: parts.recording,
      lost: settings.lost,
    })
    this.resealing = {
      start: () => {
        this.#reseals = true
        this.#inTurn(() => this.#look())
      },
      stop: async () => {
        this.#ending.abort()
        await this.#work
      },
    }
  }

  async open(): Promise<this> {
    try {
      await this.#take(this.#epochs)
    } catch (error) {
      this.#file.stop()
      throw refused(error instanceof Error ? error.message : String(error))
    }
    return this
  }

  async know(
    contexts: Pick<ContextService, 'resolve'>,
    ontology: Pick<Ontology, 'types' | 'attributes'>,
  ): Promise<void> {
    const table = await contexts.resolve(undefined)
    const expanded = (names: readonly string[]) => names.map((name) => table.expand(name))
    this.#attributes = sealedAttributes(ontology, {
      classes: this.#settings.classes,
      named: expanded(this.#settings.attributes),
      except: expanded(this.#settings.except),
    })
    const sealed = describeSealed(this.#attributes)
    if (sealed !== (await readSealingState(this.#inner)).sealed) await this.#sealAll(sealed)
    this.#known = true
    const look = setInterval(() => this.#inTurn(() => this.#look()), LOOK_MILLISECONDS).unref()
    this.#ending.signal.addEventListener('abort', () => clearInterval(look))
  }

  async stop(): Promise<void> {
    this.#file.stop()
    this.#ending.abort()
    await this.#work
  }

  /**
   * Takes keys into use once the store says which they are, and that those of before may be. @throws Problem when what is
   * sealed needs others
   */
  async #take(epochs: readonly DatedEpoch[]): Promise<void> {
    const current = currentOf(epochs)
    // the process that seals anew may have taken it that nothing is sealed under it any more
    if (this.#used) await this.#change(withKeys([this.#used]))
    await this.#change((state) => {
      checkKeys(state, epochs, this.#settings.lost)
      return withKeys(notBefore(epochs, current))(state)
    })
    this.#epochs = epochs
    this.#used = current
  }

  /** Seals the whole store as it is to be, before anybody is answered. */
  async #sealAll(sealed: string): Promise<void> {
    const { log } = this.#parts
    await this.#change((state) => ({ ...state, sealed: '' }))
    log.info({ key: this.#cipher.current }, 'store is sealed before the hub answers')
    const texts = await this.#walk({ whole: true, pause: 0 })
    log.info({ texts }, 'texts are sealed')
    await this.#change((state) => ({ ...state, sealed }))
  }

  /** Says that another key is in force, and seals what is under older ones under it, beside requests. */
  async #look(): Promise<void> {
    if (!this.#known) return
    const { name: key, from } = this.#current()
    if (this.#used?.name !== key) await this.#take(this.#epochs)
    const { log, processes, clock } = this.#parts
    if (!processes.alone && Date.now() < from + LOOK_MILLISECONDS) return
    for (let walk = 0; walk < WALKS && this.#reseals; walk++) {
      const state = await readSealingState(this.#inner)
      const older = this.#older(state)
      if (older.length === 0) return
      if ((await this.#walk({ whole: false, pause: PAUSE_MILLISECONDS })) > 0) continue
      if (this.#cipher.current !== key) return
      const left = Object.entries(state.keys).filter(([name]) => !older.includes(name))
      const next = { ...state, keys: Object.fromEntries(left) }
      if (!(await keepSealingState(this.#inner, next, clock()))) continue // somebody sealed with one of them after all
      log.info({ key, older }, 'nothing is sealed under older keys any more')
      return
    }
  }

  /** Names keys that came before that of now and are still in use, as far as the store knows. */
  #older({ keys }: SealingState): readonly string[] {
    const later = notBefore(this.#epochs, this.#current()).map(({ name }) => name)
    return Object.keys(keys).filter((name) => !later.includes(name) && !this.#isLost(name))
  }

  async #walk(how: { readonly whole: boolean; readonly pause: number }): Promise<number> {
    const store = this.#inner
    for (const tenant of await store.tenants()) await store.settled(tenant)
    return reseal({
      ...{ store, seal: this.#seal, attributes: () => this.#attributes },
      ...how,
      current: () => this.#cipher.current,
      isLost: this.#isLost,
      signal: this.#ending.signal,
    })
  }

  #change(change: (state: SealingState) => SealingState): Promise<void> {
    return changeSealingState(this.#inner, this.#parts.clock, change)
  }

  #current(): DatedEpoch {
    return currentOf(this.#epochs)
  }

  readonly #isLost = (key: string): boolean => this.#settings.lost.includes(key)

  /** One thing after the other; what fails is tried again at the next look. */
  #inTurn(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((err: unknown) => {
      if (!this.#ending.signal.aborted)
        this.#parts.log.warn({ err }, 'store is not sealed anew, and will be tried again')
    })
  }
}

/** Which attributes are to be sealed; names are expanded. */
interface WantedSeals {
  readonly classes: readonly string[]
  readonly named: readonly Iri[]
  readonly except: readonly Iri[]
}

/** Answers which attributes are sealed: those of these classes, and those that are named. */
export function sealedAttributes(
  { types, attributes }: Pick<Ontology, 'types' | 'attributes'>,
  { classes, named, except }: WantedSeals,
): SealedAttributes {
  const isWanted = ({ iri, personalData }: Pick<AttributeUse, 'iri' | 'personalData'>): boolean =>
    classes.includes(personalData) && !except.includes(iri)
  const always = new Set(named)
  for (const attribute of attributes.values()) if (isWanted(attribute)) always.add(attribute.iri)
  const byType = new Map<Iri, Set<Iri>>()
  for (const { iri: type, attributes: uses } of types.values()) {
    for (const use of uses) {
      if (always.has(use.iri) || !isWanted(use)) continue
      byType.set(use.iri, (byType.get(use.iri) ?? new Set()).add(type))
    }
  }
  return { always, byType }
}

function currentOf(epochs: readonly DatedEpoch[]): DatedEpoch {
  const epoch = epochAt(epochs, Date.now())
  if (!epoch) throw new Error('There is no key to seal with')
  return epoch
}

/** Older keys seal nothing any more. */
function notBefore(epochs: readonly DatedEpoch[], { from }: DatedEpoch): readonly DatedEpoch[] {
  return epochs.filter((epoch) => epoch.from >= from)
}

function withKeys(keys: readonly DatedEpoch[]): (state: SealingState) => SealingState {
  return (state) => ({ ...state, keys: { ...state.keys, ...checksOf(keys) } })
}

function refused(text: string): ConfigError {
  return new ConfigError([{ where: SETTING, text }])
}
