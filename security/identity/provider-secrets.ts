import { createHmac, randomBytes } from 'node:crypto'
import type { JsonObject, JsonValue } from '../../broker/core/model/json.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Seal } from '../seal.ts'
import type { IdentityDocuments } from './identity-documents.ts'
import { freshKey, keptKeys, readKeys, replaced, rotated, type SigningKeys } from './signing-keys.ts'

/** What the provider must not lose and nobody else may know; made at the first start. */
export interface ProviderSecrets {
  readonly keys: SigningKeys
  /** Keys of cookies and of nonces, the one that signs first. */
  readonly cookies: readonly string[]
  /** Keyed pseudonym of a text, such as the name of an account: what tokens carry as subject. */
  pseudonym(text: string): string
}

/** Opens the secrets of the provider, and changes its keys. */
export interface SecretsKeeper {
  /** Reads them, makes them at the first start, and lets the next key sign when the present one is old. */
  open(): Promise<ProviderSecrets>
  /** Lets the next key sign now; `withdraw`: takes back all present keys with every token that they signed. */
  rotate(how: { readonly withdraw: boolean }): Promise<ProviderSecrets>
}

const DOCUMENT = 'oidc-secrets'
const DAY_MICROS = 24 * 3600 * 1_000_000
const COOKIE_KEYS = 2
const SUBJECT_HEX_DIGITS = 32

/** Keeps the secrets of the provider in a document of the store, sealed by the hub's own. */
export function keepSecrets(
  documents: IdentityDocuments,
  {
    clock,
    seal,
    keyDays,
    publishedFor,
  }: {
    readonly clock: () => Micros
    readonly seal: Seal
    readonly keyDays: number
    readonly publishedFor: Micros
  },
): SecretsKeeper {
  const change = async (decide: (keys: SigningKeys, now: Micros) => Promise<SigningKeys | undefined>) => {
    const before = opened(await documents.read(DOCUMENT), seal)
    const now = clock()
    const keys = readKeys(before.keys)
    const next = keys ? await decide(keys, now) : replaced([await freshKey(), await freshKey()], now)
    if (!next) return secretsOf(before)
    const kept = await documents.change(DOCUMENT, (document) => {
      const current = opened(document, seal)
      // whoever was faster has changed them already
      if (readKeys(current.keys)?.signs.jwk.kid !== keys?.signs.jwk.kid) return undefined
      return closed({ ...withCookie(current), keys: keptKeys(next) }, seal)
    })
    return secretsOf(opened(kept, seal))
  }
  return {
    open: () =>
      change(async (keys, now) =>
        now - keys.since > keyDays * DAY_MICROS
          ? rotated(keys, await freshKey(), { now, publishedFor })
          : undefined,
      ),
    rotate: ({ withdraw }) =>
      change(async (keys, now) =>
        withdraw
          ? replaced([await freshKey(), await freshKey()], now)
          : rotated(keys, await freshKey(), { now, publishedFor }),
      ),
  }
}

function closed(content: JsonObject, seal: Seal): JsonObject {
  return { sealed: seal.close(JSON.stringify(content), DOCUMENT) }
}

/** What was kept before it was sealed is read as it is. @throws Error when another secret closed it */
function opened(document: JsonObject | undefined, seal: Seal): JsonObject {
  if (typeof document?.sealed !== 'string') return document ?? {}
  const content = seal.open(document.sealed, DOCUMENT)
  if (content === undefined) {
    throw new Error('Keys of the identity provider cannot be opened: was the secret of the hub changed?')
  }
  return JSON.parse(content) as JsonObject // closed above
}

/** Pseudonyms of accounts stay what they are; a new key of cookies stands beside the one before. */
function withCookie({ subjects, cookies }: JsonObject): JsonObject {
  return {
    subjects: textOf(subjects) || secret(),
    cookies: [secret(), ...listOf(cookies)].slice(0, COOKIE_KEYS),
  }
}

function secretsOf(kept: JsonObject): ProviderSecrets {
  const keys = readKeys(kept.keys)
  if (!keys) throw new Error('Identity provider finds no keys in the store')
  const subjects = Buffer.from(textOf(kept.subjects), 'base64url')
  return {
    keys,
    cookies: listOf(kept.cookies).map(textOf),
    pseudonym: (text) =>
      createHmac('sha256', subjects).update(text).digest('hex').slice(0, SUBJECT_HEX_DIGITS),
  }
}

const secret = () => randomBytes(32).toString('base64url')

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
