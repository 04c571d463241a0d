import { isIri } from '../../core/model/iri.ts'
import { isJsonObject, type JsonValue } from '../../core/model/json.ts'
import { failed, type SourceFailure } from '../forward/exchange.ts'
import { keepsId } from '../forward/keep-registered.ts'
import type { Called, SourceConnection } from '../forward/source-connection.ts'
import { type Querying, queryRequest } from '../forward/source-request.ts'
import type { Forward } from '../registry/match-registrations.ts'

/** Which entities a source has of a query; with the EntityMap that it made of them, where it makes some. */
export interface SourceCandidates {
  readonly ids: readonly string[]
  readonly map?: string
  readonly complete: boolean
  readonly warnings: readonly string[]
}

/** Asks a source for an EntityMap of a query (CIM 009 v1.9.1, 5.14.4, 6.34.3.1), narrowed; undefined: it makes none. */
export async function askEntityMap(
  connection: SourceConnection,
  forward: Forward,
  querying: Omit<Querying, 'table' | 'limit'>,
): Promise<Called<SourceCandidates> | undefined> {
  const { send } = queryRequest(forward, { ...querying, table: connection.table, limit: 1 })
  // what only pages have
  for (const name of ['limit', 'options']) send.parameters.delete(name)
  const answer = await connection.send({ method: 'GET', path: '/entityMaps', parameters: send.parameters })
  if (failed(answer)) return isSilent(answer) ? { failure: answer } : undefined
  const made = answer.status >= 200 && answer.status <= 299 ? readMap(answer.body) : undefined
  if (!made) return undefined
  const ids = made.ids.filter((id) => keepsId(forward, id))
  return { ids, map: made.map, complete: true, warnings: answer.warnings }
}

/** Without any answer it need not be asked again; one that cannot be used, or none of its kind, leaves the query. */
function isSilent({ code }: SourceFailure): boolean {
  return code === 199
}

function readMap(
  body: JsonValue | undefined,
): { readonly map: string; readonly ids: readonly string[] } | undefined {
  if (!isJsonObject(body) || typeof body.id !== 'string' || !isIri(body.id)) return undefined
  const { entityMap } = body
  if (!isJsonObject(entityMap)) return undefined
  const ids = Object.keys(entityMap)
  return ids.every(isIri) ? { map: body.id, ids } : undefined
}
