import { escapeHtml, field, inOther, type Language, type Page, page, type Texts } from './page.ts'

const TEXTS = {
  vi: {
    title: 'Đăng nhập',
    client: 'Để dùng ứng dụng',
    account: 'Tài khoản',
    password: 'Mật khẩu',
    submit: 'Đăng nhập',
    cancel: 'Huỷ',
    failed: 'Không đăng nhập được. Kiểm tra tài khoản và mật khẩu, hoặc thử lại sau.',
    errorTitle: 'Không thực hiện được',
    error: 'Yêu cầu đăng nhập không hợp lệ hoặc đã hết hạn. Hãy bắt đầu lại từ ứng dụng.',
    logoutTitle: 'Đăng xuất',
    logout: 'Bạn có muốn đăng xuất không?',
    yes: 'Đăng xuất',
    no: 'Ở lại',
    loggedOut: 'Bạn đã đăng xuất.',
    goOnTitle: 'Tiếp tục',
    goOn: 'Nhấn nút để tiếp tục.',
  },
  en: {
    title: 'Log in',
    client: 'To use the application',
    account: 'Account',
    password: 'Password',
    submit: 'Log in',
    cancel: 'Cancel',
    failed: 'Login failed. Check account and password, or try again later.',
    errorTitle: 'That did not work',
    error: 'The login request is not valid or has expired. Please start again from the application.',
    logoutTitle: 'Log out',
    logout: 'Do you want to log out?',
    yes: 'Log out',
    no: 'Stay',
    loggedOut: 'You are logged out.',
    goOnTitle: 'Go on',
    goOn: 'Press the button to go on.',
  },
} as const satisfies Texts<string>

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
  const together = failed ? 'failed' : undefined
  const nameInput = `autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200" value="${escapeHtml(account)}"`
  const content = `<p>${text.client}: <strong>${escapeHtml(client)}</strong></p>
${failed ? `<p class="failed" role="alert" id="failed">${text.failed}</p>` : ''}
<form method="post" action="?lang=${language}">
${field({ name: 'account', label: text.account, together, input: nameInput })}
${field({ name: 'password', label: text.password, together, input: 'type="password" autocomplete="current-password" required maxlength="1000"' })}
<button type="submit">${text.submit}</button>
${cancelButton(language)}
</form>`
  return page(language, { title: text.title, content, here: inOther(language) })
}

/** Answers the button that gives up. */
export function cancelButton(language: Language): string {
  return `<button type="submit" class="plain" name="cancel" value="yes" formnovalidate>${TEXTS[language].cancel}</button>`
}

/** Answers the page for a request that cannot go on; details go to applications, not to people. */
export function errorPage(language: Language, code: string): Page {
  const text = TEXTS[language]
  return page(language, {
    title: text.errorTitle,
    content: `<p>${text.error}</p><p><code>${escapeHtml(code)}</code></p>`,
  })
}

/** Answers the page that asks before logging out; the form is the provider's. */
export function logoutPage(language: Language, form: string, here: string | undefined): Page {
  const text = TEXTS[language]
  const content = `<p>${text.logout}</p>${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes">${text.yes}</button>
<button type="submit" class="plain" form="op.logoutForm">${text.no}</button>`
  return page(language, { title: text.logoutTitle, content, ...(here !== undefined && { here }) })
}

/** Answers the page after logging out. */
export function loggedOutPage(language: Language): Page {
  const text = TEXTS[language]
  return page(language, {
    title: text.logoutTitle,
    content: `<p>${text.loggedOut}</p>`,
    here: inOther(language),
  })
}

/** Answers a page with one button that sends these hidden fields on: what would need a script otherwise. */
export function goOnPage(
  language: Language,
  { action, fields }: { readonly action: string; readonly fields: string },
): Page {
  const text = TEXTS[language]
  return page(language, {
    title: text.goOnTitle,
    content: `<p>${text.goOn}</p><form method="post" action="${action}">${fields}<button type="submit">${text.goOnTitle}</button></form>`,
  })
}
