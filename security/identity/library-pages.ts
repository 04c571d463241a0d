import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { goOnPage } from './login-pages.ts'
import { chosenLanguage, inOther, type Language, languageOf, type Page, rememberLanguage } from './page.ts'
import { pageHeaders } from './send-page.ts'

/** Answers the language of whom the library shows a page. */
export function languageFor(context: KoaContextWithOIDC): Language {
  const { lang, ui_locales: locales } = context.query
  return languageOf(
    textOf(lang),
    chosenLanguage(context.get('cookie')),
    textOf(locales),
    context.get('accept-language'),
  )
}

/** Where the page that is shown is found in the other language; undefined: it came of a form. */
export function elsewhere(context: KoaContextWithOIDC): string | undefined {
  return context.method === 'GET' ? inOther(languageFor(context), context.query) : undefined
}

/** Puts a page into the library's answer. */
export function show(context: KoaContextWithOIDC, page: Page, formOrigins: readonly string[] = []): void {
  context.set(pageHeaders(page, formOrigins))
  const { pathname, protocol } = new URL(context.oidc.issuer)
  const place = { prefix: pathname.replace(/\/$/, ''), secure: protocol === 'https:' }
  for (const [name, value] of Object.entries(rememberLanguage(context.query.lang, place))) {
    context.append(name, value)
  }
  context.body = page.html
}

const FORM =
  /<title>Submitting Callback<\/title>[\s\S]*<form method="post" action="([^"]+)">([\s\S]*?)<noscript>/

/** Pages of the library that would send themselves on by a script become pages with a button. */
export function withoutScripts(provider: Provider): void {
  provider.use(async (context, next) => {
    await next()
    const [, action = '', fields = ''] =
      typeof context.body === 'string' ? (FORM.exec(context.body) ?? []) : []
    if (action.startsWith(`${provider.issuer}/`)) {
      const answered = context as unknown as KoaContextWithOIDC // the library has put its part into it
      show(answered, goOnPage(languageFor(answered), { action, fields }))
    }
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
