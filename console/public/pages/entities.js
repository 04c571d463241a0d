import { api, linkOf } from '/api.js'
import { both, count, element, heading, nothing, notice, table } from '/elements.js'
import { nameOf, shortId, show } from '/value.js'
import { attributeWords, typeWords, vocabulary } from '/vocabulary.js'

const ENTITIES = '/ngsi-ld/v1/entities?'
const PAGE = 25
const COLUMNS = 5
/** Long, or the same for all of a type: on the page of the entity. */
const NOT_LISTED = new Set([
  'id',
  'type',
  'name',
  'location',
  'source',
  'dataProvider',
  'scope',
  'description',
  'address',
])

/** Shows the entities of a type, page by page, from all hubs. */
export async function entities(hub, chosen, place) {
  const [{ body: local }, words] = await Promise.all([api('/ngsi-ld/v1/types'), vocabulary()])
  const types = [...new Set([...local.typeList, ...(hub.types ?? [])])].sort()
  const type = chosen ?? local.typeList[0] ?? types[0]
  const title = heading(['Thực thể', 'Entities'])
  if (type === undefined) return [title, nothing(['Chưa có thực thể nào.', 'There are no entities yet.'])]
  return [title, picker([...new Set([...types, type])], type, words), ...(await page(type, place, words))]
}

async function page(type, place, words) {
  const first = `${ENTITIES}${new URLSearchParams({ type, format: 'simplified', limit: PAGE, count: 'true' })}`
  const { body, headers } = await api(place?.startsWith(ENTITIES) ? place : first)
  const warning = headers.get('ngsild-warning')
  const number = headers.get('ngsild-results-count')
  return [
    warning
      ? notice(
          [
            'Có trung tâm không trả lời; danh sách có thể thiếu',
            'Not every hub answered; the list may be incomplete',
          ],
          warning,
          'warning',
        )
      : undefined,
    number === null
      ? undefined
      : element(
          'p',
          { class: 'soft', role: 'status' },
          count(Number(number)),
          ' ',
          both(['thực thể', 'entities']),
        ),
    body.length === 0
      ? nothing(['Không có thực thể nào của loại này.', 'There are no entities of this type.'])
      : listOf(type, body, words),
    paging(type, place, headers),
  ]
}

function picker(types, type, words) {
  const select = element(
    'select',
    {
      id: 'type',
      change: () => {
        location.hash = `#entities/${encodeURIComponent(select.value)}`
      },
    },
    types.map((name) =>
      element(
        'option',
        { value: name, selected: name === type },
        typeWords(words, name).filter(Boolean).join(' · '),
      ),
    ),
  )
  return element(
    'div',
    { class: 'picker' },
    element('label', { for: 'type' }, both(['Loại thực thể', 'Type'])),
    select,
  )
}

function listOf(type, list, words) {
  const columns = columnsOf(list)
  return table({
    caption: typeWords(words, type),
    heads: [
      ['Thực thể', 'Entity'],
      ...columns.map((name) => attributeWords(words, type, name).label ?? [name, '']),
    ],
    numbers: columns.flatMap((name, at) =>
      list.every((each) => typeof (each[name] ?? 0) === 'number') ? [at + 1] : [],
    ),
    rows: list.map((each) => [
      [
        element('a', { href: `#entity/${encodeURIComponent(each.id)}` }, nameOf(each)),
        nameOf(each) === shortId(each.id) ? undefined : element('small', {}, shortId(each.id)),
      ],
      ...columns.map((name) => show(each[name], attributeWords(words, type, name).values)),
    ]),
  })
}

/** The attributes that most entities of the page have. */
function columnsOf(list) {
  const uses = new Map()
  for (const each of list)
    for (const name of Object.keys(each))
      if (!NOT_LISTED.has(name) && !names(list, name)) uses.set(name, (uses.get(name) ?? 0) + 1)
  return [...uses]
    .sort(([, left], [, right]) => right - left)
    .slice(0, COLUMNS)
    .map(([name]) => name)
}

/** The attribute that already names the entities needs no column. */
function names(list, attribute) {
  return list.every((each) => each[attribute] === undefined || each[attribute] === nameOf(each))
}

function paging(type, place, headers) {
  const link = (relation, text) => {
    const target = linkOf(headers, relation)
    return (
      target &&
      element(
        'a',
        { href: `#entities/${encodeURIComponent(type)}/${encodeURIComponent(target)}`, rel: relation },
        text,
      )
    )
  }
  const links = [
    link('prev', ['← ', both(['Trang trước', 'Previous page'])]),
    place !== undefined && linkOf(headers, 'prev') === undefined
      ? element(
          'a',
          { href: `#entities/${encodeURIComponent(type)}`, rel: 'first' },
          '⇤ ',
          both(['Trang đầu', 'First page']),
        )
      : undefined,
    link('next', [both(['Trang sau', 'Next page']), ' →']),
  ].filter(Boolean)
  return links.length === 0
    ? undefined
    : element('nav', { class: 'paging', 'aria-label': 'Các trang · Pages' }, links)
}
