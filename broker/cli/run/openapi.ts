import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../../ontology/package-root.ts'
import { postmanCollection, postmanEnvironment } from '../../../openapi/collection/postman-collection.ts'
import { type Language, recipeFor } from './client-recipes.ts'

export interface OpenApiOptions {
  readonly lang?: Language
  /** Folder for a collection of requests. */
  readonly collection?: string
  readonly hub: string
}

/** Prints the document of this version, or how to make a client of it; or writes a collection of its requests. */
export async function openApi({ lang, collection, hub }: OpenApiOptions): Promise<void> {
  if (lang !== undefined) process.stdout.write(recipeFor(lang, hub.replace(/\/$/, '')))
  const text = readFileSync(join(packageRoot, 'openapi', 'generated', 'openapi.json'), 'utf8')
  if (collection !== undefined) writeCollection(JSON.parse(text), collection, hub)
  if (lang === undefined && collection === undefined) process.stdout.write(text)
}

function writeCollection(document: Readonly<Record<string, unknown>>, folder: string, hub: string): void {
  mkdirSync(folder, { recursive: true })
  const files = {
    'hub.postman_collection.json': postmanCollection(document),
    'hub.postman_environment.json': postmanEnvironment(hub),
  }
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), `${JSON.stringify(content, null, 1)}\n`)
    process.stdout.write(`${join(folder, name)}\n`)
  }
}
