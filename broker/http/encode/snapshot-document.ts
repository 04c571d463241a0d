import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { HIDDEN, mayBeCredential } from '../../operations/credentials.ts'
import { membersOf, type QueryResult, type Snapshot } from '../../operations/snapshots/snapshot.ts'
import { problemDocument } from './problem-document.ts'

/** Writes a Snapshot (CIM 009 v1.9.1, 5.2.41). A credential is written once and never shown. */
export function snapshotDocument(snapshot: Snapshot): JsonObject {
  const { receiverInfo, ...members } = membersOf(snapshot)
  return {
    ...members,
    ...(receiverInfo !== undefined && { receiverInfo: withoutSecrets(receiverInfo) }),
    ...(snapshot.results.length > 0 && { snapshotQueriesDetails: snapshot.results.map(resultDocument) }),
  }
}

function resultDocument({ status, problem }: QueryResult): JsonObject {
  return {
    resultStatus: status,
    ...(problem && { problemDetails: problemDocument(new Problem(problem.code, problem.text)) }),
  }
}

function withoutSecrets(pairs: JsonValue): JsonValue {
  if (!isJsonArray(pairs)) return pairs
  return pairs.map((pair) =>
    isJsonObject(pair) && mayBeCredential(`${pair.key}`) ? { ...pair, value: HIDDEN } : pair,
  )
}
