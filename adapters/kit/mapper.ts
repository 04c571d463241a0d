import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { EntityDocument } from './entity-document.ts'
import { FeedFault } from './fault.ts'
import type { FeedDefinition } from './feed-definition.ts'
import type { Json, JsonMap } from './json.ts'
import { expressionMapper } from './jsonata-mapper.ts'

/** What a mapping may know besides the record. */
export interface MapContext {
  readonly feed: { readonly name: string; readonly source: string; readonly dataProvider: string }
  readonly variables: Readonly<Record<string, string>>
  readonly tables: JsonMap
  readonly input: { readonly name: string }
  /** Sets a value aside that cannot be true: the rest of the record is written, the record is quarantined too. */
  doubt(text: string): void
}

/** Turns one record into entities. @throws RecordFault when it cannot */
export type Mapper = (
  record: Json,
  context: MapContext,
) => readonly EntityDocument[] | Promise<readonly EntityDocument[]>

/** Makes the mapper that a feed names. @throws FeedFault */
export async function mapperOf(definition: FeedDefinition): Promise<Mapper> {
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
  const twin = path.join(builtRoot, path.relative(packageRoot(builtRoot), file)).replace(/\.ts$/, '.js')
  return pathToFileURL(file.endsWith('.ts') && existsSync(twin) ? twin : file).href
}

/** Finds the folder of package.json at or above a folder. */
export function packageRoot(folder: string): string {
  if (existsSync(path.join(folder, 'package.json'))) return folder
  const parent = path.dirname(folder)
  return parent === folder ? folder : packageRoot(parent)
}
