import type { JWTPayload } from 'jose'
import type { Claims } from '../policy/claims.ts'
import { isRecord } from './is-record.ts'

/** Where the tokens of an issuer carry what policies need; members of objects with a dot between. */
export interface ClaimNames {
  readonly role?: string
  readonly organisation?: string
  readonly city?: string
  readonly purpose?: string
  readonly name?: string
}

/** Reads a verified payload into claims, roles as texts or as one text. */
export function claimsOf(
  payload: JWTPayload,
  {
    issuer,
    claims = {},
    roles,
  }: { readonly issuer: string; readonly claims?: ClaimNames; readonly roles?: readonly string[] },
): Claims {
  const given = textsAt(payload, claims.role ?? 'role')
  const [organisation] = textsAt(payload, claims.organisation ?? 'organisation')
  const [city] = textsAt(payload, claims.city ?? 'city')
  const [purpose] = textsAt(payload, claims.purpose ?? 'purpose')
  const [client] = textsAt(payload, 'client_id')
  const [name] = textsAt(payload, claims.name ?? 'account')
  return {
    subject: payload.sub ?? '',
    issuer,
    roles: roles ? given.filter((role) => roles.includes(role)) : given,
    anonymous: false,
    ...(organisation !== undefined && { organisation }),
    ...(city !== undefined && { city }),
    ...(purpose !== undefined && { purpose }),
    ...(client !== undefined && { client }),
    ...(payload.exp !== undefined && { expiresAt: payload.exp }),
    ...nameOf(name ?? client),
  }
}

function nameOf(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name }
}

function textsAt(payload: JWTPayload, path: string): readonly string[] {
  let value: unknown = payload
  for (const step of path.split('.')) {
    value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((each): each is string => typeof each === 'string' && each !== '')
}
