import { expect } from 'chai'
import { NO_ALIASES } from '../../../broker/federation/learn-aliases.ts'
import { createMetrics } from '../../../broker/http/pages/metrics.ts'
import type { Parts } from '../../../broker/main/parts.ts'
import { assembleRoutes } from '../../../broker/main/routes.ts'
import { readConfig } from '../../../broker/read-config.ts'
import { startTestHub, type TestHub } from '../../support/hub.ts'
import { operations, tree } from './document.ts'

/** No route is called here, so that its parts may be absent. */
const INERT = {
  secret: new Uint8Array(32),
  clock: () => 0,
  aliases: NO_ALIASES,
  places: {},
  metrics: createMetrics('inert').registry,
} as unknown as Parts
const CONFIG = await readConfig({ environment: { HUB_AUTH_MODE: 'off' }, flags: {} })
const ROUTES = assembleRoutes(CONFIG, INERT).routes
const API = /^\/(ngsi-ld|hub)\/v1\//
const BODIES = new Set(['ld', 'json', 'bytes', 'stream'])

const templateOf = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}')

describe('OpenAPI document and routes', () => {
  const routed = ROUTES.map(({ method, path, parameters = [], body, produces }) => ({
    key: `${method} ${templateOf(path)}`,
    query: [...parameters].sort(),
    body: BODIES.has(body),
    produces,
  }))
  const documented = operations()
    .filter(({ path }) => API.test(path))
    .map(({ path, method, operation, parameters }) => ({
      key: `${method.toUpperCase()} ${path}`,
      query: parameters
        .filter((each) => each.in === 'query')
        .map(({ name }) => String(name))
        .sort(),
      body: operation.requestBody !== undefined,
    }))

  it('agree on methods and paths', () => {
    expect(routed.length).to.be.greaterThan(30)
    expect(routed.map(({ key }) => key).sort()).to.deep.equal(documented.map(({ key }) => key).sort())
  })

  it('agree on query parameters', () => {
    for (const { key, query } of routed)
      expect(documented.find((entry) => entry.key === key)?.query, key).to.deep.equal(query)
  })

  it('agree on which requests have a body', () => {
    for (const { key, body } of routed)
      expect(documented.find((entry) => entry.key === key)?.body, key).to.equal(body)
  })
})

describe('OpenAPI document and pages', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.stop())

  const EXAMPLES: Readonly<Record<string, string>> = { type: 'ServiceRequest', term: 'ServiceRequest' }
  for (const { path, method, operation } of operations().filter((entry) => !API.test(entry.path))) {
    if (path.startsWith('/oidc/')) continue // there with the built-in provider only
    it(`${method.toUpperCase()} ${path} answers as documented`, async () => {
      const { status, text } = await hub.send(
        path.replaceAll(/\{(\w+)\}/g, (_, name) => EXAMPLES[name] ?? ''),
      )
      const [expected] = Object.keys(tree(operation.responses, path))
      expect(String(status), path).to.equal(expected)
      expect(text, path).to.not.equal('')
    })
  }
})
