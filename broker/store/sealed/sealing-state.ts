import { Problem } from '../../core/model/problem.ts'
import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../port/store.ts'
import { checkOf, type SealingKey } from './cipher.ts'

/** Where the store says how it is sealed: in clear, to be read before there are keys. */
export const SEALING_COLLECTION = 'sealing'
const STATE = 'state'

/** How a store is sealed. */
export interface SealingState {
  /** What is, as `describeSealed` tells it; '': not all of the store is sealed so yet. */
  readonly sealed: string
  /** Name → check of each key that something may be sealed under. */
  readonly keys: Readonly<Record<string, string>>
}

/** How a store says that it is sealed. */
export interface KeptSealingState extends SealingState {
  /** 0: it never was. */
  readonly version: number
}

/** Reads how a store is sealed. */
export async function readSealingState(store: Pick<Store, 'document'>): Promise<KeptSealingState> {
  const kept = await store.document(DEFAULT_TENANT, SEALING_COLLECTION, STATE)
  const state = kept?.document as SealingState | undefined // only keepSealingState writes it
  return { sealed: '', keys: {}, ...state, version: kept?.version ?? 0 }
}

/** Keeps how a store is sealed, before anything is sealed so; false: another process kept something since that version. */
export async function keepSealingState(
  store: Pick<Store, 'commit'>,
  { sealed, keys, version }: KeptSealingState,
  at: Micros,
): Promise<boolean> {
  const unit = { collection: SEALING_COLLECTION, id: STATE, next: { sealed, keys: { ...keys } }, at } as const
  const more = { expectedVersion: version, origin: { by: 'hub' }, logged: false }
  const [result] = await store.commit(DEFAULT_TENANT, [{ ...unit, ...more }])
  return result?.outcome === 'kept'
}

/** Keeps what is made of how a store is sealed now, whatever other processes keep meanwhile. @throws what `change` throws */
export async function changeSealingState(
  store: Pick<Store, 'document' | 'commit'>,
  clock: () => Micros,
  change: (state: SealingState) => SealingState,
): Promise<void> {
  for (;;) {
    const { version, ...state } = await readSealingState(store)
    if (await keepSealingState(store, { ...change(state), version }, clock())) return
  }
}

/** Answers the checks of keys, by their names. */
export function checksOf(keys: readonly SealingKey[]): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.map((key) => [key.name, checkOf(key)]))
}

/** Refuses keys that do not open all that is sealed. @throws Problem ServiceUnavailable that names what is missing */
export function checkKeys(
  { keys: used }: SealingState,
  keys: readonly SealingKey[],
  lost: readonly string[],
): void {
  const there = checksOf(keys)
  for (const [name, check] of Object.entries(used)) {
    if (lost.includes(name)) continue
    if (there[name] === undefined)
      throw new Problem(
        'ServiceUnavailable',
        `Store is sealed under key ${name}, which the file of keys does not have`,
      )
    if (there[name] !== check)
      throw new Problem(
        'ServiceUnavailable',
        `Store is sealed under another key ${name} than that of the file of keys`,
      )
  }
}
