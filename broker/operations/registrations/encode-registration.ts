import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { SourceState } from '../../federation/states/source-states.ts'
import { HIDDEN } from '../credentials.ts'
import { isSecret } from './check-source-info.ts'
import { SEALED_MEMBER } from './registration-secrets.ts'
import { renameMembers } from './rename-members.ts'

/** Writes a registration in the terms of the caller, with its read-only members (CIM 009 v1.9.1, 5.2.9). */
export function encodeRegistration(
  document: JsonObject,
  state: SourceState,
  { table, sysAttrs }: { readonly table: TermTable; readonly sysAttrs: boolean },
): JsonObject {
  const { createdAt, modifiedAt, contextSourceInfo, [SEALED_MEMBER]: _, ...members } = document
  return {
    ...renameMembers(members, table.compact),
    ...(contextSourceInfo !== undefined && { contextSourceInfo: withoutSecrets(contextSourceInfo) }),
    ...encodeState(state),
    ...(sysAttrs && createdAt !== undefined && { createdAt }),
    ...(sysAttrs && modifiedAt !== undefined && { modifiedAt }),
  }
}

/** A credential is written once and never shown. */
function withoutSecrets(pairs: JsonValue): JsonValue {
  if (!isJsonArray(pairs)) return pairs
  return pairs.map((pair) =>
    isJsonObject(pair) && isSecret(`${pair.key}`, `${pair.value}`) ? { ...pair, value: HIDDEN } : pair,
  )
}

/** A source that was never asked has no state to show. */
function encodeState(state: SourceState): JsonObject {
  if (state.timesSent === 0) return {}
  return {
    timesSent: state.timesSent,
    timesFailed: state.timesFailed,
    ...(state.status && { status: state.status }),
    ...time('lastSuccess', state.lastSuccess),
    ...time('lastFailure', state.lastFailure),
  }
}

function time(name: string, at: Micros | undefined): JsonObject {
  return at === undefined ? {} : { [name]: formatDateTime(at) }
}
