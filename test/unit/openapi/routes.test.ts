import { expect } from 'chai'
import { NO_ALIASES } from '../../../broker/federation/learn-aliases.ts'
import { PROVENANCE_TYPE } from '../../../broker/http/added-types.ts'
import { createMetrics } from '../../../broker/http/pages/metrics.ts'
import type { Route } from '../../../broker/http/route.ts'
import type { Parts } from '../../../broker/main/parts.ts'
import { assembleRoutes } from '../../../broker/main/routes.ts'
import { readConfig } from '../../../broker/read-config.ts'
import { aloneOnStore } from '../../../broker/store/port/processes.ts'
import { operations, resolved, tree } from './document.ts'

/** No route is called here, so that its parts may be absent. */
const INERT = {
  secret: new Uint8Array(32),
  clock: () => 0,
  aliases: NO_ALIASES,
  places: {},
  processes: aloneOnStore(),
  metrics: createMetrics('inert').registry,
} as unknown as Parts
const CONFIG = await readConfig({ environment: { HUB_AUTH_MODE: 'off' }, flags: {} })
const ROUTES = assembleRoutes(CONFIG, INERT).routes
const API = /^\/(?:(?:ngsi-ld|hub)\/v1\/|openapi\.json$)/
const BODIES = new Set(['ld', 'json', 'documented', 'bytes', 'stream'])

/** Headers that only some routes take, or all of them. */
const HEADERS: Readonly<Record<string, (route: Route) => boolean>> = {
  'NGSILD-Tenant': () => true,
  'Hub-Purpose': () => true,
  'NGSILD-Snapshot': ({ path }) =>
    /^\/ngsi-ld\/v1\/(?:entities|entityOperations|types|attributes|entityMaps)(?:\/|$)/.test(path),
  'If-Match': ({ preconditions }) => preconditions === 'entity',
  'Idempotency-Key': ({ idempotent }) => idempotent !== undefined,
  'Hub-Explain': ({ explains }) => explains === true,
  'Hub-Provenance': ({ tellsProvenance }) => tellsProvenance === true,
  'Hub-Unit': ({ inUnits }) => inUnits === true,
  'Hub-CRS': ({ produces = [] }) => produces.includes('application/geo+json'),
  'Content-Crs': ({ body, path }) =>
    body === 'ld' &&
    /^\/ngsi-ld\/v1\/(?:temporal\/)?(?:entities|entityOperations\/(?:create|upsert|update|merge))(?:\/|$)/.test(
      path,
    ),
}

const JSON_BODY = ['application/json']
const LINKED_DATA_BODY = ['application/json', 'application/ld+json']

const templateOf = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}')

describe('OpenAPI document and routes', () => {
  const routed = ROUTES.map((route) => ({
    key: `${route.method} ${templateOf(route.path)}`,
    query: [...(route.parameters ?? [])].sort(),
    headers: Object.keys(HEADERS).filter((name) => HEADERS[name]?.(route)),
    body: BODIES.has(route.body),
    route,
  }))
  const documented = operations()
    .filter(({ path }) => API.test(path))
    .map(({ path, method, operation, parameters }) => ({
      key: `${method.toUpperCase()} ${path}`,
      query: parameters
        .filter((each) => each.in === 'query')
        .map(({ name }) => String(name))
        .sort(),
      headers: parameters.filter((each) => each.in === 'header').map(({ name }) => String(name)),
      body: operation.requestBody !== undefined,
      taken: Object.keys(tree(resolved(operation.requestBody ?? {}, path).content ?? {}, path)),
      answered: Object.entries(tree(operation.responses, path))
        .filter(([status]) => status.startsWith('2'))
        .flatMap(([, value]) => Object.keys(tree(resolved(value, path).content ?? {}, path))),
    }))
  const entryOf = (key: string) => documented.find((entry) => entry.key === key)

  it('agree on methods and paths', () => {
    expect(routed.length).to.be.greaterThan(30)
    expect(routed.map(({ key }) => key).sort()).to.deep.equal(documented.map(({ key }) => key).sort())
  })

  it('agree on query parameters', () => {
    for (const { key, query } of routed) expect(entryOf(key)?.query, key).to.deep.equal(query)
  })

  it('agree on which requests have a body', () => {
    for (const { key, body } of routed) expect(entryOf(key)?.body, key).to.equal(body)
  })

  it('agree on headers that some routes take', () => {
    for (const { key, headers } of routed) {
      const told = entryOf(key)?.headers.filter((name) => name in HEADERS)
      expect(told, key).to.have.members(headers)
    }
  })

  it('agree on media types of bodies', () => {
    for (const { key, route } of routed) {
      const { taken } = entryOf(key) ?? {}
      const patch = route.method === 'PATCH' ? ['application/merge-patch+json'] : []
      if (route.body === 'ld') expect(taken, key).to.have.members([...LINKED_DATA_BODY, ...patch])
      if (route.body === 'json') expect(taken, key).to.include.members(JSON_BODY)
    }
  })

  it('agree on media types of answers', () => {
    for (const { key, route } of routed) {
      if (route.method !== 'GET' && !key.endsWith('/query')) continue
      const { answered = [] } = entryOf(key) ?? {}
      // plain JSON is answered whichever of the two is asked for
      if (!route.produces) expect(LINKED_DATA_BODY, key).to.include.members(answered)
      const { produces = answered } = route
      const added = route.tellsProvenance ? [PROVENANCE_TYPE] : []
      const types = new Set([...produces, ...added].map((type) => type.split(';', 1)[0]))
      expect([...new Set(answered)], key).to.have.members([...types])
    }
  })
})
