// The query workbench: a query by form, how other programs ask the same, and what the hub answers to who is signed in.

import { api, linkOf, Refusal } from '/api.js'
import { button } from '/docs/fields.js'
import { loadStyles } from '/docs/styles.js'
import { answerParts } from '/docs/workbench/answer.js'
import { kindOf } from '/docs/workbench/facts.js'
import { queryForm } from '/docs/workbench/form.js'
import { addressOf, queryIn } from '/docs/workbench/query.js'
import { requestOf, urlOf } from '/docs/workbench/request.js'
import { shownAttributes } from '/docs/workbench/shown.js'
import { snippetParts } from '/docs/workbench/snippet-parts.js'
import { both, count, element, heading, notice, say } from '/elements.js'
import { vocabulary } from '/vocabulary.js'
import { refusalOf } from '/words.js'

const VIEWS = [
  ['table', ['Bảng', 'Table']],
  ['jsonld', ['JSON-LD', 'JSON-LD']],
  ['map', ['Bản đồ (GeoJSON)', 'Map (GeoJSON)']],
  ['rdf', ['RDF (Turtle)', 'RDF (Turtle)']],
]
/** History is answered as JSON alone. */
const OF_HISTORY = new Set(['table', 'jsonld'])
const DAY = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10)

/** Draws the workbench with the query of the address, and runs that. */
export async function draw(hub) {
  const [{ body: access }, words, present, units] = await Promise.all([
    api('/hub/v1/access'),
    vocabulary(),
    api('/ngsi-ld/v1/types').then(
      ({ body }) => body.typeList,
      () => [],
    ),
    api(`/hub/v1/units?on=${DAY}&level=commune&limit=1000`, { accept: 'application/geo+json' }).then(
      ({ body }) => body.features.map((unit) => ({ ...unit, label: unit.properties.name.vi })),
      () => [],
    ),
    loadStyles('/docs/fields.css', '/docs/workbench/workbench.css'),
  ])
  const readable = access.types.filter(({ actions }) => actions.read).map(({ type }) => type)
  const types = {
    present: [...present].sort(),
    others: readable.filter((type) => !present.includes(type)).sort(),
  }
  const title = heading(
    ['Bàn truy vấn', 'Query workbench'],
    both([
      'Đặt câu hỏi bằng biểu mẫu, xem và chép lời gọi, chạy thử với quyền của bạn',
      'Ask by form, see and copy the request, run it with your rights',
    ]),
  )
  const [first = ''] = [...types.present, ...types.others]
  // the shell says so, and offers to sign in
  if (first === '') throw new Refusal(access.claims?.anonymous ? 401 : 403, '')
  const means = { words, types, units, shown: new Map() }
  const asks = new URLSearchParams(location.search).has('type')
  let query = { ...queryIn(location.search), ...(!asks && { type: first }) }
  let form
  const sides = {
    form: element('div'),
    calls: element('div'),
    answer: element('div', { class: 'answer', 'aria-live': 'polite' }),
  }
  const tabs = element('div', {
    class: 'tabs',
    role: 'group',
    'aria-label': say(['Dạng câu trả lời', 'Form of the answer']),
  })
  await renew(query)
  if (asks) await run()
  return [
    title,
    element('div', { class: 'workbench' }, sides.form, element('div', {}, sides.calls, tabs, sides.answer)),
  ]

  /** Makes the form anew, for another type or source. */
  async function renew(next) {
    query = OF_HISTORY.has(next.view) || next.source !== 'history' ? next : { ...next, view: 'table' }
    means.shown = await shownAttributes(query.type)
    form = queryForm(query, means, { changed, renewed: renew, run })
    sides.form.replaceChildren(form.element)
    changed()
  }

  function changed() {
    query = { ...form.read(), view: query.view }
    history.replaceState(null, '', `?${addressOf(query)}`)
    const asked = request()
    const means = { hub: location.origin, isOpen: hub.issuer === undefined, query, kindOf: ofAttribute }
    sides.calls.replaceChildren(
      ...(asked instanceof TypeError ? [mistake(asked)] : snippetParts(asked, means)),
    )
    tabs.replaceChildren(...VIEWS.map(tab))
  }

  function tab([view, name]) {
    const isOff = query.source === 'history' && !OF_HISTORY.has(view)
    return button(
      name,
      () => {
        query = { ...query, view }
        changed()
        tabs.querySelector('[aria-pressed=true]').focus()
        return run()
      },
      { 'aria-pressed': String(query.view === view), disabled: isOff },
    )
  }

  function ofAttribute(path) {
    return kindOf(words, query.type, path)
  }

  /** Answers what is asked, or why it cannot be. */
  function request() {
    try {
      return requestOf(query, ofAttribute)
    } catch (error) {
      if (error instanceof TypeError) return error
      throw error
    }
  }

  async function run(page) {
    const asked = request()
    if (asked instanceof TypeError) return sides.answer.replaceChildren(mistake(asked))
    sides.answer.setAttribute('aria-busy', 'true')
    const { Accept: accept, ...headers } = asked.headers
    const begun = performance.now()
    const parts = await api(page ?? urlOf(asked), { accept, headers })
      .then((answer) => [
        status(answer, performance.now() - begun),
        ...answerParts({ ...means, query }, answer),
        paging(answer),
      ])
      .catch(refused)
    sides.answer.replaceChildren(...parts.filter(Boolean))
    sides.answer.removeAttribute('aria-busy')
  }

  function status({ status: code, headers, text }, milliseconds) {
    const all = headers.get('ngsild-results-count')
    const warning = headers.get('ngsild-warning')
    return element(
      'div',
      {},
      element(
        'p',
        { class: 'soft status', role: 'status' },
        `${code} · ${count(Math.round(milliseconds))} ms · ${count(text.length)} B`,
        all === null
          ? undefined
          : [' · ', both([`${count(Number(all))} thực thể khớp`, `${count(Number(all))} entities match`])],
      ),
      warning === null
        ? undefined
        : notice(
            [
              'Có trung tâm không trả lời; kết quả có thể thiếu',
              'Not every hub answered; this may be incomplete',
            ],
            warning,
            'warning',
          ),
    )
  }

  function paging({ headers }) {
    const links = [
      ['prev', ['← Trang trước', '← Previous page']],
      ['next', ['Trang sau →', 'Next page →']],
    ].flatMap(([relation, name]) => {
      const target = linkOf(headers, relation)
      return target === undefined ? [] : [button(name, () => run(target))]
    })
    return links.length === 0
      ? undefined
      : element('nav', { class: 'paging', 'aria-label': say(['Các trang', 'Pages']) }, links)
  }
}

function mistake({ message }) {
  return notice(['Biểu mẫu có chỗ chưa đúng', 'Something in the form is wrong'], message)
}

function refused(error) {
  if (!(error instanceof Refusal)) throw error
  return [notice(refusalOf(error), error.message)]
}
