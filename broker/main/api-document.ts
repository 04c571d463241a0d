import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Catalogue } from '../../openapi/languages.ts'
import type { Tree } from '../../openapi/tree.ts'

/** The OpenAPI document as it is for every hub, in English and whole; read when it is first asked for. */
export interface ApiDocument {
  readonly whole: Tree
  /** What its texts are in Vietnamese. */
  readonly vietnamese: Catalogue
  /** Version of the document, and one sentence on what the API is for. */
  readonly info: { readonly version: string; readonly summary: string }
}

/** Reads the document below the package root. */
export function readApiDocument(root: string): ApiDocument {
  let whole: Tree | undefined
  let vietnamese: Catalogue | undefined
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(join(root, 'openapi', 'generated', name), 'utf8'))
  return {
    get whole() {
      whole ??= read('openapi.json') as Tree // our own build wrote it, as the other one
      return whole
    },
    get vietnamese() {
      vietnamese ??= read('vi.json') as Catalogue
      return vietnamese
    },
    get info() {
      return this.whole.info as ApiDocument['info'] // a test looks at it
    },
  }
}
