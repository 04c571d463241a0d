import { createHmac } from 'node:crypto'

/** Keys of the pseudonyms: another one for each purpose, city and epoch, all from one secret per epoch. */
export interface MaskKeys {
  /** Names the keys in force: after another one, everything that was masked before is to be masked anew. */
  readonly epoch: string
  /** The key in force for a purpose. */
  pseudonym(purpose: string): Uint8Array
  /** Key for names of callers in the change log and the access log: it stays, so that a name there stays the same. */
  readonly caller: Uint8Array
}

/** From when on keys are derived from which secret. */
export interface KeyEpoch {
  /** Short name; it is part of what keys are derived from. */
  readonly name: string
  readonly secret: Uint8Array
}

/** Derives the keys of one city: those of pseudonyms from the epoch in force, which is asked for at each use. */
export function createMaskKeys({
  secret,
  city = '',
  epoch = () => ({ name: '1', secret }),
}: {
  /** The hub's own. */
  readonly secret: Uint8Array
  readonly city?: string
  readonly epoch?: () => KeyEpoch
}): MaskKeys {
  return {
    get epoch() {
      return epoch().name
    },
    pseudonym: (purpose) => {
      const { name, secret: from } = epoch()
      return derive(from, [city, name, 'pseudonym', purpose])
    },
    caller: derive(secret, [city, '1', 'caller']),
  }
}

function derive(secret: Uint8Array, parts: readonly string[]): Uint8Array {
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest()
}
