// The subscription tester: a subscription by form, what it tells as it happens, and how it is delivered.

import { api, Refusal } from '/api.js'
import { HubProblem } from '/client.js'
import { copyButton } from '/docs/copy.js'
import { button } from '/docs/fields.js'
import { loadStyles } from '/docs/styles.js'
import { changeEntityForm } from '/docs/subscriptions/change-entity.js'
import { deliveryParts } from '/docs/subscriptions/deliveries.js'
import { subscriptionForm } from '/docs/subscriptions/form.js'
import { createLog } from '/docs/subscriptions/live-log.js'
import { shownAttributes } from '/docs/workbench/shown.js'
import { both, element, heading, notice } from '/elements.js'
import { freshToken } from '/session.js'
import { vocabulary } from '/vocabulary.js'
import { refusalOf } from '/words.js'

const PATH = '/ngsi-ld/v1/subscriptions'

/** Draws the tester; a subscription that it made is deleted with its page. */
export async function draw() {
  const [{ body: access }, words] = await Promise.all([
    api('/hub/v1/access'),
    vocabulary(),
    loadStyles('/docs/fields.css', '/docs/workbench/workbench.css'),
  ])
  const types = access.types
    .filter(({ actions }) => ['all', 'some'].includes(actions.read))
    .map(({ type }) => type)
  const may = access.kinds.find(({ kind }) => kind === 'subscription')?.actions ?? []
  // the shell says so, and offers to sign in
  if (types.length === 0 || !may.includes('create'))
    throw new Refusal(access.claims?.anonymous ? 401 : 403, '')
  const title = heading(
    ['Thử đăng ký nhận thông báo', 'Subscription tester'],
    both([
      'Tạo một đăng ký, xem thông báo đến ngay khi dữ liệu đổi',
      'Create a subscription and see its notifications as data change',
    ]),
  )
  const sides = {
    form: element('div'),
    change: element('div'),
    document: element('code'),
    state: element('div'),
    said: element('div', { role: 'status' }),
  }
  const log = createLog()
  let current
  await renew(new URLSearchParams(location.search).get('type') ?? types[0])
  addEventListener('pagehide', () => void remove())
  return [
    title,
    element(
      'div',
      { class: 'workbench' },
      sides.form,
      element(
        'div',
        {},
        element('div', { class: 'tabs' }, element('strong', {}, `POST ${PATH}`), copyButton(sides.document)),
        element('pre', { class: 'raw snippet', tabindex: '0' }, sides.document),
        sides.said,
        sides.state,
        element('h2', {}, both(['Thông báo, mới nhất trước', 'Notifications, newest first'])),
        log.element,
        element('h2', {}, both(['Đổi một thực thể để thử', 'Change an entity to try it'])),
        sides.change,
      ),
    ),
  ]

  async function renew(type) {
    history.replaceState(null, '', `?${new URLSearchParams({ type })}`)
    const shown = await shownAttributes(type)
    const means = { words, types, shown }
    const form = subscriptionForm(type, means, { changed: show, renewed: renew, create, wrong })
    sides.form.replaceChildren(form.element)
    show(form.read())
    sides.change.replaceChildren(...(await changeEntityForm(type, means)))
  }

  function show(subscription) {
    sides.document.textContent = JSON.stringify(subscription, null, 2)
  }

  function wrong({ message }) {
    sides.said.replaceChildren(
      notice(['Biểu mẫu có chỗ chưa đúng', 'Something in the form is wrong'], message),
    )
  }

  async function create(send) {
    await remove()
    const answer = await log
      .begin()
      .then(async (after) => ({ after, headers: (await api(PATH, { method: 'POST', send })).headers }))
      .catch(refused)
    if (answer instanceof Element) return sides.said.replaceChildren(answer)
    const id = decodeURIComponent(answer.headers.get('location').split('/').at(-1))
    const stop = new AbortController()
    current = { id, stop }
    void log.follow(id, { after: answer.after, signal: stop.signal, told: showState })
    sides.said.replaceChildren(
      notice(['Đã tạo, đang theo dõi', 'Created and followed'], undefined, 'done'),
      button(['Xóa đăng ký', 'Delete the subscription'], end),
    )
    await showState()
  }

  async function showState() {
    const { id } = current
    const parts = await deliveryParts(id).catch((error) => [refused(error)])
    if (current?.id === id) sides.state.replaceChildren(...parts)
  }

  async function end() {
    await remove()
    sides.state.replaceChildren()
    sides.said.replaceChildren(notice(['Đã xóa đăng ký', 'The subscription is deleted'], undefined, 'done'))
  }

  /** Also when the page goes away: then nothing waits for the answer. */
  async function remove() {
    const gone = current
    if (!gone) return
    current = undefined
    gone.stop.abort()
    const token = await freshToken()
    await fetch(`${PATH}/${encodeURIComponent(gone.id)}`, {
      ...{ method: 'DELETE', keepalive: true },
      headers: token ? { authorization: `Bearer ${token}` } : {},
    }).catch(() => undefined)
  }
}

/** What is refused, be it by a page or by the client; a mistake of the page itself is neither. */
function refused(error) {
  if (!(error instanceof Refusal) && !(error instanceof HubProblem)) throw error
  return notice(refusalOf(error), error.message)
}
