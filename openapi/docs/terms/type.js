import { api, Refusal } from '/api.js'
import { copyButton } from '/docs/copy.js'
import {
  alignments,
  deprecation,
  factList,
  pair,
  personal,
  synonyms,
  termLink,
  valueFacts,
} from '/docs/terms/facts.js'
import { badge, both, count, element, heading, table } from '/elements.js'

/** Shows one entity type: facts, attributes, an example, and what of it the caller may see here. */
export function typePage(type, vocabulary) {
  const { name, label, definition, iri, owner, retention, alignment } = type
  const documents = `/ontology/${vocabulary.version}`
  const seen = element('span', { 'aria-busy': 'true' }, '…')
  const attributes = attributeTable(type, vocabulary)
  const example = element('div', { class: 'code' })
  showSeen(type, seen, attributes)
  showExample(`${documents}/schemas/${name}.json`, example)
  return [
    heading([label.vi, label.en], element('code', {}, name)),
    deprecation(type) ?? '',
    element('p', {}, both(pair(definition))),
    factList([
      [['IRI', 'IRI'], element('code', {}, iri)],
      [['Bạn thấy ở đây', 'What you see here'], seen],
      [['Chịu trách nhiệm', 'Owner'], both(pair(vocabulary.owners[owner], owner))],
      [['Lưu giữ', 'Retention'], both(pair(vocabulary.retentionClasses[retention], retention))],
      [['Tương ứng', 'Alignment'], alignments(alignment)],
      [['Tên khác được hiểu', 'Also understood as'], synonyms(type)],
      [['Được trỏ tới từ', 'Referred to by'], referrers(name, vocabulary)],
      [
        ['Tài liệu', 'Documents'],
        [
          documentLink(`${documents}/schemas/${name}.json`, 'JSON Schema'),
          documentLink(`${documents}/shapes.ttl`, 'SHACL'),
          documentLink(`${documents}/ontology.ttl`, 'OWL'),
          documentLink(`${documents}/entities.ts`, 'TypeScript'),
        ],
      ],
    ]),
    element('h2', { id: 'attributes' }, both(['Thuộc tính', 'Attributes'])),
    attributes,
    element('h2', { id: 'example' }, both(['Ví dụ', 'Example'])),
    example,
  ]
}

function documentLink(href, words) {
  return element('a', { href, class: 'document' }, words)
}

/** Which attributes of which types point to this one. */
function referrers(name, { types, uses }) {
  const found = types.flatMap((type) =>
    uses(type)
      .filter(({ target }) => target?.includes(name))
      .map((use) => [type.name, use.name]),
  )
  return found.flatMap(([type, attribute], at) => [
    at === 0 ? '' : ', ',
    element(
      'a',
      { href: `/docs/ontology/${type}#${attribute}` },
      element('code', {}, `${type}.${attribute}`),
    ),
  ])
}

function attributeTable(type, vocabulary) {
  return table({
    caption: ['Thuộc tính', 'Attributes'],
    heads: [
      ['Thuộc tính', 'Attribute'],
      ['Ý nghĩa', 'Meaning'],
      ['Giá trị', 'Value'],
      ['Số lượng', 'Number'],
      ['Dữ liệu cá nhân', 'Personal data'],
      ['Lưu giữ', 'Retention'],
    ],
    rows: vocabulary
      .uses(type)
      .map((use) => [
        element(
          'div',
          { id: use.name, 'data-iri': use.iri },
          termLink(use.name),
          element('div', {}, both(pair(use.label))),
        ),
        [both(pair(use.definition)), deprecation(use)],
        valueFacts(use, vocabulary),
        use.cardinality,
        personal(use),
        both(retentionWords(use.retention, vocabulary)),
      ]),
  })
}

/** The first words of a class: what follows the colon stands on the page of the type. */
function retentionWords(name, { retentionClasses }) {
  return pair(retentionClasses[name], name).map((words) => words.split(':')[0])
}

async function showExample(schema, box) {
  const { examples = [] } = await (await fetch(schema)).json()
  const pre = element('pre', { tabindex: '0' }, element('code', {}, JSON.stringify(examples[0], null, 2)))
  box.append(pre, ...copyButton(pre))
}

async function showSeen({ iri, name }, box, attributes) {
  try {
    const { body } = await api(`/ngsi-ld/v1/types/${encodeURIComponent(iri)}`)
    const there = new Set(body.attributeDetails.map(({ id }) => id))
    for (const cell of attributes.querySelectorAll('[data-iri]'))
      if (there.has(cell.dataset.iri)) cell.append(badge('good', ['có dữ liệu', 'has data']))
    box.replaceChildren(
      ...both(seenWords(body)),
      ' · ',
      element('a', { href: `/docs/workbench?type=${name}` }, both(['Truy vấn', 'Query them'])),
    )
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    box.replaceChildren(...both(unseen(error)))
  }
  box.removeAttribute('aria-busy')
}

/** How many entities there are is told only to those who see everything. */
function seenWords({ entityCount, attributeDetails }) {
  const attributes = count(attributeDetails.length)
  const entities =
    entityCount === undefined
      ? ['', '']
      : [`${count(entityCount)} thực thể, `, `${count(entityCount)} entities, `]
  return [
    `${entities[0]}dữ liệu của ${attributes} thuộc tính`,
    `${entities[1]}data of ${attributes} attributes`,
  ]
}

function unseen({ status }) {
  if (status === 404) return ['Không có thực thể nào bạn được xem', 'No entities that you may see']
  if (status === 401) return ['Đăng nhập để biết', 'Log in to see']
  return ['Trung tâm không trả lời được', 'The hub could not answer']
}
