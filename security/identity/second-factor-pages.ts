import { cancelButton } from './login-pages.ts'
import { escapeHtml, field, inOther, type Language, type Page, page, type Texts } from './page.ts'

const TEXTS = {
  vi: {
    title: 'Bước xác thực thứ hai',
    ask: 'Nhập mã trong ứng dụng xác thực của bạn.',
    code: 'Mã',
    hint: 'Sáu chữ số, hoặc một mã khôi phục.',
    submit: 'Tiếp tục',
    failed: 'Mã không đúng hoặc đã dùng rồi. Chờ mã mới rồi thử lại.',
    enrolTitle: 'Thiết lập bước xác thực thứ hai',
    enrol:
      'Tài khoản này cần thêm một bước xác thực. Thêm khoá dưới đây vào ứng dụng xác thực (TOTP) trên điện thoại.',
    square: 'Mã vuông của khoá',
    open: 'Mở bằng ứng dụng xác thực trên thiết bị này',
    key: 'Khoá',
    proof: 'Mã sáu chữ số mà ứng dụng hiện ra',
    codesTitle: 'Mã khôi phục',
    codes:
      'Cất các mã này ở nơi an toàn. Mỗi mã dùng được một lần khi bạn mất điện thoại. Trang này chỉ hiện một lần.',
    kept: 'Tôi đã cất các mã',
  },
  en: {
    title: 'Second step',
    ask: 'Enter the code that your authenticator shows.',
    code: 'Code',
    hint: 'Six digits, or a recovery code.',
    submit: 'Go on',
    failed: 'The code is wrong or was used before. Wait for the next one and try again.',
    enrolTitle: 'Set up a second step',
    enrol: 'This account needs a second step. Add the key below to an authenticator (TOTP) on your phone.',
    square: 'Square code of the key',
    open: 'Open in an authenticator on this device',
    key: 'Key',
    proof: 'The six digits that it shows',
    codesTitle: 'Recovery codes',
    codes:
      'Put these codes in a safe place. Each is good once, when you have lost your phone. This page is shown once.',
    kept: 'I have put them away',
  },
} as const satisfies Texts<string>

const DIGITS = 'inputmode="numeric" autocomplete="one-time-code" required'

/** Answers the page that asks for a code of the second factor. */
export function codePage(language: Language, { failed }: { readonly failed: boolean }): Page {
  const text = TEXTS[language]
  const content = `<p>${text.ask}</p>
<form method="post" action="?lang=${language}">
${field({
  name: 'code',
  label: text.code,
  hint: text.hint,
  error: failed ? text.failed : undefined,
  input:
    'autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" required maxlength="40"',
})}
<button type="submit">${text.submit}</button>
${cancelButton(language)}
</form>`
  return page(language, { title: text.title, content, here: inOther(language) })
}

/** Answers the page on which somebody sets a second factor up. */
export function enrolPage(
  language: Language,
  {
    failed,
    key,
    uri,
    square,
  }: { readonly failed: boolean; readonly key: string; readonly uri: string; readonly square: string },
): Page {
  const text = TEXTS[language]
  const content = `<p>${text.enrol}</p>
${square.replace('<svg ', `<svg class="square" role="img" aria-label="${text.square}" `)}
<p>${text.key}: <span class="code" translate="no">${escapeHtml(key.replace(/(.{4})(?=.)/g, '$1 '))}</span></p>
<p><a href="${escapeHtml(uri)}">${text.open}</a></p>
<form method="post" action="?lang=${language}">
${field({
  name: 'code',
  label: text.proof,
  error: failed ? text.failed : undefined,
  input: `${DIGITS} maxlength="10"`,
})}
<button type="submit">${text.submit}</button>
${cancelButton(language)}
</form>`
  return page(language, { title: text.enrolTitle, content, here: inOther(language) })
}

/** Answers the page that shows recovery codes, once. */
export function recoveryPage(language: Language, codes: readonly string[]): Page {
  const text = TEXTS[language]
  const items = codes.map((code) => `<li><code translate="no">${escapeHtml(code)}</code></li>`)
  const content = `<p>${text.codes}</p>
<ul class="codes">${items.join('')}</ul>
<form method="post" action="?lang=${language}"><button type="submit">${text.kept}</button></form>`
  return page(language, { title: text.codesTitle, content })
}
