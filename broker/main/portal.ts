import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, parse } from 'node:path'
import type { Ontology } from '../../ontology/ontology.ts'
import type { SearchedDocument } from '../../openapi/portal/search-entries.ts'
import type { StaticFile } from '../http/pages/static-files.ts'
import type { ApiDocument } from './api-document.ts'

/** Where each file of the developers' portal is, by its path; the shell stands at the path of each page. */
export function portalFiles(root: string): ReadonlyMap<string, string> {
  const docs = join(root, 'openapi', 'docs')
  const shell = join(docs, 'index.html')
  const pages = readdirSync(join(docs, 'pages'))
    .map((file) => parse(file))
    .filter(({ name, ext }) => ext === '.js' && name !== 'start')
  return new Map([
    ['/docs', shell],
    ['/docs/', shell],
    ...pages.map(({ name }) => [`/docs/${name}`, shell] as const),
    ['/docs/swagger-ui-bundle.js', besideModule('swagger-ui-dist/package.json', 'swagger-ui-bundle.js')],
    ['/docs/swagger-ui.css', besideModule('swagger-ui-dist/package.json', 'swagger-ui.css')],
    ['/docs/minisearch.js', besideModule('minisearch', '../es/index.js')],
  ])
}

/** Makes the pages of the portal that are no files, of the guides, the ontology and the OpenAPI document of this hub. */
export async function makePortalPages(
  root: string,
  ontology: Ontology,
  apiDocument: ApiDocument,
): Promise<ReadonlyMap<string, StaticFile>> {
  const { makePortal } = await import('../../openapi/portal/portal.ts')
  const folder = join(root, 'docs', 'guide')
  const guides = readdirSync(folder)
    .map((file) => parse(file))
    .filter(({ ext }) => ext === '.md')
    .map(({ name, base }) => [name, readFileSync(join(folder, base), 'utf8')] as const)
  return makePortal({
    shell: readFileSync(join(root, 'openapi', 'docs', 'index.html'), 'utf8'),
    guides: new Map(guides),
    document: apiDocument.whole as unknown as SearchedDocument, // a part of it
    vietnamese: apiDocument.vietnamese,
    vocabulary: ontology.vocabulary,
  })
}

function besideModule(name: string, file: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(name)), file)
}
