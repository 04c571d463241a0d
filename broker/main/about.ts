import { readdirSync, readFileSync } from 'node:fs'
import { join, parse } from 'node:path'
import type { components } from '../../openapi/generated/types.ts'
import { version } from '../cli/version.ts'
import type { StaticFile } from '../http/pages/static-files.ts'
import type { PageParts } from './pages.ts'

/** The version of the standard that the API is of. */
const STANDARD = 'ETSI GS CIM 009 v1.9.1'

/** What the hub says of itself to programs: which versions run, and where everything is that a language model needs. */
export function aboutPages(parts: PageParts): ReadonlyMap<string, StaticFile> {
  return new Map([
    ['/version', madeOnce('application/json', () => JSON.stringify(versions(parts)))],
    ['/llms.txt', madeOnce('text/plain; charset=utf-8', () => overview(parts))],
  ])
}

function versions({ ontology, apiDocument }: PageParts): components['schemas']['HubVersion'] {
  const { version: vocabulary, release } = ontology.vocabulary
  return {
    hub: version,
    apis: { 'ngsi-ld': 'v1', hub: 'v1' },
    standard: STANDARD,
    ontology: { version: vocabulary, release },
    document: apiDocument.info.version,
    node: process.versions.node,
  }
}

/** An overview as llmstxt.org has it. */
function overview({ root, url, ontology, identity, config, apiDocument }: PageParts): string {
  const terms = `${url}/ontology/${ontology.vocabulary.version}`
  const access = identity.login
    ? `What an answer holds depends on who asks: tokens come from the OpenID Connect issuer ${identity.login.issuer}, and personal data are masked or absent as policies say.`
    : 'Everybody may do and see everything.'
  return `# ${config.title}

> ${apiDocument.info.summary}

The API is NGSI-LD (${STANDARD}) below ${url}/ngsi-ld/v1, and what this hub adds to it below ${url}/hub/v1. Entities are queried by their types: \`GET ${url}/ngsi-ld/v1/entities?type=AirQualityObserved&limit=10\`, with \`Link: <${ontology.contextUrl}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"\` for short names. ${access} Refusals are problem documents (RFC 7807) that say what is wrong, and where.

## API

- [OpenAPI 3.1 document](${url}/openapi.json): operations, types and attributes as far as they are the caller's; in Vietnamese with \`Accept-Language: vi\`
- [Reference](${url}/docs/reference): the same as a page for people
- [Model Context Protocol](${url}/mcp): tools to find types, query entities and their history, and follow changes (streamable HTTP, POST)
- [Types that there are](${url}/ngsi-ld/v1/types): entity types of which the caller may see entities

## Data

- [Catalogue](${url}/hub/v1/catalog): datasets by feed and type, with who answers for them and how to get them (DCAT-AP 3)
- [Ontology](${terms}/index.html): entity types and their attributes, in Vietnamese and English
- [Vocabulary](${terms}/vocabulary.json): the same for programs, with units and classes of personal data
- [@context](${terms}/context.jsonld): names of the ontology in JSON-LD
- [TypeScript types](${terms}/entities.ts): of all entities

## Guides

${guides(root, url)}

## Optional

- [Versions](${url}/version): of the hub, its APIs, the document and the ontology
- [Administrative units](${url}/hub/v1/units): over time, by code, name or place
`
}

/** The guides as the portal has them, each by its heading. */
function guides(root: string, url: string): string {
  const folder = join(root, 'docs', 'guide')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .sort()
    .map((file) => {
      const [title = ''] = readFileSync(join(folder, file), 'utf8').split('\n', 1)
      return `- [${title.replace(/^#+ */, '')}](${url}/docs/guide/${parse(file).name})`
    })
    .join('\n')
}

function madeOnce(contentType: string, make: () => string): StaticFile {
  let text: string | undefined
  return {
    contentType,
    get text() {
      text ??= make()
      return text
    },
  }
}
