// Building blocks of the pages; text is always set as text, never as markup.

/** Makes an element; members that are functions become listeners, `false` and undefined are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key, value)
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value)
  }
  made.append(...children.flat(2).filter((child) => child !== undefined && child !== null))
  return made
}

/** Says something in Vietnamese, with English beside it; a page that shows one language hides the other by its style. */
export function both([vi, en]) {
  return en === ''
    ? [element('span', {}, vi)]
    : [
        element('span', { class: 'vi', lang: 'vi' }, vi),
        element('span', { class: 'between' }, ' '),
        element('span', { class: 'en', lang: 'en' }, en),
      ]
}

/** Answers a text in the language of the page: for attributes and options, which hold no elements. */
export function say([vi, en]) {
  return document.documentElement.lang === 'en' ? en : vi
}

/** Makes the heading of a page; `lead` stands below it. */
export function heading(words, ...lead) {
  return element(
    'div',
    { class: 'heading' },
    element('h1', { tabindex: '-1' }, both(words)),
    lead.length > 0 && lead[0] !== undefined ? element('p', { class: 'lead' }, lead) : undefined,
  )
}

/** Makes a table that turns into cards on narrow screens; heads are pairs, `numbers` the columns of figures. */
export function table({ caption, heads, rows, numbers = [] }) {
  const kind = (at) => (numbers.includes(at) ? 'number' : undefined)
  return element(
    'table',
    { role: 'table', class: 'cards' },
    element('caption', {}, both(caption)),
    element(
      'thead',
      { role: 'rowgroup' },
      element(
        'tr',
        { role: 'row' },
        heads.map((head, at) =>
          element('th', { scope: 'col', role: 'columnheader', class: kind(at) }, both(head)),
        ),
      ),
    ),
    element(
      'tbody',
      { role: 'rowgroup' },
      rows.map((cells) =>
        element(
          'tr',
          { role: 'row' },
          cells.map((cell, at) =>
            at === 0
              ? element('th', { scope: 'row', role: 'rowheader' }, cell)
              : element(
                  'td',
                  {
                    role: 'cell',
                    class: kind(at),
                    'data-label': heads[at].filter(Boolean).join(' · '),
                    'data-word': say(heads[at]),
                  },
                  element('div', {}, cell),
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
  return element(
    'span',
    { class: `badge ${kind}` },
    element('span', { 'aria-hidden': 'true' }, sign),
    ' ',
    both(words),
  )
}

/** Says that something did not work, why, and what the hub said about it. */
export function notice(words, detail, kind = 'refusal') {
  return element(
    'div',
    { class: `notice ${kind}`, role: kind === 'refusal' ? 'alert' : 'status' },
    element('p', { class: 'notice-title' }, both(words)),
    detail === undefined || detail === '' ? undefined : element('p', { lang: 'en', class: 'detail' }, detail),
  )
}

/** Says that there is nothing to show. */
export function nothing(words) {
  return element('p', { class: 'nothing' }, both(words))
}

const LANGUAGE = say(['vi-VN', 'en-GB'])
const EXACT = new Intl.DateTimeFormat(LANGUAGE, {
  timeZone: 'Asia/Ho_Chi_Minh',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
})
const RELATIVE = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: 'auto' })
const STEPS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/** Shows a moment in the time of Việt Nam. */
export function moment(text) {
  return element('time', { datetime: text }, EXACT.format(new Date(text)))
}

/** Shows a moment and how long ago it was. */
export function ago(text) {
  if (text === undefined) return element('span', { class: 'soft' }, '–')
  const seconds = Math.round((Date.parse(text) - Date.now()) / 1000)
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return [moment(text), element('small', {}, RELATIVE.format(Math.trunc(seconds / size), unit))]
}

const UNITS = { day: ['ngày', 'd'], hour: ['giờ', 'h'], minute: ['phút', 'min'], second: ['giây', 's'] }

/** Shows how long it has been since a moment; what is ahead of the clock has not been. */
export function duration(text) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(text)) / 1000))
  const [unit, size] = STEPS.find(([, length]) => seconds >= length) ?? ['second', 1]
  const number = count(Math.trunc(seconds / size))
  const [vi, en] = UNITS[unit]
  return both([`${number} ${vi}`, `${number} ${en}`])
}

const NUMBERS = new Intl.NumberFormat(LANGUAGE)

/** Shows a count. */
export function count(number) {
  return NUMBERS.format(number)
}
