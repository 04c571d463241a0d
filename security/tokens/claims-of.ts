import type { JWTPayload } from 'jose'
import type { Claims, Confirmation } from '../policy/claims.ts'
import { isRecord } from './is-record.ts'

/** Where the tokens of an issuer carry what policies need; members of objects with a dot between. */
export interface ClaimNames {
  readonly role?: string
  readonly organisation?: string
  readonly city?: string
  readonly purpose?: string
  readonly name?: string
}

/** How the tokens of an issuer are read, and what they may say. */
export interface ClaimReading {
  readonly issuer: string
  readonly claims?: ClaimNames
  /** The only roles and purposes that it may give; absent: any. Without a purpose of its own a token may pick among these. */
  readonly roles?: readonly string[]
  readonly purposes?: readonly string[]
  /** What its `acr` values stand for; absent: those of the built-in provider. */
  readonly assurance?: Readonly<Record<string, number>>
  /** The only tenants for which it is trusted; absent: all. */
  readonly tenants?: readonly string[]
}

/** `acr` values of the built-in provider, by level. */
export const ASSURANCE: Readonly<Record<string, number>> = { aal1: 1, aal2: 2, aal3: 3 }

/** Reads a verified payload into claims, roles as texts or as one text. */
export function claimsOf(payload: JWTPayload, reading: ClaimReading): Claims {
  const { issuer, claims = {}, roles, tenants } = reading
  const given = textsAt(payload, claims.role ?? 'role')
  const [organisation] = textsAt(payload, claims.organisation ?? 'organisation')
  const [city] = textsAt(payload, claims.city ?? 'city')
  const [client] = textsAt(payload, 'client_id')
  const [name] = textsAt(payload, claims.name ?? 'account')
  return {
    subject: payload.sub ?? '',
    issuer,
    roles: roles ? given.filter((role) => roles.includes(role)) : given,
    anonymous: false,
    ...(organisation !== undefined && { organisation }),
    ...(city !== undefined && { city }),
    ...purposesOf(textsAt(payload, claims.purpose ?? 'purpose'), reading.purposes),
    ...(client !== undefined && { client }),
    ...(payload.exp !== undefined && { expiresAt: payload.exp }),
    ...nameOf(name ?? client),
    ...assuranceOf(payload, reading.assurance ?? ASSURANCE),
    ...(tenants && { tenants }),
    ...namesOf(payload),
    ...confirmationOf(payload.cnf),
  }
}

function nameOf(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name }
}

/** The first that a token carries is in force until another is picked; what the issuer alone may give has to be. */
function purposesOf(
  carried: readonly string[],
  possible: readonly string[] | undefined,
): Pick<Claims, 'purpose' | 'purposes'> {
  const given = possible ? carried.filter((purpose) => possible.includes(purpose)) : carried
  const purposes = carried.length > 0 ? given : (possible ?? [])
  const [purpose] = given
  return { ...(purpose !== undefined && { purpose }), ...(purposes.length > 0 && { purposes }) }
}

function assuranceOf(
  { acr, auth_time: authenticatedAt }: JWTPayload,
  levels: Readonly<Record<string, number>>,
): Pick<Claims, 'assurance' | 'authenticatedAt'> {
  const assurance = typeof acr === 'string' && Object.hasOwn(levels, acr) ? levels[acr] : undefined
  return {
    ...(assurance !== undefined && { assurance }),
    ...(typeof authenticatedAt === 'number' && { authenticatedAt }),
  }
}

/** By what a token is revoked. */
function namesOf(payload: JWTPayload): Pick<Claims, 'tokenId' | 'grant' | 'session' | 'issuedAt'> {
  const { jti: tokenId, grant, sid: session, iat: issuedAt } = payload
  return {
    ...(typeof tokenId === 'string' && { tokenId }),
    ...(typeof grant === 'string' && { grant }),
    ...(typeof session === 'string' && { session }),
    ...(issuedAt !== undefined && { issuedAt }),
  }
}

function confirmationOf(confirmation: unknown): { readonly confirmation?: Confirmation } {
  if (confirmation === undefined) return {}
  if (!isRecord(confirmation)) return { confirmation: { other: true } }
  const { jkt: key, 'x5t#S256': certificate, ...rest } = confirmation
  const read = {
    ...(typeof key === 'string' && { key }),
    ...(typeof certificate === 'string' && { certificate }),
  }
  const isWhole = Object.keys(read).length > 0 && Object.keys(rest).length === 0
  return { confirmation: isWhole ? read : { other: true } }
}

function textsAt(payload: JWTPayload, path: string): readonly string[] {
  let value: unknown = payload
  for (const step of path.split('.')) {
    value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((each): each is string => typeof each === 'string' && each !== '')
}
