import { api } from '/api.js'
import { ago, badge, both, count, element, nothing, notice, table } from '/elements.js'
import { maybe } from '/pages/section.js'
import { FAILURES, MODES, SOURCE_STATES } from '/words.js'

/** Shows the hubs of the federation and how they answer; all of them can be asked anew. @throws Refusal */
export async function hubs(hub) {
  const { body } = await api('/hub/v1/federation')
  const asked = element('div', { class: 'asked' })
  const box = element('div')
  draw(body.sources)
  return [box, asked]

  function draw(sources) {
    const answering = sources.filter((source) => stateOf(source) === 'ok').length
    const rows = [own(hub), ...sources.map(row)]
    box.replaceChildren(
      sources.length === 0
        ? nothing(['Trung tâm này không liên kết với trung tâm nào.', 'This hub federates no other hub.'])
        : summary(answering, sources, askAll),
      table({
        caption: ['Tình trạng của từng trung tâm', 'State of each hub'],
        heads: [
          ['Trung tâm', 'Hub'],
          ['Tình trạng', 'State'],
          ['Độ trễ', 'Latency'],
          ['Lần hỏi', 'Asked'],
          ['Lần lỗi', 'Failed'],
          ['Trả lời gần nhất', 'Last answer'],
        ],
        numbers: [2, 3, 4],
        rows,
      }),
    )
  }

  /** Every hub is asked for one entity, so that its state is of now. */
  async function askAll(event) {
    event.currentTarget.disabled = true
    asked.replaceChildren(
      element('p', { role: 'status' }, both(['Đang hỏi các trung tâm …', 'Asking the hubs …'])),
    )
    const types = (hub.types ?? []).map(encodeURIComponent).join(',')
    const answer = types === '' ? undefined : await maybe(`/ngsi-ld/v1/entities?type=${types}&limit=1`)
    const warnings = answer?.headers.get('ngsild-warning')
    asked.replaceChildren(
      warnings
        ? notice(
            [
              'Có trung tâm không trả lời; dữ liệu của các trung tâm khác vẫn dùng được',
              'Not every hub answered; the data of the others can be used',
            ],
            warnings,
            'warning',
          )
        : element('p', { role: 'status' }, both(['Đã hỏi xong.', 'Done.'])),
    )
    draw((await api('/hub/v1/federation')).body.sources)
  }
}

function summary(answering, sources, askAll) {
  const silent = sources.filter((source) => ['failed', 'resting'].includes(stateOf(source))).length
  return element(
    'div',
    { class: 'summary' },
    element(
      'dl',
      { class: 'figures' },
      figure(['trung tâm khác', 'other hubs'], sources.length),
      figure(['đang trả lời', 'answering'], answering),
      figure(['không trả lời', 'not answering'], silent),
    ),
    element('button', { type: 'button', click: askAll }, both(['Hỏi lại tất cả', 'Ask all now'])),
  )
}

function figure(words, number) {
  return element('div', {}, element('dt', {}, both(words)), element('dd', {}, count(number)))
}

function own({ title, name }) {
  return [hubName(title, name), badge('good', SOURCE_STATES.here), '–', '–', '–', '–']
}

function row(source) {
  const state = stateOf(source)
  const kind = { ok: 'good', failed: 'bad', resting: 'rest', unknown: 'none' }[state]
  return [
    hubName(source.name ?? source.alias ?? source.id, source.endpoint, MODES[source.mode]),
    badge(kind, SOURCE_STATES[state]),
    source.latencyMs === undefined ? '–' : `${count(Math.round(source.latencyMs))} ms`,
    count(source.timesSent),
    failures(source),
    ago(source.lastSuccess),
  ]
}

/** How often it failed, and why. */
function failures({ timesFailed, errors = {}, timesLeftAlone = 0 }) {
  return [
    count(timesFailed),
    ...Object.entries(errors).map(([kind, times]) =>
      element('small', {}, count(times), ' × ', both(FAILURES[kind] ?? [kind, kind])),
    ),
    timesLeftAlone === 0
      ? undefined
      : element(
          'small',
          {},
          both([`${count(timesLeftAlone)} lần không hỏi`, `${count(timesLeftAlone)} times left alone`]),
        ),
  ]
}

function hubName(name, place, mode) {
  return [
    element('strong', {}, name),
    element('small', {}, place),
    mode ? element('small', {}, both(mode)) : undefined,
  ]
}

function stateOf({ status, coolingUntil }) {
  if (coolingUntil !== undefined && Date.parse(coolingUntil) > Date.now()) return 'resting'
  return status ?? 'unknown'
}
