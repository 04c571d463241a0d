// One search over guides, reference and ontology: as somebody types, and as a page of its own.

import { both, element, say } from '/elements.js'

/** What a search finds, in words. */
export const KINDS = {
  guide: ['Hướng dẫn', 'Guide'],
  operation: ['API', 'API'],
  type: ['Loại thực thể', 'Entity type'],
  attribute: ['Thuộc tính', 'Attribute'],
}

const SHOWN = 8
let loading

/** Answers what a text finds, the best first. */
export async function find(text) {
  loading ??= load()
  return (await loading).search(text)
}

async function load() {
  const [{ default: MiniSearch }, answer] = await Promise.all([
    import('/docs/minisearch.js'),
    fetch('/docs/search.json'),
  ])
  const index = new MiniSearch({
    fields: ['name', 'vi', 'en', 'text'],
    storeFields: ['kind', 'url', 'title', 'name'],
    tokenize: words,
    processTerm: plain,
    searchOptions: {
      boost: { name: 4, vi: 3, en: 3 },
      combineWith: 'AND',
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 5 ? 0.2 : false),
    },
  })
  const entries = await answer.json()
  index.addAll(entries.map((entry, id) => ({ ...entry, id, vi: entry.title.vi, en: entry.title.en })))
  return index
}

/** Words as they stand, and the parts of names that are put together (AirQualityObserved, /hub/v1/feeds). */
function words(text) {
  const whole = text.split(/[^\p{L}\p{M}\p{N}_./-]+/u)
  const parts = text.split(/[^\p{L}\p{M}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u)
  return [...new Set([...whole, ...parts])].filter(Boolean)
}

/** Answers a text without capitals and accents: khong khi finds không khí. */
export function plain(term) {
  return term.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('đ', 'd')
}

/** Makes the entry of a list of what was found. */
export function foundItem({ kind, url, title, name }) {
  const words = title.vi === title.en ? element('span', { lang: 'en' }, title.en) : both([title.vi, title.en])
  return element(
    'li',
    {},
    element(
      'a',
      { href: url },
      element('span', { class: 'found-title' }, words),
      element(
        'span',
        { class: 'found-kind' },
        both(KINDS[kind]),
        name === undefined ? '' : [' · ', element('code', {}, name)],
      ),
    ),
  )
}

/** Shows what is found below the search of the head, as somebody types; arrows walk through it, Escape closes it. */
export function followSearch(form) {
  const input = form.querySelector('input')
  const list = form.querySelector('#found')
  input.placeholder = say([
    'Tìm: không khí, subscriptions, PM2.5',
    'Search: air quality, subscriptions, PM2.5',
  ])
  const close = () => {
    list.hidden = true
  }
  input.addEventListener('input', async () => {
    const text = input.value.trim()
    if (text === '') return close()
    const found = await find(text)
    if (input.value.trim() === text) show(list, text, found)
  })
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      close()
      input.focus()
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') walk(event, input, list)
  })
  form.addEventListener('focusout', ({ relatedTarget }) => {
    if (!form.contains(relatedTarget)) close()
  })
  list.addEventListener('click', close)
}

function show(list, text, found) {
  const number = element(
    'p',
    { class: 'soft', role: 'status' },
    both([`${found.length} kết quả`, `${found.length} results`]),
  )
  const all = element(
    'a',
    { href: `/docs/search?q=${encodeURIComponent(text)}` },
    both(['Xem tất cả', 'Show all']),
  )
  list.replaceChildren(
    number,
    element('ul', { class: 'found' }, found.slice(0, SHOWN).map(foundItem)),
    ...(found.length > SHOWN ? [all] : []),
  )
  list.hidden = false
}

/** Moves from the input into the list and through it. */
function walk(event, input, list) {
  const stops = [input, ...list.querySelectorAll('a')]
  const at = stops.indexOf(document.activeElement)
  if (list.hidden || at < 0) return
  event.preventDefault()
  stops.at((at + (event.key === 'ArrowDown' ? 1 : -1)) % stops.length).focus()
}
