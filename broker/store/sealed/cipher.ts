import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { Problem } from '../../core/model/problem.ts'

/** A secret that texts are sealed under, known by its name. */
export interface SealingKey {
  readonly name: string
  readonly secret: Uint8Array
}

/** The keys as they are at the moment. */
export interface SealingKeys {
  /** Seals. */
  current(): SealingKey
  /** Opens what it sealed; undefined: it is not there. */
  find(name: string): SealingKey | undefined
}

const NONCE = 12
const TAG = 16

/**
 * Seals texts with AES-256-GCM, each bound to a place that it opens in and nowhere else. The nonce is made of the place and the
 * text (HMAC-SHA-256): the same text in the same place is sealed alike under one key, and no nonce comes twice otherwise.
 */
export class Cipher {
  readonly #keys: SealingKeys
  readonly #derived = new WeakMap<SealingKey, Derived>()

  constructor(keys: SealingKeys) {
    this.#keys = keys
  }

  /** Names the key that seals now. */
  get current(): string {
    return this.#keys.current().name
  }

  /** Seals a text: the name of the key, a dot, and the rest in base64url. */
  seal(text: string, place: string): string {
    const key = this.#keys.current()
    const { encrypting, naming } = this.#derivedOf(key)
    const nonce = createHmac('sha256', naming)
      .update(`${place.length} ${place}${text}`)
      .digest()
      .subarray(0, NONCE)
    const cipher = createCipheriv('aes-256-gcm', encrypting, nonce).setAAD(Buffer.from(place))
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return `${key.name}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`
  }

  /** Opens what was sealed in this place. @throws Problem ServiceUnavailable that names the key, and no data */
  open(sealed: string, place: string): string {
    const name = keyOf(sealed)
    const key = this.#keys.find(name)
    if (!key) throw unopened(`Stored data is sealed under key ${name}, which this hub does not have`)
    const bytes = Buffer.from(sealed.slice(name.length + 1), 'base64url')
    try {
      const { encrypting } = this.#derivedOf(key)
      const nonce = bytes.subarray(0, NONCE)
      const decipher = createDecipheriv('aes-256-gcm', encrypting, nonce, { authTagLength: TAG })
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
      return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8')
    } catch {
      throw unopened(
        `Stored data does not open with key ${name}: it was changed or moved, or another key had that name`,
      )
    }
  }

  #derivedOf(key: SealingKey): Derived {
    const derived = this.#derived.get(key) ?? derive(key)
    this.#derived.set(key, derived)
    return derived
  }
}

/** Names the key that something is sealed under. */
export function keyOf(sealed: string): string {
  return sealed.slice(0, Math.max(0, sealed.lastIndexOf('.')))
}

/** Tells a key from others of its name, and nothing of it. */
export function checkOf({ secret }: SealingKey): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'sealing check', 12)).toString('base64url')
}

interface Derived {
  readonly encrypting: Uint8Array
  readonly naming: Uint8Array
}

function derive({ secret }: SealingKey): Derived {
  const made = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, '', `sealing ${purpose}`, 32))
  return { encrypting: made('content'), naming: made('nonce') }
}

function unopened(text: string): Problem {
  return new Problem('ServiceUnavailable', text)
}
