import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildTermTable } from '../../../broker/core/context/build-term-table.ts'
import type { TermTable } from '../../../broker/core/context/term-table.ts'
import type { Caller } from '../../../broker/core/model/caller.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import {
  createFederation,
  type Federation,
  type FederationDependencies,
} from '../../../broker/federation/federation.ts'
import { type Registration, readRegistration } from '../../../broker/federation/registry/registration.ts'
import { createRegistry } from '../../../broker/federation/registry/registry.ts'
import { createSourceStates } from '../../../broker/federation/states/source-states.ts'

const VOCABULARY = 'https://example.org/city/'

/** Expanded name of a term of the tests' @context. */
export const iri = (term: string): string => `${VOCABULARY}${term}`

/** A @context that puts every term into one vocabulary. */
export const table: TermTable = buildTermTable({
  hash: 'test',
  source: 'https://example.org/city.jsonld',
  url: 'https://example.org/city.jsonld',
  vocabulary: VOCABULARY,
  definitions: [],
})

/** A caller that may do everything and sees everything. */
export const anyone: Caller = {
  key: 'k',
  name: 'tester',
  anonymous: false,
  roles: [],
  delegation: () => ({}),
  token: 'end-user-token',
  view: () => ({
    id: 'all',
    unrestricted: true,
    admits: () => true,
    admitsAll: () => true,
    treatment: () => 'clear',
    veils: () => false,
    clearEverywhere: () => true,
  }),
  check: () => undefined,
}

/** Builds a registration as the registry holds it. */
export function registration(members: JsonObject = {}): Registration {
  return readRegistration({
    id: 'urn:ngsi-ld:ContextSourceRegistration:1',
    type: 'ContextSourceRegistration',
    endpoint: 'http://127.0.0.1:9',
    information: [{ entities: [{ type: iri('Bus') }] }],
    ...members,
  })
}

/** What a source was asked. */
export interface Asked {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  /** Names as they were sent. */
  readonly names: readonly string[]
}

export interface Source {
  readonly endpoint: string
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

/** Starts a real HTTP server that plays a context source. */
export async function startSource(
  answer: (request: IncomingMessage, response: ServerResponse, url: URL) => void,
): Promise<Source> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://source')
    asked.push({
      method: request.method ?? '',
      url,
      headers: request.headers,
      names: request.rawHeaders.filter((_, at) => at % 2 === 0),
    })
    answer(request, response, url)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  return {
    endpoint: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers JSON from a source. */
export function sendJson(
  response: ServerResponse,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** A bus as a source writes it. */
export function bus(id: string, speed: number, modifiedAt = '2026-01-01T00:00:00Z'): JsonObject {
  return {
    id,
    type: 'Bus',
    createdAt: '2025-01-01T00:00:00Z',
    modifiedAt,
    speed: { type: 'Property', value: speed, createdAt: '2025-01-01T00:00:00Z', modifiedAt },
  }
}

/** Makes a federation over registrations urn:r:1, urn:r:2, …; each source has time enough unless its registration says otherwise. */
export function federationOver(
  members: readonly JsonObject[],
  changes: Partial<FederationDependencies> & Pick<FederationDependencies, 'egress'>,
): Federation {
  const registry = createRegistry()
  members.forEach((member, at) => {
    const id = `urn:r:${at + 1}`
    registry.apply(DEFAULT_TENANT, { id, version: 1, registration: registration({ id, ...member }) })
  })
  return createFederation({
    registry,
    states: createSourceStates(),
    outbound: async ({ token }) => ({ headers: { 'Hub-On-Behalf-Of': token ?? '' } }),
    tableOf: async () => table,
    alias: 'province',
    clock: () => Date.now() * 1000,
    defaultTimeoutMs: 15_000,
    ...changes,
  })
}
