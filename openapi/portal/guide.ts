import { Marked, Renderer, type Token, type Tokens } from 'marked'
import { escapeHtml } from './html.ts'

/** A part of a guide, from its heading to the next. */
export interface Section {
  /** What an address names it by, as GitHub does. */
  readonly id: string
  readonly title: string
  readonly depth: number
  /** Its words, for search. */
  readonly text: string
}

/** A guide as a page shows it. */
export interface Guide {
  readonly name: string
  readonly title: string
  /** What follows the title. */
  readonly html: string
  readonly sections: readonly Section[]
}

/**
 * Reads a guide that is written in Markdown. HTML in it is shown as text, pictures by their words; links lead to the web and to the guides that there
 * are, others are words.
 */
export function readGuide(name: string, markdown: string, guides: ReadonlySet<string>): Guide {
  const marked = new Marked()
  const tokens = marked.lexer(markdown)
  const ids = headingIds(tokens)
  marked.use({
    renderer: {
      html: ({ text }) => escapeHtml(text),
      image: ({ text }) => escapeHtml(text),
      heading(token) {
        const { depth, tokens: words } = token
        const inner = this.parser.parseInline(words)
        return depth === 1 ? '' : `<h${depth} id="${ids.get(token) ?? ''}">${inner}</h${depth}>\n`
      },
      link({ href, tokens: words }) {
        const inner = this.parser.parseInline(words)
        const target = targetOf(href, guides)
        return target === undefined ? inner : `<a href="${escapeHtml(target)}">${inner}</a>`
      },
      code: ({ text, lang = '' }) =>
        `<div class="code"><pre data-language="${escapeHtml(lang.split(' ')[0] ?? '')}"><code>${escapeHtml(text)}\n</code></pre></div>\n`,
      table(token) {
        return `<div class="wide">${Renderer.prototype.table.call(this, token)}</div>\n`
      },
    },
  })
  const sections = sectionsOf(tokens, ids)
  return { name, title: sections[0]?.title ?? name, html: marked.parser(tokens), sections }
}

/** What GitHub makes an address of each heading of; the second of the same name is told by a number. */
function headingIds(tokens: readonly Token[]): ReadonlyMap<unknown, string> {
  const taken = new Map<string, number>()
  return new Map(
    tokens.filter(isHeading).map((token) => {
      const slug = plain(token.text)
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
        .replaceAll(' ', '-')
      const before = taken.get(slug) ?? 0
      taken.set(slug, before + 1)
      return [token, before === 0 ? slug : `${slug}-${before}`]
    }),
  )
}

function sectionsOf(tokens: readonly Token[], ids: ReadonlyMap<unknown, string>): readonly Section[] {
  const starts = tokens.flatMap((token, at) => (isHeading(token) ? [{ token, at }] : []))
  return starts.map(({ token, at }, position) => ({
    id: ids.get(token) ?? '',
    title: plain(token.text),
    depth: token.depth,
    text: tokens
      .slice(at + 1, starts[position + 1]?.at)
      .map(({ raw }) => plain(raw))
      .join(' '),
  }))
}

function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading'
}

/** Words without the marks of Markdown. */
function plain(markdown: string): string {
  return markdown
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/[`*]/g, '')
    .replaceAll(/\||--+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function targetOf(href: string, guides: ReadonlySet<string>): string | undefined {
  if (/^(?:#|https?:\/\/)/.test(href)) return href
  const [, name = '', section = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? []
  return guides.has(name) ? `/docs/guide/${name}${section}` : undefined
}
