// Building blocks of the pages; text is always set as text, never as markup.

/** Makes an element; members that are functions become listeners, `false` and undefined are left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key, value)
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat(2).filter((child) => child !== undefined && child !== null))
  return element
}

/** Says something in Vietnamese, with English beside it. */
export function both([vi, en]) {
  return en === ''
    ? [el('span', {}, vi)]
    : [el('span', {}, vi), ' ', el('span', { class: 'en', lang: 'en' }, en)]
}

/** Makes the heading of a page; `lead` stands below it. */
export function heading(words, ...lead) {
  return el(
    'div',
    { class: 'heading' },
    el('h1', { tabindex: '-1' }, both(words)),
    lead.length > 0 && lead[0] !== undefined ? el('p', { class: 'lead' }, lead) : undefined,
  )
}

/** Makes a table that turns into cards on narrow screens; heads are pairs, `numbers` the columns of figures. */
export function table({ caption, heads, rows, numbers = [] }) {
  const kind = (at) => (numbers.includes(at) ? 'number' : undefined)
  return el(
    'table',
    { role: 'table', class: 'cards' },
    el('caption', {}, both(caption)),
    el(
      'thead',
      { role: 'rowgroup' },
      el(
        'tr',
        { role: 'row' },
        heads.map((head, at) =>
          el('th', { scope: 'col', role: 'columnheader', class: kind(at) }, both(head)),
        ),
      ),
    ),
    el(
      'tbody',
      { role: 'rowgroup' },
      rows.map((cells) =>
        el(
          'tr',
          { role: 'row' },
          cells.map((cell, at) =>
            at === 0
              ? el('th', { scope: 'row', role: 'rowheader' }, cell)
              : el(
                  'td',
                  { role: 'cell', class: kind(at), 'data-label': heads[at].filter(Boolean).join(' · ') },
                  el('div', {}, cell),
                ),
          ),
        ),
      ),
    ),
  )
}

/** Shows a state by sign, word and colour. */
export function badge(kind, words) {
  const sign = { good: '●', bad: '▲', rest: '◐', none: '○' }[kind]
  return el('span', { class: `badge ${kind}` }, el('span', { 'aria-hidden': 'true' }, sign), ' ', both(words))
}

/** Says that something did not work, why, and what the hub said about it. */
export function notice(words, detail, kind = 'refusal') {
  return el(
    'div',
    { class: `notice ${kind}`, role: kind === 'refusal' ? 'alert' : 'status' },
    el('p', { class: 'notice-title' }, both(words)),
    detail === undefined || detail === '' ? undefined : el('p', { lang: 'en', class: 'detail' }, detail),
  )
}

/** Says that there is nothing to show. */
export function nothing(words) {
  return el('p', { class: 'nothing' }, both(words))
}

const EXACT = new Intl.DateTimeFormat('vi-VN', {
  timeZone: 'Asia/Ho_Chi_Minh',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
})
const RELATIVE = new Intl.RelativeTimeFormat('vi', { numeric: 'auto' })
const STEPS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** Shows a moment in the time of Việt Nam. */
export function moment(text) {
  return el('time', { datetime: text }, EXACT.format(new Date(text)))
}

/** Shows a moment and how long ago it was. */
export function ago(text) {
  if (text === undefined) return el('span', { class: 'soft' }, '–')
  const seconds = Math.round((Date.parse(text) - Date.now()) / 1000)
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return [moment(text), el('small', {}, RELATIVE.format(Math.trunc(seconds / size), unit))]
}

const NUMBERS = new Intl.NumberFormat('vi-VN')

/** Shows a count. */
export function count(number) {
  return NUMBERS.format(number)
}
