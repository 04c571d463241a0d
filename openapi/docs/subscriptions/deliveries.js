// How a subscription is delivered: what was sent, what failed and why, and what was given up.

import { api } from '/api.js'
import { button } from '/docs/fields.js'
import { ago, badge, both, count, element, moment, notice } from '/elements.js'
import { refusalOf } from '/words.js'

/** Answers the elements that tell how a subscription is delivered now. */
export async function deliveryParts(id) {
  const path = `/hub/v1/subscriptions/${encodeURIComponent(id)}`
  const [{ body: subscription }, { body: letters }] = await Promise.all([
    api(path),
    api(`${path}/deadLetters`),
  ])
  const { isActive, notification, delivery } = subscription
  const facts = [
    [['Mã', 'Id'], element('code', {}, id)],
    [['Tình trạng', 'State'], stateOf(subscription)],
    [['Đã gửi', 'Sent'], count(notification.timesSent ?? 0)],
    [['Lỗi', 'Failed'], count(notification.timesFailed ?? 0)],
    [['Gửi được gần nhất', 'Last success'], ago(notification.lastSuccess)],
    [['Đang chờ', 'Waiting'], count(delivery.waiting)],
    [['Thử lại lúc', 'Tried again at'], delivery.retryAt && moment(delivery.retryAt)],
  ]
  const { attempts = [] } = delivery
  return [
    element('dl', { class: 'facts' }, facts.filter(([, value]) => value !== undefined).map(fact)),
    attempts.length === 0
      ? undefined
      : listed(['Các lần gửi gần nhất', 'Last attempts'], attempts.map(attemptParts)),
    letters.length === 0 ? undefined : listed(['Đã bỏ', 'Given up'], letters.map(letterParts)),
    isActive === false ? undefined : trial(`${path}/test`),
  ].filter((part) => part !== undefined)
}

function stateOf({ isActive, status, notification }) {
  if (isActive === false) return badge('rest', ['chỉ theo dõi tại đây', 'followed here only'])
  if (status === 'expired') return badge('none', ['đã hết hạn', 'expired'])
  return notification.status === 'failed'
    ? badge('bad', ['lần gửi cuối lỗi', 'last attempt failed'])
    : badge('good', ['đang hoạt động', 'active'])
}

function attemptParts({ at, delivered, status, reason, milliseconds }) {
  return [
    delivered ? badge('good', ['đã nhận', 'delivered']) : badge('bad', ['lỗi', 'failed']),
    at === undefined ? '' : [' ', moment(at)],
    ` · ${[status, `${count(Math.round(milliseconds))} ms`].filter(Boolean).join(' · ')} `,
    reason === undefined ? '' : element('span', { lang: 'en' }, reason),
  ].flat()
}

function letterParts({ reason, givenUpAt }) {
  return [moment(givenUpAt), ' ', element('span', { lang: 'en' }, reason)]
}

function listed(words, items) {
  return element(
    'div',
    {},
    element('h3', {}, both(words)),
    element(
      'ul',
      {},
      items.map((item) => element('li', {}, item)),
    ),
  )
}

function fact([words, value]) {
  return element('div', {}, element('dt', {}, both(words)), element('dd', {}, value))
}

/** Sends one notification now, and tells what became of it. */
function trial(path) {
  const said = element('div', { role: 'status' })
  return element(
    'div',
    {},
    button(['Gửi thử một thông báo', 'Send one for trial'], async () => {
      const answer = await api(path, { method: 'POST' }).catch((error) =>
        notice(refusalOf(error), error.message),
      )
      said.replaceChildren(
        answer.body
          ? element('pre', { class: 'raw', tabindex: '0' }, JSON.stringify(answer.body, null, 2))
          : answer,
      )
    }),
    said,
  )
}
