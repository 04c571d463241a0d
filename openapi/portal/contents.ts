import { Marked, type Tokens } from 'marked'
import type { Text } from './html.ts'
import { VIETNAMESE } from './vietnamese.ts'

/** The guides for those who do one job. */
export interface GuideGroup {
  readonly reader: Text
  readonly guides: readonly { readonly name: string; readonly title: Text }[]
}

/** Reads which guides are for whom out of the table of the guide's first page. */
export function readContents(readme: string): readonly GuideGroup[] {
  const table = new Marked().lexer(readme).find((token): token is Tokens.Table => token.type === 'table')
  return (table?.rows ?? []).map(([reader, guides]) => ({
    reader: inBoth(capital(reader?.text ?? '')),
    guides: (guides?.tokens ?? []).flatMap((token) => {
      const name = token.type === 'link' && /^([\w-]+)\.md$/.exec(String(token.href))?.[1]
      return name ? [{ name, title: inBoth(String(token.text)) }] : []
    }),
  }))
}

/** What a guide is called in both languages; in English where nobody translated it. */
export function inBoth(en: string): Text {
  return { vi: VIETNAMESE[en] ?? en, en }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
