import type { Seal } from '../../../security/seal.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { type Registration, readRegistration } from '../../federation/registry/registration.ts'
import { HIDDEN } from '../credentials.ts'
import { isSecret } from './check-source-info.ts'

/** Purpose of the seal that keeps the credentials of registrations. */
export const REGISTRATION_SEAL = 'registration'

/** The member of a kept registration that holds its credentials, sealed; no Context Source Property has a name without colon. */
export const SEALED_MEMBER = 'sealed'

/** Keeps credentials of registrations from whoever reads the store, the log or an export of them. */
export interface RegistrationSecrets {
  /** Answers a registration as it is kept: with credentials hidden where they stood, and sealed. */
  close(document: JsonObject, tenant: Tenant): JsonObject
  /** Answers a kept registration with its credentials; without those that another hub sealed. */
  open(document: JsonObject, tenant: Tenant): JsonObject
  /** Reads a kept registration for those who ask its source. */
  read(document: JsonObject, tenant: Tenant): Registration
}

/** Makes the keeper of the credentials of registrations. */
export function registrationSecrets(seal: Seal): RegistrationSecrets {
  return { close, open, read }

  function close(document: JsonObject, tenant: Tenant): JsonObject {
    const { [SEALED_MEMBER]: _, ...members } = document
    const pairs = pairsOf(members)
    const hidden = pairs.map((pair) => (isCredential(pair) ? { ...pair, value: HIDDEN } : pair))
    if (!pairs.some(isCredential)) return members
    const sealed = seal.close(JSON.stringify(pairs), boundTo(document, tenant))
    return { ...members, contextSourceInfo: hidden, [SEALED_MEMBER]: sealed }
  }

  function open(document: JsonObject, tenant: Tenant): JsonObject {
    const { [SEALED_MEMBER]: sealed, ...members } = document
    if (typeof sealed !== 'string') return members
    const text = seal.open(sealed, boundTo(document, tenant))
    const contextSourceInfo: JsonValue =
      text === undefined ? pairsOf(members).filter(({ value }) => value !== HIDDEN) : JSON.parse(text)
    return { ...members, contextSourceInfo }
  }

  /** What a registration is written from never has its credentials. */
  function read(document: JsonObject, tenant: Tenant): Registration {
    const { [SEALED_MEMBER]: _, ...shown } = document
    return { ...readRegistration(open(document, tenant)), document: shown }
  }
}

/** Tells whether a registration holds credentials in clear. */
export function keepsSecret(document: JsonObject | undefined): boolean {
  return document !== undefined && pairsOf(document).some(isCredential)
}

function pairsOf({ contextSourceInfo }: JsonObject): readonly JsonObject[] {
  return isJsonArray(contextSourceInfo) ? contextSourceInfo.filter(isJsonObject) : []
}

function isCredential({ key, value }: JsonObject): boolean {
  return value !== HIDDEN && isSecret(`${key}`, `${value}`)
}

function boundTo({ id }: JsonObject, tenant: Tenant): string {
  return `${tenant} ${id}`
}
