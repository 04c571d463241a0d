import { api, Refusal } from '/api.js'
import { ago, both, count, element, heading, nothing, notice, table } from '/elements.js'
import { REASONS, refusalOf } from '/words.js'

/** Shows the records of a feed that were set aside, and why. */
export async function quarantine(_hub, feed = '', after = '') {
  const query = new URLSearchParams({ feed, limit: '50', ...(after !== '' && { after }) })
  const { body } = await api(`/hub/v1/quarantine?${query}`)
  const title = heading(
    ['Bản ghi cách ly', 'Records set aside'],
    element('a', { href: '#feeds' }, both(['Nguồn dữ liệu', 'Feeds'])),
    ` › ${feed}`,
  )
  if (body.records.length === 0) return [title, nothing(['Không có bản ghi nào.', 'There are no records.'])]
  const next = body.next && `#quarantine/${encodeURIComponent(feed)}/${encodeURIComponent(body.next)}`
  const outcome = element('div', { class: 'outcome' })
  const drawn = table({
    caption: ['Bản ghi và lý do', 'Records and reasons'],
    heads: [
      ['Lý do', 'Reason'],
      ['Chi tiết', 'Detail'],
      ['Tệp', 'Input'],
      ['Nhận lúc', 'Received'],
      ['Đã thử lại', 'Tried again'],
    ],
    numbers: [4],
    rows: body.records.map((each) => [
      element('a', { href: `#record/${encodeURIComponent(each.id)}` }, both(reasonWords(each.reason))),
      element('span', { lang: 'en' }, each.detail),
      inputOf(each),
      ago(each.receivedAt),
      count(each.attempts),
    ]),
  })
  const rows = new Map(body.records.map(({ id }, at) => [id, drawn.tBodies[0].rows[at]]))
  const click = ({ currentTarget }) => tryAll(currentTarget, rows, outcome)
  return [
    title,
    element(
      'p',
      {},
      element(
        'button',
        { type: 'button', click },
        both(['Xử lý lại các bản ghi này', 'Try these records again']),
      ),
    ),
    outcome,
    drawn,
    next
      ? element(
          'p',
          { class: 'paging' },
          element('a', { href: next }, both(['Trang sau', 'Next page']), ' →'),
        )
      : undefined,
  ]
}

/** Tries the records of the page one after the other; those that the hub has then leave the table. */
async function tryAll(button, rows, outcome) {
  button.disabled = true
  let [taken, stays] = [0, 0]
  try {
    for (const [id, row] of rows) {
      if ((await replay(id)).outcome === 'quarantined') stays++
      else {
        taken++
        row.remove()
        rows.delete(id)
      }
      const words = [`${count(taken + stays)} đã thử`, `${count(taken + stays)} tried`]
      outcome.replaceChildren(element('p', { role: 'status' }, both(words)))
    }
    const words = [
      `${count(taken)} đã vào trung tâm, ${count(stays)} vẫn cách ly`,
      `${count(taken)} taken, ${count(stays)} stay`,
    ]
    outcome.replaceChildren(notice(words, undefined, stays === 0 ? 'done' : 'warning'))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    outcome.replaceChildren(notice(refusalOf(error), error.message))
  }
  button.disabled = rows.size === 0
}

async function replay(id) {
  return (await api(`/hub/v1/quarantine/${encodeURIComponent(id)}/replay`, { method: 'POST' })).body
}

/** Shows one record, its bytes for those who may repair it, and lets them try it again. */
export async function record(_hub, id = '') {
  const { body } = await api(`/hub/v1/quarantine/${encodeURIComponent(id)}`)
  const outcome = element('div', { class: 'outcome' })
  const back = `#quarantine/${encodeURIComponent(body.feed)}`
  return [
    heading(
      ['Bản ghi cách ly', 'Record set aside'],
      element('a', { href: back }, body.feed),
      ` › ${inputOf(body)}`,
    ),
    notice(reasonWords(body.reason), body.detail, 'warning'),
    ...(body.raw === undefined ? [notShown()] : repair(body, outcome)),
    outcome,
  ]
}

function notShown() {
  return nothing([
    'Tài khoản này không được xem nội dung gốc.',
    'This account may not see what the source sent.',
  ])
}

/** Who may see the bytes of a record may try it again. */
function repair({ id, preamble = '', raw }, outcome) {
  const label = 'Nội dung gốc · What the source sent'
  const click = (event) => tryAgain(event, id, outcome)
  return [
    element('pre', { class: 'raw', tabindex: '0', role: 'region', 'aria-label': label }, preamble + raw),
    element('p', {}, element('button', { type: 'button', click }, both(['Xử lý lại', 'Try again']))),
  ]
}

async function tryAgain({ currentTarget: button }, id, outcome) {
  button.disabled = true
  try {
    const body = await replay(id)
    const set = body.outcome === 'quarantined'
    button.disabled = !set
    outcome.replaceChildren(
      set
        ? notice(['Vẫn chưa xử lý được', 'It still does not work'], body.detail)
        : notice(['Đã đưa vào trung tâm', 'The hub has it now'], undefined, 'done'),
    )
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    button.disabled = false
    outcome.replaceChildren(notice(refusalOf(error), error.message))
  }
}

function inputOf({ input, line }) {
  return line === undefined ? input : `${input}:${line}`
}

function reasonWords(reason) {
  return REASONS[reason] ?? [reason, '']
}
