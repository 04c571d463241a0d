// What a subscription would be told, as it happens: the stream of its notifications, by the client.

import { createClient } from '/client.js'
import { both, element, moment, notice, say } from '/elements.js'
import { freshToken, session } from '/session.js'
import { shortId } from '/value.js'

/** Opens the log of one subscription after the other; each begins with what changes after `begin` was answered. */
export function createLog() {
  const client = createClient(session() ? { token: freshToken } : {})
  const list = element('ol', { class: 'log' })
  const log = element('div', { role: 'log', 'aria-label': say(['Thông báo', 'Notifications']) }, list)
  return { element: log, begin: () => client.changes.now(), follow }

  /** Follows a subscription, newest first, until it is stopped or the hub ends it; `told` is called after each notification. */
  async function follow(id, { after, signal, told }) {
    list.replaceChildren()
    try {
      for await (const { notifiedAt, data } of client.changes.notifications(id, { after, signal })) {
        for (const entity of data) list.prepend(entry(notifiedAt, entity))
        told()
      }
    } catch (error) {
      if (signal.aborted) return
      list.prepend(
        element(
          'li',
          {},
          notice(['Không theo dõi được nữa', 'It cannot be followed any more'], error.message),
        ),
      )
    }
  }
}

function entry(at, entity) {
  return element(
    'li',
    {},
    element('p', {}, moment(at), ' · ', element('strong', {}, shortId(entity.id))),
    element(
      'details',
      {},
      element('summary', {}, both(['Nội dung', 'Content'])),
      element('pre', { class: 'raw', tabindex: '0' }, JSON.stringify(entity, null, 2)),
    ),
  )
}
