import { cancelButton } from './login-pages.ts'
import { escapeHtml, inOther, type Language, type Page, page, type Texts } from './page.ts'

const TEXTS = {
  vi: {
    title: 'Đồng ý cho ứng dụng',
    asks: 'xin được',
    as: 'Bạn đăng nhập với tài khoản',
    back: 'Sau đó bạn trở về',
    openid: 'biết lần sau vẫn là bạn, bằng một mã chỉ dành cho ứng dụng này',
    hub: 'đọc và ghi dữ liệu của trung tâm thay bạn, với các quyền của bạn',
    offline_access: 'tiếp tục cả khi bạn không có mặt, lâu nhất',
    days: 'ngày',
    rights: 'Quyền của bạn',
    withdraw: 'Bạn rút lại đồng ý bằng cách đăng xuất ở ứng dụng, hoặc qua người vận hành trung tâm.',
    allow: 'Đồng ý',
  },
  en: {
    title: 'Consent to an application',
    asks: 'asks to',
    as: 'You are logged in as',
    back: 'You go back to',
    openid: 'know you again, by a code that is for this application alone',
    hub: 'read and write data of the hub on your behalf, with your rights',
    offline_access: 'go on when you are away, at the longest',
    days: 'days',
    rights: 'Your rights',
    withdraw: 'To take your consent back, log out at the application, or ask the operator of the hub.',
    allow: 'Allow',
  },
} as const satisfies Texts<string>

/** What somebody is asked to agree to. */
export interface ConsentQuestion {
  readonly client: string
  readonly account: string
  /** Roles, city, purpose: what the application can act with. */
  readonly rights: readonly string[]
  readonly scopes: ReadonlySet<string>
  readonly offlineDays: number
  /** Where the application is; absent: on a device. */
  readonly back?: string
}

/** Answers the page that asks whether an application may have what it asks for. */
export function consentPage(language: Language, question: ConsentQuestion): Page {
  const { client, account, rights, scopes, offlineDays, back } = question
  const text = TEXTS[language]
  const wishes = (['openid', 'hub', 'offline_access'] as const).filter((scope) => scopes.has(scope))
  const items = wishes.map((scope) =>
    scope === 'offline_access'
      ? `<li>${text.offline_access} ${offlineDays} ${text.days}</li>`
      : `<li>${text[scope]}</li>`,
  )
  const content = `<p><strong>${escapeHtml(client)}</strong> ${text.asks}:</p>
<ul>${items.join('')}</ul>
<p>${text.as} <strong>${escapeHtml(account)}</strong>. ${text.rights}: ${escapeHtml(rights.join(', ') || '–')}.</p>
${back === undefined ? '' : `<p>${text.back} <code>${escapeHtml(back)}</code>.</p>`}
<p class="hint">${text.withdraw}</p>
<form method="post" action="?lang=${language}">
<button type="submit" name="consent" value="yes">${text.allow}</button>
${cancelButton(language)}
</form>`
  return page(language, { title: text.title, content, here: inOther(language) })
}
