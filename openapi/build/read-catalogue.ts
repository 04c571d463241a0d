import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { type Catalogue, textKey } from '../languages.ts'
import { isTree } from '../tree.ts'

/** Reads a catalogue as it is written: a list of English texts with what they are. @throws Error for one that is there twice */
export function readCatalogue(file: string): Catalogue {
  const entries: unknown = parse(readFileSync(file, 'utf8'))
  if (!Array.isArray(entries)) throw new Error(`Catalogue ${file} holds no list of texts`)
  const catalogue: Record<string, string> = {}
  for (const entry of entries) {
    const { en, vi }: { readonly en?: unknown; readonly vi?: unknown } = isTree(entry) ? entry : {}
    if (typeof en !== 'string' || typeof vi !== 'string')
      throw new Error(`Catalogue ${file} has an entry without en or vi: ${JSON.stringify(entry)}`)
    const key = textKey(en)
    if (Object.hasOwn(catalogue, key)) throw new Error(`Catalogue ${file} has a text twice: ${key}`)
    catalogue[key] = vi
  }
  return catalogue
}
