/** Languages of the pages that people see. */
export type Language = 'vi' | 'en'

/** A page and the only styles that it may use. */
export interface Page {
  readonly html: string
  readonly style: string
}

/** Texts of a page in every language. */
export type Texts<Name extends string> = Readonly<Record<Language, Readonly<Record<Name, string>>>>

const OTHER = { vi: { language: 'en', name: 'English' }, en: { language: 'vi', name: 'Tiếng Việt' } } as const

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:#f4f6f2;color:#14202b}' +
  'main{max-width:26rem;margin:6vh auto;padding:1.5rem;background:#fff;border:1px solid #c3ccd4;border-radius:.5rem}' +
  'h1{font-size:1.4rem;margin:0 0 1rem}label{display:block;margin-top:.75rem;font-weight:600}' +
  'input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;border:1px solid #5b6b79;border-radius:.25rem}' +
  'input[aria-invalid]{border:2px solid #a11616}.hint{color:#44525e;margin:.25rem 0 0}' +
  'button{margin:1rem .5rem 0 0;padding:.6rem 1.2rem;font:inherit;border:1px solid #0b6e4f;border-radius:.25rem;' +
  'background:#0b6e4f;color:#fff}button.plain{background:#fff;color:#0b6e4f}a{color:#0b6e4f}' +
  ':focus-visible{outline:3px solid #a85d00;outline-offset:2px}code,.code{font-family:ui-monospace,monospace}' +
  '.code{font-size:1.25rem;letter-spacing:.06em;overflow-wrap:anywhere}ul.codes{columns:2;padding:0;list-style:none}' +
  '.failed{padding:.6rem;border-left:4px solid #a11616;background:#fdecec;color:#14202b;margin:.5rem 0}' +
  'svg.square{display:block;width:12rem;height:12rem;margin:.5rem 0}nav{margin-top:1.5rem;text-align:right}'

/** Puts a page together; `here`: where it is found again in another language, absent: it is not. */
export function page(
  language: Language,
  { title, content, here }: { readonly title: string; readonly content: string; readonly here?: string },
): Page {
  const other = OTHER[language]
  const link = `<nav><a href="${escapeHtml(here ?? '')}" hreflang="${other.language}" lang="${other.language}">${other.name}</a></nav>`
  const html = `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>
${content}
${here === undefined ? '' : link}</main></body></html>
`
  return { html, style: STYLE }
}

/** What a field of a form is. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  /** Id of what is said of several fields together. */
  readonly together?: string | undefined
  /** Attributes of the input, written out. */
  readonly input: string
}

/** Answers a labelled field; its hint and its error are told together with it. */
export function field({ name, label, hint, error, together, input }: Field): string {
  const notes = [hint && `${name}-hint`, error && `${name}-error`, together].filter(Boolean).join(' ')
  return `<label for="${name}">${label}</label>
${error ? `<p class="failed" role="alert" id="${name}-error">${error}</p>` : ''}
<input id="${name}" name="${name}" ${input}${notes && ` aria-describedby="${notes}"`}${error || together ? ' aria-invalid="true"' : ''}>
${hint ? `<p class="hint" id="${name}-hint">${hint}</p>` : ''}`
}

/** The same address in the other language. */
export function inOther(language: Language, query: Readonly<Record<string, unknown>> = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (typeof value === 'string') search.set(name, value)
  search.set('lang', OTHER[language].language)
  return `?${search}`
}

/** Chooses a language: the first known one of these wishes, each a list as browsers and `ui_locales` write it; else Vietnamese. */
export function languageOf(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes.flatMap((list) => (list ?? '').split(/[ ,]+/))) {
    const [tag = ''] = wish.trim().toLowerCase().split(/[-;]/)
    if (tag === 'vi' || tag === 'en') return tag
  }
  return 'vi'
}

const COOKIE = 'hub_language'

/** The language that somebody chose on a page before. */
export function chosenLanguage(cookies: string | undefined): string | undefined {
  return new RegExp(`(?:^|; *)${COOKIE}=(vi|en)(?:;|$)`).exec(cookies ?? '')?.[1]
}

/** Header that remembers the language that somebody chooses by a link; none: nobody does. */
export function rememberLanguage(
  asked: unknown,
  { prefix, secure }: { readonly prefix: string; readonly secure: boolean },
): Record<string, string> {
  if (asked !== 'vi' && asked !== 'en') return {}
  return {
    'Set-Cookie': `${COOKIE}=${asked}; Path=${prefix || '/'}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
  }
}

/** Answers a text that can stand in an element and in an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
