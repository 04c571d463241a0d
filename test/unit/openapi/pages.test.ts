import { expect } from 'chai'
import type { Page } from '../../../broker/http/page.ts'
import { createMetrics } from '../../../broker/http/pages/metrics.ts'
import { assemblePages, type PageParts } from '../../../broker/main/pages.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { startTestHub, type TestHub, type TestRequest, testConfig } from '../../support/hub.ts'
import { METHODS, operations, tree } from './document.ts'

/** What is no page: the API, and its document, which depends on who asks. */
const API = /^\/(?:(?:ngsi-ld|hub)\/v1\/|openapi\.json$)/
/** What pages load, and other paths to the same. */
const PARTS = /\.(?:css|js|mjs|svg|png|woff2|html)$|^\/docs\/$|\*/
/** Paths below are named by the discovery document. */
const PROVIDER = '/oidc'
/** There with access control only. */
const CONTROLLED = /^\/(?:oidc|\.well-known)\//
/** Answers messages, and is no page. */
const TOOLS = '/mcp'
const LIST_OF_TOOLS: TestRequest = {
  method: 'POST',
  body: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  headers: {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2025-06-18',
  },
}

const ONTOLOGY = readOntology(packageRoot)
const EXAMPLES: Readonly<Record<string, string>> = {
  type: 'ServiceRequest',
  term: 'ServiceRequest',
  guide: 'masking',
}
const templated = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name) => EXAMPLES[name] ?? 'none')

/** A path of the router as the document writes it. */
const templateOf = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}')

/** No page is asked here, so that its parts may be absent. */
async function pages(): Promise<readonly Page[]> {
  const identity = { provider: {}, login: { issuer: 'https://hub.example.vn/oidc', clientId: 'console' } }
  const parts = {
    root: packageRoot,
    ontology: ONTOLOGY,
    store: {},
    identity,
    metrics: createMetrics('inert'),
  }
  return assemblePages({ ...parts, config: await testConfig({ 'auth.mode': 'off' }) } as unknown as PageParts)
}

describe('OpenAPI document and pages', () => {
  const documented = operations().filter(({ path }) => !API.test(path))
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.stop())

  it('agree on what there is, but for parts of pages', async () => {
    const paths = (await pages()).flatMap((page) => page.paths).map(templateOf)
    const told = documented.map(({ path }) => path)
    const missing = paths.filter((path) => !PARTS.test(path) && !told.includes(path))
    expect(missing.filter((path) => path !== PROVIDER && !path.startsWith('/ontology'))).to.deep.equal([])
    const served = [...paths, ...[...ONTOLOGY.files.keys()].map((path) => `/ontology/${path}`)]
    const gone = told.filter(
      (path) =>
        !served.includes(path) && !served.includes(templated(path)) && !path.startsWith('/ontology/urban/'),
    )
    expect(gone).to.have.members([TOOLS, '/oidc/.well-known/openid-configuration'])
  })

  for (const { path, method, operation } of documented) {
    if (CONTROLLED.test(path)) continue
    it(`${method.toUpperCase()} ${path} answers as documented`, async () => {
      const { status, text } = await hub.send(templated(path), path === TOOLS ? LIST_OF_TOOLS : {})
      const [expected] = Object.keys(tree(operation.responses, path))
      expect(String(status), path).to.equal(expected)
      expect(text, path).to.not.equal('')
    })
  }

  it('agree with what each path says that it allows', async () => {
    const paths = new Set(operations().map(({ path }) => path))
    for (const path of paths) {
      if (CONTROLLED.test(path)) continue
      const { status, headers } = await hub.send(templated(path), { method: 'OPTIONS' })
      expect(status, path).to.equal(204)
      const told = operations().filter((entry) => entry.path === path)
      const methods = told.map(({ method }) => method.toUpperCase())
      const wanted = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
      expect(String(headers.allow).split(', '), path).to.have.members(wanted)
    }
  })

  it('answers HEAD as GET, without content', async () => {
    expect(METHODS).to.include('head')
    for (const { path, method } of operations()) {
      if (method !== 'get' || CONTROLLED.test(path) || path === '/hub/v1/events') continue
      const [get, head] = await Promise.all([
        hub.send(templated(path)),
        hub.send(templated(path), { method: 'HEAD' }),
      ])
      expect([head.status, head.headers['content-type'], head.text], path).to.deep.equal([
        get.status,
        get.headers['content-type'],
        '',
      ])
    }
  })
})
