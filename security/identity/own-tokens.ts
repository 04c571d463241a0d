import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { AdapterPayload } from 'oidc-provider'
import type { Micros } from '../../broker/core/model/time.ts'

/** Takes back what this provider issued; a caller with a token of it is refused from then on. */
export interface Revocations {
  revoke(what: {
    readonly issuer: string
    /** issuer: every token that was issued until now. */
    readonly kind: 'token' | 'grant' | 'issuer'
    readonly id: string
    /** When the last of these tokens has ended. */
    readonly until: Micros
  }): Promise<void>
}

/** The access tokens of a provider: they are JWTs, so nothing of them is kept. */
export interface OwnTokens {
  /** Answers what oidc-provider would have kept of a token; undefined: it is none of ours that is good. */
  read(token: string): Promise<AdapterPayload | undefined>
}

/** Reads back the provider's own access tokens. */
export function ownTokens({
  issuer,
  keys,
  clock,
  subjectBehind,
}: {
  readonly issuer: string
  readonly keys: () => JSONWebKeySet
  readonly clock: () => Micros
  /** Answers the account behind the subject that a client was told of. */
  readonly subjectBehind: (token: { readonly subject: string; readonly client: string }) => string | undefined
}): OwnTokens {
  return {
    read: async (token) => {
      const payload = await jwtVerify(token, createLocalJWKSet(keys()), {
        issuer,
        typ: 'at+jwt',
        algorithms: ['ES256'],
        currentDate: new Date(clock() / 1000),
      }).then(
        (verified) => verified.payload,
        () => undefined,
      )
      return payload && kept(payload, subjectBehind)
    },
  }
}

function kept(
  payload: JWTPayload,
  subjectBehind: Parameters<typeof ownTokens>[0]['subjectBehind'],
): AdapterPayload {
  const { jti, iat, exp, aud, sub = '', client_id, grant, scope, sid, iss: _, cnf, ...extra } = payload
  const client = String(client_id ?? '')
  const accountId = sub === client ? undefined : subjectBehind({ subject: sub, client })
  const bound = typeof cnf === 'object' && cnf !== null ? (cnf as Readonly<Record<string, unknown>>) : {} // RFC 7800
  return {
    kind: accountId === undefined ? 'ClientCredentials' : 'AccessToken',
    clientId: client,
    extra,
    ...(jti !== undefined && { jti }),
    ...(iat !== undefined && { iat }),
    ...(exp !== undefined && { exp }),
    ...(aud !== undefined && { aud: [aud].flat() }),
    ...(accountId !== undefined && { accountId }),
    ...(typeof grant === 'string' && { grantId: grant }),
    ...(typeof scope === 'string' && { scope }),
    ...(typeof sid === 'string' && { sid }),
    ...(typeof bound.jkt === 'string' && { jkt: bound.jkt }),
    ...(typeof bound['x5t#S256'] === 'string' && { 'x5t#S256': bound['x5t#S256'] }),
  }
}
