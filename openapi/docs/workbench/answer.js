// Shows an answer of the hub in each of its forms; whatever it holds is shown as text.

import { choice, field } from '/docs/fields.js'
import { createMap } from '/docs/workbench/map.js'
import { MAP_LABELS } from '/docs/workbench/map-words.js'
import { attributesIn, periodsIn, valuesIn } from '/docs/workbench/rows.js'
import { both, element, moment, nothing, say, table } from '/elements.js'
import { nameOf, shortId, show } from '/value.js'
import { attributeWords, typeWords } from '/vocabulary.js'

const MOST_ROWS = 500

/** Answers the elements that show what came, by what the query asked for. */
export function answerParts({ query, words, units, shown }, { body, text }) {
  const { view, source, methods } = query
  if (view === 'rdf') return [raw(text)]
  if (view === 'jsonld') return [raw(JSON.stringify(body, null, 2))]
  if (view === 'map') return mapParts(body, units)
  if (body.length === 0) return [nothing(['Không có thực thể nào khớp.', 'No entity matches.'])]
  const column = columnsOf(query, words, shown)
  if (source === 'entities') return [entityTable(body, { query, words, column })]
  return [methods.length > 0 ? periodTable(body, methods, column) : valueTable(body, column)]
}

function raw(text) {
  return element('pre', { class: 'raw', tabindex: '0' }, text)
}

/** Answers the head of an attribute: its name, its unit, and whether the caller sees it in part only. */
function columnsOf({ type }, words, shown) {
  return (name) => {
    const { label, unit } = attributeWords(words, type, name)
    const [vi, en] = label ?? [name, name]
    const measured = unit && unit !== '1' ? ` (${unit})` : ''
    const isMasked = ['masked', 'scanned'].includes(shown.get(name))
    return [
      `${vi}${measured}${isMasked ? ' ◐ bị che' : ''}`,
      `${en}${measured}${isMasked ? ' ◐ masked' : ''}`,
    ]
  }
}

function entityTable(entities, { query, words, column }) {
  const names = attributesIn(entities)
  return wide(
    table({
      caption: typeWords(words, query.type),
      heads: [['Thực thể', 'Entity'], ...names.map(column)],
      numbers: names.flatMap((name, at) =>
        entities.every((each) => typeof (each[name] ?? 0) === 'number') ? [at + 1] : [],
      ),
      rows: entities.map((entity) => [
        [nameOf(entity), element('small', {}, element('code', {}, shortId(entity.id)))],
        ...names.map((name) => show(entity[name], attributeWords(words, query.type, name).values)),
      ]),
    }),
  )
}

function valueTable(evolutions, column) {
  return ofMany(valuesIn(evolutions), {
    heads: [
      ['Thời điểm', 'Time'],
      ['Giá trị', 'Value'],
    ],
    cells: ({ at, value }) => [moment(at), show(value)],
    column,
  })
}

function periodTable(evolutions, methods, column) {
  return ofMany(periodsIn(evolutions, methods), {
    heads: [['Từ', 'From'], ['Đến', 'To'], ...methods.map((method) => [method, method])],
    cells: ({ from, to, ...values }) => [
      moment(from),
      moment(to),
      ...methods.map((method) => show(values[method])),
    ],
    column,
  })
}

function ofMany(rows, { heads, cells, column }) {
  if (rows.length === 0)
    return nothing(['Không có giá trị nào trong thời gian này.', 'No value is of this time.'])
  const cut = rows.length > MOST_ROWS
  return element(
    'div',
    {},
    cut
      ? element(
          'p',
          { class: 'soft' },
          both([`${MOST_ROWS} dòng đầu của ${rows.length}`, `First ${MOST_ROWS} of ${rows.length} rows`]),
        )
      : undefined,
    wide(
      table({
        caption: ['Theo thời gian', 'Over time'],
        heads: [['Thực thể', 'Entity'], ['Thuộc tính', 'Attribute'], ...heads],
        rows: rows
          .slice(0, MOST_ROWS)
          .map((row) => [element('code', {}, shortId(row.id)), both(column(row.attribute)), ...cells(row)]),
      }),
    ),
  )
}

function wide(content) {
  return element(
    'div',
    { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': say(['Bảng', 'Table']) },
    content,
  )
}

function mapParts({ features }, units) {
  if (features.length === 0) return [nothing(['Không có thực thể nào khớp.', 'No entity matches.'])]
  const placed = features.filter(({ geometry }) => geometry !== null)
  const named = placed.map((feature) => ({
    ...feature,
    label: nameOf({ id: feature.id, ...feature.properties }),
  }))
  const details = element('div', { class: 'feature', role: 'status' })
  const map = createMap({
    layers: [
      { name: 'units', features: units },
      { name: 'answer', features: named },
    ],
    fit: named,
    labels: MAP_LABELS.showing(named.length),
    chosen: (feature) => named.includes(feature) && tell(feature),
  })
  const list = choice(
    undefined,
    [
      ['', ['chọn một đối tượng', 'choose a feature']],
      ...named.map(({ label, id }, at) => [String(at), `${label} (${shortId(id)})`]),
    ],
    '',
    { change: ({ currentTarget: { value } }) => value !== '' && tell(named[Number(value)]) },
  )
  return [
    placed.length < features.length
      ? element(
          'p',
          { class: 'soft' },
          both([
            `${features.length - placed.length} thực thể không có vị trí`,
            `${features.length - placed.length} entities have no place`,
          ]),
        )
      : undefined,
    map.element,
    field(['Đối tượng trên bản đồ', 'Feature on the map'], list),
    details,
    element('details', {}, element('summary', {}, 'GeoJSON'), raw(JSON.stringify(features, null, 2))),
  ]

  function tell(feature) {
    map.mark(feature)
    list.value = String(named.indexOf(feature))
    const { type, ...properties } = feature.properties
    details.replaceChildren(
      element('h3', {}, feature.label),
      element('code', {}, feature.id),
      show(properties),
    )
    return true
  }
}
