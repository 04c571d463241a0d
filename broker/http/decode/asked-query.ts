import type { TermTable } from '../../core/context/term-table.ts'
import type { HubRequest } from '../route.ts'
import { entityQuery } from './entity-parameters.ts'
import { type QueryBody, queryBody } from './query-body.ts'

/** Reads what a request asks for: a POST by its body, every other one by its parameters (CIM 009 v1.9.1, 6.4.3.2, 6.23). @throws Problem */
export function askedQuery(
  { method, body, query }: HubRequest,
  table: TermTable,
  readBody: typeof queryBody = queryBody,
): QueryBody {
  if (method === 'POST') return readBody(body, query, table)
  return { query: entityQuery(query, table), parameters: query }
}
