import type { Catalogue } from '../languages.ts'
import { type GuideGroup, inBoth, readContents } from './contents.ts'
import { type Guide, readGuide } from './guide.ts'
import { guideIndexPage, guidePage } from './guide-pages.ts'
import { escapeHtml } from './html.ts'
import {
  guideEntries,
  operationEntries,
  type SearchedDocument,
  type SearchedTerm,
  termEntries,
} from './search-entries.ts'

/** What the portal is made of. */
export interface PortalSources {
  /** The HTML that all pages stand in. */
  readonly shell: string
  /** Texts of the guide by file name without ending; `README` says which are for whom. */
  readonly guides: ReadonlyMap<string, string>
  readonly document: SearchedDocument
  /** What texts of the document are in Vietnamese. */
  readonly vietnamese: Catalogue
  readonly vocabulary: {
    readonly types: readonly SearchedTerm[]
    readonly attributes: readonly SearchedTerm[]
  }
}

/** A page or document of the portal. */
export interface PortalFile {
  readonly contentType: string
  readonly text: string
}

const HTML = 'text/html; charset=utf-8'

/** Makes what of the portal is no file: guides, the address of each term of the ontology, and what the search reads, by path. */
export function makePortal({
  shell,
  guides: texts,
  document,
  vietnamese,
  vocabulary,
}: PortalSources): ReadonlyMap<string, PortalFile> {
  const names = new Set([...texts.keys()].filter((name) => name !== 'README'))
  const guides = [...names].map((name) => readGuide(name, texts.get(name) ?? '', names))
  const groups = complete(readContents(texts.get('README') ?? ''), guides)
  const titles = new Map(groups.flatMap((group) => group.guides.map(({ name, title }) => [name, title])))
  const { types, attributes } = vocabulary
  const entries = [
    ...guideEntries(guides, titles),
    ...operationEntries(document, vietnamese),
    ...termEntries('type', types),
    ...termEntries('attribute', attributes),
  ]
  return new Map<string, PortalFile>([
    ['/docs/guide', page(shell, guideIndexPage(groups), 'Guides')],
    ...guides.map(
      (guide) => [`/docs/guide/${guide.name}`, page(shell, guidePage(guide, groups), guide.title)] as const,
    ),
    ...[...types, ...attributes].map(
      ({ name }) => [`/docs/ontology/${name}`, { contentType: HTML, text: shell }] as const,
    ),
    ['/docs/search.json', { contentType: 'application/json', text: JSON.stringify(entries) }],
  ])
}

/** A guide that nobody put into a group is for everybody. */
function complete(groups: readonly GuideGroup[], guides: readonly Guide[]): readonly GuideGroup[] {
  const grouped = new Set(groups.flatMap((group) => group.guides.map(({ name }) => name)))
  const others = guides.filter(({ name }) => !grouped.has(name))
  if (others.length === 0) return groups
  const listed = others.map(({ name, title }) => ({ name, title: inBoth(title) }))
  return [...groups, { reader: { vi: 'Mọi người', en: 'Everybody' }, guides: listed }]
}

/** Puts content into the shell, so that it is there before any script runs. @throws Error when the shell has no place for it */
function page(shell: string, content: string, title: string): PortalFile {
  const [before, after, more] = shell.split('<main id="page" tabindex="-1" aria-busy="true"></main>')
  if (before === undefined || after === undefined || more !== undefined)
    throw new Error('Shell of the portal has no empty main element')
  const head = before.replace(/<title>[^<]*<\/title>/, `<title>${escapeHtml(title)} · Urban Data Hub</title>`)
  return { contentType: HTML, text: `${head}<main id="page" tabindex="-1">\n${content}\n</main>${after}` }
}
