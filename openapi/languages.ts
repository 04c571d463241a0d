import { mapTexts } from './texts.ts'
import type { Tree } from './tree.ts'

/** Languages of the document; it is written in the first one. */
export const LANGUAGES = ['en', 'vi'] as const
export type Language = (typeof LANGUAGES)[number]

/** What the English texts are in another language, by `textKey`. */
export type Catalogue = Readonly<Record<string, string>>

/** Names an English text in catalogues: where its lines break says nothing. */
export function textKey(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ')
}

/** Answers the document in another language; a text that the catalogue has not stays as it is. */
export function translated(document: Tree, catalogue: Catalogue): Tree {
  return mapTexts(document, (text) => catalogue[textKey(text)] ?? text)
}
