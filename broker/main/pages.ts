import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Logger } from 'pino'
import type { Ontology } from '../../ontology/ontology.ts'
import type { components } from '../../openapi/generated/types.ts'
import type { Audit } from '../../security/audit/audit.ts'
import { HUB_SCOPE } from '../../security/identity/resource-server.ts'
import type { Config } from '../config.ts'
import { DEFAULT_TENANT } from '../core/model/tenant.ts'
import { RESOURCE_METADATA } from '../http/mcp/mcp-endpoint.ts'
import type { Page } from '../http/page.ts'
import { type HealthChecks, health } from '../http/pages/health.ts'
import { identityPages } from '../http/pages/identity-pages.ts'
import type { Metrics } from '../http/pages/metrics.ts'
import { ontologyPages, type Representations } from '../http/pages/ontology-pages.ts'
import { portalPages } from '../http/pages/portal-pages.ts'
import { pageHeaders, type StaticFile, staticFiles } from '../http/pages/static-files.ts'
import type { Store } from '../store/port/store.ts'
import { aboutPages } from './about.ts'
import type { ApiDocument } from './api-document.ts'
import type { AssembledIdentity } from './identity.ts'
import { makePortalPages, portalFiles } from './portal.ts'

/** What the pages outside the API are made of. */
export interface PageParts {
  readonly root: string
  /** Where callers reach the hub. */
  readonly url: string
  readonly apiDocument: ApiDocument
  readonly ontology: Ontology
  readonly store: Store
  readonly identity: AssembledIdentity
  readonly metrics: Metrics
  readonly config: Config
  readonly audit?: Pick<Audit, 'check'>
  /** All that is to run does, and nobody told the hub to stop. */
  readonly serves: () => boolean
  readonly log: Pick<Logger, 'info' | 'warn'>
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** Where programs and people find out about the API (RFC 8631). */
const BEGINNINGS = '</openapi.json>; rel="service-desc", </docs>; rel="service-doc"'

/** Puts the pages together that need no caller: health, metrics, documents, console, identity provider. */
export function assemblePages(parts: PageParts): readonly Page[] {
  const { root, url, ontology, identity, metrics, config } = parts
  const files = new Map<string, StaticFile>()
  addFolder(files, join(root, 'console', 'public'), '/')
  addFile(files, '/client.js', join(root, 'openapi', 'client', 'dist', 'client.js'))
  addFolder(files, join(root, 'openapi', 'docs'), '/docs/')
  for (const [path, file] of portalFiles(root)) addFile(files, path, file)
  addFile(files, '/', join(root, 'console', 'public', 'index.html'), { Link: BEGINNINGS })
  files.set('/hub.json', {
    contentType: 'application/json',
    get text() {
      return JSON.stringify(hubDescription(config, ontology, identity))
    },
  })
  const { login } = identity
  if (login) {
    files.set(RESOURCE_METADATA, {
      contentType: 'application/json',
      get text() {
        return JSON.stringify(resourceMetadata(config, url, login))
      },
    })
  }
  for (const [path, file] of aboutPages(parts)) files.set(path, file)
  const headers = pageHeaders(login ? [new URL(login.issuer).origin] : [])
  return [
    ...healthPages(parts),
    metrics.page,
    ontologyPages(
      new Map([...ontology.files].map(([path, file]) => [`/ontology/${path}`, file] as const)),
      () => representations(ontology),
    ),
    portalPages(() => makePortalPages(root, ontology, parts.apiDocument), headers),
    ...staticFiles(files, headers),
    ...(identity.provider ? [identityPages(identity.provider)] : []),
  ]
}

function healthPages({ store, audit, serves, log }: PageParts): readonly Page[] {
  const checks: HealthChecks = {
    serving: async () => {
      if (!serves()) throw new Error('Hub starts or stops')
    },
    store: () => store.document(DEFAULT_TENANT, 'identity', 'hub-secret').then(() => undefined),
    ...(audit && { audit: () => audit.check() }),
  }
  return health(checks, (check, state, err) => {
    if (check === 'serving') return // which is no fault
    if (state === 'ok') log.info({ check }, 'hub is ready again')
    else log.warn({ check, err }, 'hub is not ready')
  })
}

/** The whole ontology under its folders, and each term under the path of its IRI. */
function representations({ vocabulary }: Ontology): ReadonlyMap<string, Representations> {
  const { version, types, attributes } = vocabulary
  const base = `/ontology/${version}`
  const graphs = { turtle: `${base}/ontology.ttl`, linkedData: `${base}/ontology.jsonld` }
  const whole = { ...graphs, html: `${base}/index.html`, json: `${base}/vocabulary.json` }
  return new Map<string, Representations>([
    ...['/ontology', '/ontology/', base, `${base}/`, '/ontology/urban/'].map(
      (path) => [path, whole] as const,
    ),
    ...attributes.map(
      ({ name }) => [`/ontology/urban/${name}`, { ...whole, html: `${whole.html}#${name}` }] as const,
    ),
    ...types.map(({ name }): [string, Representations] => [
      `/ontology/urban/${name}`,
      { ...graphs, html: `${base}/types/${name}.html`, json: `${base}/schemas/${name}.json` },
    ]),
  ])
}

/** What a browser needs to know: `components/schemas/HubDescription` of the OpenAPI document. */
function hubDescription(
  { name, title }: Config,
  { types }: Ontology,
  { login }: AssembledIdentity,
): components['schemas']['HubDescription'] {
  return { name, title, types: [...types.values()].map((type) => type.name), ...login }
}

/** Who gives tokens for the hub (RFC 9728). */
function resourceMetadata(
  { title, identity, auth }: Config,
  url: string,
  { issuer }: NonNullable<AssembledIdentity['login']>,
): components['schemas']['ResourceMetadata'] {
  return {
    resource: url,
    authorization_servers: [...new Set([issuer, ...auth.issuers.map((one) => one.issuer)])],
    bearer_methods_supported: ['header'],
    ...(identity.enabled && { scopes_supported: [HUB_SCOPE] }),
    resource_name: title,
    resource_documentation: `${url}/docs`,
  }
}

function addFolder(files: Map<string, StaticFile>, folder: string, prefix: string): void {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) addFolder(files, path, `${prefix}${entry.name}/`)
    else addFile(files, `${prefix}${entry.name}`, path)
  }
}

function addFile(
  files: Map<string, StaticFile>,
  path: string,
  file: string,
  headers: StaticFile['headers'] = {},
): void {
  const contentType = CONTENT_TYPES[extname(file)] ?? 'application/octet-stream'
  let text: Uint8Array | undefined
  files.set(path, {
    contentType,
    headers,
    get text() {
      text ??= readFileSync(file)
      return text
    },
  })
}
