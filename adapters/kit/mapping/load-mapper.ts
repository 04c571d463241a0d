import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { FeedDefinition } from '../definition/feed-definition.ts'
import { FeedFault } from '../values/fault.ts'
import { columnMapper } from './column-mapper.ts'
import type { FeedPlaces } from './feed-places.ts'
import { declaredTypesIn } from './feed-privacy.ts'
import { expressionMapper } from './jsonata-mapper.ts'
import type { Mapper } from './mapper.ts'

/** Makes the mapper that a feed names. @throws FeedFault */
export async function loadMapper(definition: FeedDefinition, places: FeedPlaces): Promise<Mapper> {
  const { mapping, file } = definition
  await checkDeclared(definition)
  if ('expression' in mapping) return expressionMapper(mapping, file, places)
  if ('columns' in mapping) return columnMapper(mapping, file)
  const module: unknown = await import(moduleUrl(path.resolve(path.dirname(file), mapping.module)))
  const map: unknown = (module as { map?: unknown }).map // any module may be named
  if (typeof map !== 'function') throw new FeedFault([`${file}: ${mapping.module} does not export map`])
  return map as Mapper // its parameters are the contract of a mapping module
}

/** A feed of cameras or counted persons says where people are told of it and how long it is kept, or does not run. */
async function checkDeclared({ mapping, file, privacy }: FeedDefinition): Promise<void> {
  if (privacy) return
  const text =
    'expression' in mapping
      ? mapping.expression
      : 'columns' in mapping
        ? `'${mapping.type}'`
        : await readFile(path.resolve(path.dirname(file), mapping.module), 'utf8').catch(() => '')
  const types = declaredTypesIn(text)
  if (types.length === 0) return
  const named = types.join(', ')
  throw new FeedFault([
    `${file}: mapping is of cameras or counted persons (${named}): privacy with notice and retentionDays is missing`,
  ])
}

/** A `.ts` mapping of this package runs as its compiled twin, next to the compiled kit. */
function moduleUrl(file: string): string {
  const here = fileURLToPath(import.meta.url)
  const builtRoot = path.resolve(path.dirname(here), '../../..')
  const twin = path.join(builtRoot, path.relative(packageRoot, file)).replace(/\.ts$/, '.js')
  return pathToFileURL(file.endsWith('.ts') && existsSync(twin) ? twin : file).href
}
