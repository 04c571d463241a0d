import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { packageRoot } from '../../ontology/package-root.ts'
import { FeedFault } from './fault.ts'
import type { FeedDefinition } from './feed-definition.ts'
import { expressionMapper } from './jsonata-mapper.ts'
import type { Mapper } from './mapper.ts'

/** Makes the mapper that a feed names. @throws FeedFault */
export async function loadMapper(definition: FeedDefinition): Promise<Mapper> {
  const { mapping, file } = definition
  if ('expression' in mapping) return expressionMapper(mapping, file)
  const module: unknown = await import(moduleUrl(path.resolve(path.dirname(file), mapping.module)))
  const map: unknown = (module as { map?: unknown }).map // any module may be named
  if (typeof map !== 'function') throw new FeedFault([`${file}: ${mapping.module} does not export map`])
  return map as Mapper // its parameters are the contract of a mapping module
}

/** A `.ts` mapping of this package runs as its compiled twin, next to the compiled kit. */
function moduleUrl(file: string): string {
  const here = fileURLToPath(import.meta.url)
  const builtRoot = path.resolve(path.dirname(here), '../..')
  const twin = path.join(builtRoot, path.relative(packageRoot, file)).replace(/\.ts$/, '.js')
  return pathToFileURL(file.endsWith('.ts') && existsSync(twin) ? twin : file).href
}
