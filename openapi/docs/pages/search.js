import { find, foundItem, KINDS } from '/docs/search.js'
import { both, element, heading, nothing } from '/elements.js'

/** Lists what a text finds, by what it is. */
export async function draw() {
  const text = new URLSearchParams(location.search).get('q')?.trim() ?? ''
  document.getElementById('words').value = text
  const found = text === '' ? [] : await find(text)
  // the kind of what fits best comes first
  const groups = [...new Set(found.map(({ kind }) => kind))].map((kind) => [
    KINDS[kind],
    found.filter((one) => one.kind === kind),
  ])
  return [
    heading(
      ['Kết quả tìm kiếm', 'Search results'],
      text === ''
        ? undefined
        : both([`${found.length} kết quả cho “${text}”`, `${found.length} results for “${text}”`]),
    ),
    ...(groups.length === 0 ? [nothing(['Không tìm thấy gì', 'Nothing was found'])] : []),
    ...groups.flatMap(([words, list]) => [
      element('h2', {}, both(words)),
      element('ul', { class: 'found' }, list.map(foundItem)),
    ]),
  ]
}
