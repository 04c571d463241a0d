import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { JsonObject } from '../../broker/core/model/json.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { IdentityDocuments } from './identity-documents.ts'
import { LONGEST_TOKEN_SECONDS } from './lifetimes.ts'
import type { OwnTokens, Revocations } from './own-tokens.ts'

/** Models whose entries are found again by their grant. */
const GRANTABLE = new Set(['AuthorizationCode', 'DeviceCode', 'RefreshToken'])
/** Models whose entries are JWTs, of which nothing is kept. */
const SELF_CONTAINED = new Set(['AccessToken', 'ClientCredentials'])
const GRANT_MICROS = 15 * 24 * 3600 * 1_000_000
const INDEXED = 500

/** What an adapter works with. */
export interface AdapterParts {
  readonly documents: IdentityDocuments
  readonly clock: () => Micros
  readonly issuer: string
  readonly issued: OwnTokens
  readonly revocations: Revocations
}

/** Keeps what oidc-provider remembers (sessions, grants, codes, refresh tokens) in the hub's own store. */
export function storeAdapter(parts: AdapterParts): (model: string) => Adapter {
  return (model) => (SELF_CONTAINED.has(model) ? tokenAdapter(parts, model) : keepingAdapter(parts, model))
}

/** Access tokens are read from themselves; what is taken back is told to whoever checks them. */
function tokenAdapter(parts: AdapterParts, model: string): Adapter {
  const { documents, issued, revocations, issuer, clock } = parts
  const gone = (id: string) => `oidc:Gone:${id}`
  const lastEnd = () => clock() + LONGEST_TOKEN_SECONDS * 1_000_000
  return {
    ...keepingAdapter(parts, model),
    find: async (token) => {
      const payload = await issued.read(token)
      return payload?.jti !== undefined && (await documents.read(gone(payload.jti))) ? undefined : payload
    },
    destroy: async (id) => {
      const until = lastEnd()
      await documents.write(gone(id), {}, until)
      await revocations.revoke({ issuer, kind: 'token', id, until })
    },
    // oidc-provider asks each model that can belong to a grant: this one always
    revokeByGrantId: (id) =>
      model === 'AccessToken'
        ? revocations.revoke({ issuer, kind: 'grant', id, until: lastEnd() })
        : Promise.resolve(),
  }
}

function keepingAdapter({ documents, clock }: AdapterParts, model: string): Adapter {
  const key = (id: string) => `oidc:${model}:${id}`
  const find = async (id: string) => payloadOf(await documents.read(key(id)))
  const findThrough = async (index: string) => {
    const entry = await documents.read(index)
    return typeof entry?.id === 'string' ? find(entry.id) : undefined
  }
  return {
    find,
    findByUid: (uid) => findThrough(`oidc:SessionUid:${uid}`),
    findByUserCode: (code) => findThrough(`oidc:UserCode:${code}`),
    upsert: async (id, payload, expiresIn) => {
      const expiresAt = clock() + expiresIn * 1_000_000
      if (model === 'Session' && payload.uid) {
        await documents.write(`oidc:SessionUid:${payload.uid}`, { id }, expiresAt)
      }
      if (payload.userCode) await documents.write(`oidc:UserCode:${payload.userCode}`, { id }, expiresAt)
      if (GRANTABLE.has(model) && payload.grantId) {
        await addToGrant(documents, { grantId: payload.grantId, key: key(id), now: clock() })
      }
      await documents.write(key(id), documentOf(payload), expiresAt)
    },
    consume: async (id) => {
      await documents.change(key(id), (current) => consumed(current, clock()), expiryOf(await find(id)))
    },
    destroy: (id) => documents.remove(key(id)),
    revokeByGrantId: async (grantId) => {
      const index = await documents.read(grantKey(grantId))
      const keys = Array.isArray(index?.keys) ? index.keys : []
      for (const each of keys) if (typeof each === 'string') await documents.remove(each)
      await documents.remove(grantKey(grantId))
    },
  }
}

/** A code or refresh token is used once: of two requests at the same time the second one fails here. */
function consumed(current: JsonObject | undefined, now: Micros): JsonObject {
  if (!current || current.consumed !== undefined) throw new errors.InvalidGrant('already used')
  return { ...current, consumed: Math.floor(now / 1_000_000) }
}

function expiryOf(payload: AdapterPayload | undefined): Micros | undefined {
  return payload?.exp === undefined ? undefined : payload.exp * 1_000_000
}

const grantKey = (grantId: string) => `oidc:GrantIndex:${grantId}`

/** What belongs to a grant is found again when the grant is withdrawn; the oldest entries have long expired. */
async function addToGrant(
  documents: IdentityDocuments,
  { grantId, key, now }: { readonly grantId: string; readonly key: string; readonly now: Micros },
): Promise<void> {
  await documents.change(
    grantKey(grantId),
    (current) => {
      const keys = Array.isArray(current?.keys) ? current.keys : []
      return keys.includes(key) ? undefined : { keys: [...keys, key].slice(-INDEXED) }
    },
    now + GRANT_MICROS,
  )
}

/** Without members that are undefined, which JSON does not have. */
function documentOf(payload: AdapterPayload): JsonObject {
  return JSON.parse(JSON.stringify(payload)) as JsonObject // what JSON.parse answers for an object
}

function payloadOf(document: JsonObject | undefined): AdapterPayload | undefined {
  return document && ({ ...document } as AdapterPayload) // written above, from such a payload
}
