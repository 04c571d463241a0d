/** Languages of the pages that people see. */
export type Language = 'vi' | 'en'

const TEXTS = {
  vi: {
    title: 'Đăng nhập',
    account: 'Tài khoản',
    password: 'Mật khẩu',
    submit: 'Đăng nhập',
    cancel: 'Huỷ',
    other: 'English',
    failed: 'Không đăng nhập được. Kiểm tra tài khoản và mật khẩu, hoặc thử lại sau.',
    errorTitle: 'Không thực hiện được',
    error: 'Yêu cầu đăng nhập không hợp lệ hoặc đã hết hạn. Hãy bắt đầu lại từ ứng dụng.',
    logoutTitle: 'Đăng xuất',
    logout: 'Bạn có muốn đăng xuất không?',
    yes: 'Đăng xuất',
    no: 'Ở lại',
    loggedOut: 'Bạn đã đăng xuất.',
  },
  en: {
    title: 'Log in',
    account: 'Account',
    password: 'Password',
    submit: 'Log in',
    cancel: 'Cancel',
    other: 'Tiếng Việt',
    failed: 'Login failed. Check account and password, or try again later.',
    errorTitle: 'That did not work',
    error: 'The login request is not valid or has expired. Please start again from the application.',
    logoutTitle: 'Log out',
    logout: 'Do you want to log out?',
    yes: 'Log out',
    no: 'Stay',
    loggedOut: 'You are logged out.',
  },
} as const

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:#f4f6f2;color:#14202b}' +
  'main{max-width:22rem;margin:10vh auto;padding:1.5rem;background:#fff;border:1px solid #c3ccd4;border-radius:.5rem}' +
  'h1{font-size:1.4rem;margin:0 0 1rem}label{display:block;margin-top:.75rem;font-weight:600}' +
  'input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;border:1px solid #5b6b79;border-radius:.25rem}' +
  'button{margin-top:1rem;padding:.6rem 1.2rem;font:inherit;border:1px solid #0b6e4f;border-radius:.25rem;' +
  'background:#0b6e4f;color:#fff}button.plain{background:#fff;color:#0b6e4f}' +
  ':focus-visible{outline:3px solid #d98200;outline-offset:2px}' +
  '.failed{padding:.6rem;border-left:4px solid #a11616;background:#fdecec}nav{margin-top:1rem;text-align:right}'

/** A page and the only styles that it may use. */
export interface Page {
  readonly html: string
  readonly style: string
}

/** Answers the login page: a form that works without script. */
export function loginPage(
  language: Language,
  {
    failed,
    client,
    account = '',
  }: { readonly failed: boolean; readonly client: string; readonly account?: string },
): Page {
  const text = TEXTS[language]
  const other = language === 'vi' ? 'en' : 'vi'
  const notice = failed ? `<p class="failed" role="alert" id="failed">${text.failed}</p>` : ''
  const described = failed ? ' aria-describedby="failed"' : ''
  return page(
    language,
    text.title,
    `<h1>${text.title}</h1><p>${escapeHtml(client)}</p>${notice}
<form method="post" action="?lang=${language}">
<label for="account">${text.account}</label>
<input id="account" name="account" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200" value="${escapeHtml(account)}"${described}>
<label for="password">${text.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1000"${described}>
<button type="submit">${text.submit}</button>
<button type="submit" class="plain" name="cancel" value="yes" formnovalidate>${text.cancel}</button>
</form>
<nav><a href="?lang=${other}" hreflang="${other}" lang="${other}">${text.other}</a></nav>`,
  )
}

/** Answers the page for a request that cannot go on; details go to applications, not to people. */
export function errorPage(language: Language, code: string): Page {
  const text = TEXTS[language]
  return page(
    language,
    text.errorTitle,
    `<h1>${text.errorTitle}</h1><p>${text.error}</p><p><code>${escapeHtml(code)}</code></p>`,
  )
}

/** Answers the page that asks before logging out; the form is the provider's. */
export function logoutPage(language: Language, form: string): Page {
  const text = TEXTS[language]
  return page(
    language,
    text.logoutTitle,
    `<h1>${text.logoutTitle}</h1><p>${text.logout}</p>${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes">${text.yes}</button>
<button type="submit" class="plain" form="op.logoutForm">${text.no}</button>`,
  )
}

/** Answers the page after logging out. */
export function loggedOutPage(language: Language): Page {
  const text = TEXTS[language]
  return page(language, text.logoutTitle, `<h1>${text.logoutTitle}</h1><p>${text.loggedOut}</p>`)
}

/** Chooses a language: the one asked for, else the first known one that the browser accepts, else Vietnamese. */
export function languageOf(asked: string | null | undefined, accepted: string | undefined): Language {
  const wishes = [...(asked ?? '').split(' '), ...(accepted ?? '').split(',')]
  for (const wish of wishes) {
    const [tag = ''] = wish.trim().toLowerCase().split(/[-;]/)
    if (tag === 'vi' || tag === 'en') return tag
  }
  return 'vi'
}

function page(language: Language, title: string, content: string): Page {
  const html = `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head>
<body><main>${content}</main></body></html>
`
  return { html, style: STYLE }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
