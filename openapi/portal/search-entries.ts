import { type Catalogue, textKey } from '../languages.ts'
import type { Guide } from './guide.ts'
import type { Text } from './html.ts'

/** Something that a search may find. */
export interface SearchEntry {
  readonly kind: 'guide' | 'operation' | 'type' | 'attribute'
  readonly url: string
  readonly title: Text
  /** A name that stays the same in all languages: method and path, a term. */
  readonly name?: string
  /** Words that find it besides. */
  readonly text: string
}

/** What the search reads of a term of the ontology. */
export interface SearchedTerm {
  readonly name: string
  readonly label: Text
  readonly definition: Text
  readonly synonyms?: readonly string[]
}

/** What the search reads of the OpenAPI document. */
export interface SearchedDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly description?: string
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** Answers what a search finds in the guides, which have titles by name: each section. */
export function guideEntries(
  guides: readonly Guide[],
  titles: ReadonlyMap<string, Text>,
): readonly SearchEntry[] {
  return guides.flatMap(({ name, title: heading, sections }) =>
    sections.map(({ id, title, depth, text }): SearchEntry => {
      const { vi, en } = titles.get(name) ?? { vi: heading, en: heading }
      const words = depth === 1 ? { vi, en } : { vi: `${vi}: ${title}`, en: `${en}: ${title}` }
      const url = `/docs/guide/${name}${depth === 1 ? '' : `#${id}`}`
      return { kind: 'guide', url, title: words, text: `${heading} ${text}` }
    }),
  )
}

/** Answers what a search finds in the API: each operation, by path, id and words; what English texts are in Vietnamese stands in a catalogue. */
export function operationEntries({ paths }: SearchedDocument, vietnamese: Catalogue): readonly SearchEntry[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method): SearchEntry => {
      const { operationId, summary: en, tags, description = '' } = item[method] as Operation // the document is of our making
      return {
        kind: 'operation',
        url: `/docs/reference#/${tags[0]}/${operationId}`,
        title: { vi: vietnamese[textKey(en)] ?? en, en },
        name: `${method.toUpperCase()} ${path}`,
        text: [operationId, description, vietnamese[textKey(description)] ?? ''].join(' '),
      }
    }),
  )
}

/** Answers what a search finds in the ontology: types, or attributes, by name, label, definition and synonyms. */
export function termEntries(
  kind: 'type' | 'attribute',
  terms: readonly SearchedTerm[],
): readonly SearchEntry[] {
  return terms.map(({ name, label, definition, synonyms = [] }) => ({
    kind,
    url: `/docs/ontology/${name}`,
    title: { vi: label.vi, en: label.en },
    name,
    text: [definition.vi, definition.en, ...synonyms.filter((one) => !one.includes('/'))].join(' '),
  }))
}
