import { escapeHtml, field, inOther, type Language, type Page, page, type Texts } from './page.ts'

const TEXTS = {
  vi: {
    title: 'Đăng nhập một thiết bị',
    ask: 'Nhập mã mà thiết bị của bạn hiện ra.',
    code: 'Mã của thiết bị',
    submit: 'Tiếp tục',
    wrong: 'Không có mã này, hoặc mã đã hết hạn hay đã dùng. Xem lại mã trên thiết bị.',
    stopped: 'Thiết bị không được đăng nhập.',
    confirm: 'Thiết bị của bạn có đang hiện đúng mã này không? Nếu bạn không cầm thiết bị đó, hãy từ chối.',
    client: 'Ứng dụng',
    yes: 'Đúng, tiếp tục',
    no: 'Từ chối',
    done: 'Xong. Thiết bị sẽ tự tiếp tục; bạn có thể đóng trang này.',
  },
  en: {
    title: 'Log a device in',
    ask: 'Enter the code that your device shows.',
    code: 'Code of the device',
    submit: 'Go on',
    wrong: 'There is no such code, or it has expired or was used. Look at the device again.',
    stopped: 'The device is not logged in.',
    confirm: 'Does your device show exactly this code? If you do not have that device at hand, refuse.',
    client: 'Application',
    yes: 'Yes, go on',
    no: 'Refuse',
    done: 'Done. The device goes on by itself; you can close this page.',
  },
} as const satisfies Texts<string>

/** What became of a code that was entered. */
export type DeviceTrouble = 'wrong' | 'stopped'

/** Answers the page that asks for the code of a device; action and secret are those of the provider's form. */
export function deviceCodePage(
  language: Language,
  {
    action,
    secret,
    code = '',
    trouble,
  }: {
    readonly action: string
    readonly secret: string
    readonly code?: string | undefined
    readonly trouble?: DeviceTrouble | undefined
  },
): Page {
  const text = TEXTS[language]
  const content = `<p>${text.ask}</p>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="xsrf" value="${escapeHtml(secret)}">
${field({
  name: 'user_code',
  label: text.code,
  error: trouble && text[trouble],
  input: `class="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="20" value="${escapeHtml(code)}"`,
})}
<button type="submit">${text.submit}</button>
</form>`
  return page(language, { title: text.title, content, here: inOther(language) })
}

/** Answers the page that asks whether it is the right device; the form is the provider's. */
export function deviceConfirmPage(
  language: Language,
  { form, client, code }: { readonly form: string; readonly client: string; readonly code: string },
): Page {
  const text = TEXTS[language]
  const content = `<p>${text.client}: <strong>${escapeHtml(client)}</strong></p>
<p class="code" translate="no">${escapeHtml(code)}</p><p>${text.confirm}</p>${form}
<button type="submit" form="op.deviceConfirmForm">${text.yes}</button>
<button type="submit" class="plain" form="op.deviceConfirmForm" name="abort" value="yes">${text.no}</button>`
  return page(language, { title: text.title, content })
}

/** Answers the page after a device was let in. */
export function deviceDonePage(language: Language): Page {
  const text = TEXTS[language]
  return page(language, { title: text.title, content: `<p>${text.done}</p>` })
}
