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
import { both, element, heading, table } from '/elements.js'

/** Shows one attribute: what it means, what its values are, and which types have it. */
export function attributePage(attribute, vocabulary) {
  const { name, label, definition, iri, alignment, example, retention } = attribute
  const { retentionClasses } = vocabulary
  return [
    heading([label.vi, label.en], element('code', {}, name)),
    deprecation(attribute) ?? '',
    element('p', {}, both(pair(definition))),
    factList([
      [['IRI', 'IRI'], element('code', {}, iri)],
      [['Giá trị', 'Value'], valueFacts(attribute, vocabulary)],
      [
        ['Ví dụ', 'Example'],
        example === undefined ? undefined : element('code', {}, JSON.stringify(example)),
      ],
      [['Dữ liệu cá nhân', 'Personal data'], personal(attribute)],
      [
        ['Lưu giữ', 'Retention'],
        both(
          retention === undefined
            ? ['như loại thực thể', 'as the entity type']
            : pair(retentionClasses[retention], retention),
        ),
      ],
      [['Tương ứng', 'Alignment'], alignments(alignment)],
      [['Tên khác được hiểu', 'Also understood as'], synonyms(attribute)],
      [['Thuộc tính con của', 'Sub-attribute of'], carriers(name, vocabulary)],
    ]),
    element('h2', {}, both(['Dùng ở đâu', 'Where it is used'])),
    usesTable(name, vocabulary),
  ]
}

/** How many attributes may have it as a sub-attribute. */
function carriers(name, { attributes }) {
  const number = attributes.filter(({ subAttributes = {} }) => name in subAttributes).length
  return number === 0 ? undefined : both([`${number} thuộc tính`, `${number} attributes`])
}

function usesTable(name, vocabulary) {
  const rows = vocabulary.types.flatMap((type) =>
    vocabulary
      .uses(type)
      .filter((use) => use.name === name)
      .map((use) => [
        [termLink(type.name, `#${name}`), element('div', {}, both(pair(type.label)))],
        both(pair(use.definition)),
        valueFacts(use, vocabulary),
        use.cardinality,
        personal(use),
      ]),
  )
  return table({
    caption: ['Dùng ở đâu', 'Where it is used'],
    heads: [
      ['Loại thực thể', 'Entity type'],
      ['Ý nghĩa', 'Meaning'],
      ['Giá trị', 'Value'],
      ['Số lượng', 'Number'],
      ['Dữ liệu cá nhân', 'Personal data'],
    ],
    rows,
  })
}
