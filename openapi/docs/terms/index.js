import { plain } from '/docs/search.js'
import { deprecation, factList, listedValues, pair, termLink } from '/docs/terms/facts.js'
import { both, element, heading, table } from '/elements.js'

/** What can be looked at, by the word that the address names it with. */
const VIEWS = {
  types: [['Loại thực thể', 'Entity types'], typeSections],
  attributes: [['Thuộc tính', 'Attributes'], attributeTable],
  units: [['Đơn vị đo', 'Units'], unitTable],
  lists: [['Danh mục giá trị', 'Value lists'], valueLists],
}

/** Documents of the ontology, for programs. */
const DOCUMENTS = [
  ['context.jsonld', '@context'],
  ['ontology.ttl', 'OWL (Turtle)'],
  ['ontology.jsonld', 'OWL (JSON-LD)'],
  ['shapes.ttl', 'SHACL'],
  ['schemas/attributes.json', 'JSON Schema'],
  ['entities.ts', 'TypeScript'],
  ['vocabulary.json', 'JSON'],
]

/** Shows what the ontology has: types by what they are about, attributes, units or lists, as the address says. */
export function termIndex(vocabulary) {
  const asked = new URLSearchParams(location.search)
  const view = Object.hasOwn(VIEWS, asked.get('view')) ? asked.get('view') : 'types'
  const { title, release, version, contextUrl } = vocabulary
  const content = element('div', {}, VIEWS[view][1](vocabulary))
  const words = element('input', { id: 'filter', type: 'search', autocomplete: 'off', spellcheck: 'false' })
  words.value = asked.get('words') ?? ''
  words.addEventListener('input', () => narrow(content, words.value))
  narrow(content, words.value)
  return [
    heading([title.vi, title.en], both([`Phiên bản ${release}`, `Release ${release}`])),
    factList([
      [['@context', '@context'], element('code', {}, contextUrl)],
      [
        ['Cho chương trình', 'For programs'],
        DOCUMENTS.map(([file, name]) =>
          element('a', { class: 'document', href: `/ontology/${version}/${file}` }, name),
        ),
      ],
    ]),
    element(
      'nav',
      { class: 'choices', 'aria-label': 'Bộ từ vựng · Ontology' },
      Object.entries(VIEWS).map(([name, [label]]) =>
        element(
          'a',
          { href: `?view=${name}`, 'aria-current': name === view ? 'page' : undefined },
          both(label),
        ),
      ),
    ),
    element('p', { class: 'field' }, element('label', { for: 'filter' }, both(['Lọc', 'Filter'])), words),
    content,
  ]
}

/** Hides what does not hold all the words, and sections that are left with nothing. */
function narrow(content, text) {
  const words = plain(text).split(/\s+/).filter(Boolean)
  for (const one of content.querySelectorAll('[data-words]'))
    one.hidden = !words.every((word) => one.dataset.words.includes(word))
  for (const section of content.querySelectorAll('section'))
    section.hidden = section.querySelector('[data-words]:not([hidden])') === null
}

function wordsOf({ name, label, definition, synonyms = [] }) {
  return plain([name, ...pair(label), ...pair(definition), ...synonyms].join(' '))
}

function typeSections({ types, domains }) {
  return Object.entries(domains).map(([domain, words]) =>
    element(
      'section',
      {},
      element('h2', {}, both(pair(words))),
      element('ul', { class: 'terms' }, types.filter((type) => type.domain === domain).map(termCard)),
    ),
  )
}

function termCard(type) {
  return element(
    'li',
    { 'data-words': wordsOf(type) },
    element('h3', {}, element('a', { href: `/docs/ontology/${type.name}` }, both(pair(type.label)))),
    element('code', {}, type.name),
    element('p', {}, both(pair(type.definition))),
    deprecation(type),
  )
}

function attributeTable({ attributes, types, units }) {
  const made = table({
    caption: ['Thuộc tính', 'Attributes'],
    heads: [
      ['Thuộc tính', 'Attribute'],
      ['Tên', 'Name'],
      ['Ý nghĩa', 'Meaning'],
      ['Đơn vị', 'Unit'],
      ['Số loại dùng', 'Types that have it'],
    ],
    numbers: [4],
    rows: attributes.map((attribute) => [
      termLink(attribute.name),
      both(pair(attribute.label)),
      both(pair(attribute.definition)),
      units[attribute.unit] ?? '',
      String(types.filter((type) => type.attributes.some(({ name }) => name === attribute.name)).length),
    ]),
  })
  made.querySelectorAll('tbody tr').forEach((row, at) => {
    row.dataset.words = wordsOf(attributes[at])
  })
  return made
}

function unitTable({ units, attributes }) {
  const codes = Object.keys(units)
  const made = table({
    caption: ['Đơn vị đo', 'Units'],
    heads: [
      ['Mã UN/CEFACT', 'UN/CEFACT code'],
      ['Ký hiệu', 'Symbol'],
      ['Thuộc tính', 'Attributes'],
    ],
    rows: codes.map((code) => [
      element('code', {}, code),
      units[code],
      attributes
        .filter(({ unit }) => unit === code)
        .flatMap(({ name }, at) => [at === 0 ? '' : ', ', termLink(name)]),
    ]),
  })
  made.querySelectorAll('tbody tr').forEach((row) => {
    row.dataset.words = plain(row.textContent)
  })
  return made
}

function valueLists({ valueLists: lists }) {
  return Object.entries(lists).map(([name, list]) =>
    element(
      'div',
      { 'data-words': plain(`${name} ${JSON.stringify(list)}`), id: `list-${name}` },
      listedValues(name, list),
    ),
  )
}
