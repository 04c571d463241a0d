// The form of a query. What is in the fields is the query; another type or source makes another form.

import { choice, field, folded, group, tick } from '/docs/fields.js'
import { conditionRows } from '/docs/workbench/conditions.js'
import { pathsOf } from '/docs/workbench/facts.js'
import { placeFields } from '/docs/workbench/place.js'
import { timeFields } from '/docs/workbench/time.js'
import { both, element, say } from '/elements.js'
import { attributeWords, typeWords } from '/vocabulary.js'

const SHOWN = {
  masked: ['che một phần', 'masked'],
  scanned: ['lọc định danh', 'scanned'],
  absent: ['ẩn', 'hidden'],
}
const FORMATS = [
  ['', ['theo cách xem', 'as the view needs it']],
  ['normalized', ['chuẩn hóa (normalized)', 'normalized']],
  ['concise', ['cô đọng (concise)', 'concise']],
  ['simplified', ['giản lược (simplified)', 'simplified']],
]

/**
 * Makes the form of a query. `means` are the words of the ontology, the types to choose from, how the attributes of the chosen one
 * are shown to the caller, and the features of administrative units; `renewed` is called where another form is needed.
 */
export function queryForm(query, { words, types, shown, units }, { changed, renewed, run }) {
  const renew = () => renewed(read())
  const attributes = [...shown.keys()]
  const readable = attributes.filter((name) => shown.get(name) !== 'absent')
  const conditions = conditionRows(query.conditions, { ...query, words, paths: 'paths', changed })
  const place = placeFields(query, { units, changed })
  const isHistory = query.source === 'history'
  const form = element(
    'form',
    { class: 'query', submit, input: changed, novalidate: true },
    element(
      'datalist',
      { id: 'paths' },
      readable.flatMap((name) => pathsOf(words, query.type, name)).map(pathOption),
    ),
    element('datalist', { id: 'units' }, units.map(unitOption)),
    group(
      ['Dữ liệu', 'Data'],
      field(
        ['Nguồn', 'Source'],
        choice(
          'source',
          [
            ['entities', ['trạng thái hiện tại', 'current state']],
            ['history', ['lịch sử', 'history']],
          ],
          query.source,
          { change: renew },
        ),
      ),
      field(['Loại thực thể', 'Type'], typeChoice()),
      field(['Mã thực thể (nếu cần)', 'Entity ids (if any)'], input('id', { placeholder: 'urn:ngsi-ld:…' })),
    ),
    isHistory ? timeFields(query) : undefined,
    group(
      ['Điều kiện', 'Conditions'],
      field(
        ['Kết hợp', 'Combination'],
        choice(
          'join',
          [
            ['all', ['mọi điều kiện', 'all of them']],
            ['any', ['một trong các điều kiện', 'any of them']],
          ],
          query.join,
        ),
      ),
      ...conditions.elements,
    ),
    folded(
      ['Thuộc tính trong câu trả lời', 'Attributes of the answer'],
      { open: query.pick.length > 0 },
      element('div', { class: 'ticks' }, attributes.map(attributeTick)),
    ),
    folded(
      ['Vị trí, đơn vị hành chính, phạm vi', 'Place, administrative unit, scope'],
      { open: query.relation !== '' || query.unit !== '' || query.scope !== '' },
      ...place.elements,
      isHistory
        ? undefined
        : field(['Đơn vị hành chính', 'Administrative unit'], input('unit', { list: 'units' }), [
            'Tên, mã hoặc mã@ngày: 05443@2025-07-01',
            'A name, a code, or code@day: 05443@2025-07-01',
          ]),
      field(['Phạm vi (scopeQ)', 'Scope (scopeQ)'], input('scope', { placeholder: '/thai-nguyen/#' })),
    ),
    folded(
      ['Thứ tự, trang và dạng', 'Order, page and form'],
      { open: query.orderBy !== '' },
      isHistory ? undefined : field(['Sắp theo', 'Order by'], input('orderBy', { list: 'paths' })),
      isHistory ? undefined : tick('descending', ['giảm dần', 'descending'], { checked: query.descending }),
      field(
        ['Số thực thể mỗi trang', 'Entities per page'],
        input('limit', { type: 'number', min: '1', max: '1000' }),
      ),
      tick('count', ['đếm tất cả', 'count all'], { checked: query.count }),
      tick('local', ['chỉ ở trung tâm này', 'of this hub only'], { checked: query.local }),
      field(
        ['Dạng của JSON-LD và GeoJSON', 'Form of JSON-LD and GeoJSON'],
        choice('format', isHistory ? FORMATS.slice(0, 3) : FORMATS, query.format),
      ),
      field(
        ['Ngôn ngữ của văn bản', 'Language of texts'],
        choice(
          'lang',
          [
            ['', ['mọi ngôn ngữ', 'all']],
            ['vi', 'vi'],
            ['en', 'en'],
          ],
          query.lang,
        ),
      ),
      tick('sysAttrs', ['thời điểm tạo và sửa', 'times of the system'], { checked: query.sysAttrs }),
    ),
    element(
      'div',
      { class: 'actions' },
      element('button', { type: 'submit', class: 'primary' }, both(['Chạy truy vấn', 'Run the query'])),
    ),
  )
  return { element: form, read }

  function submit(event) {
    event.preventDefault()
    run()
  }

  function read() {
    const data = new FormData(form)
    const texts = Object.keys(query).filter((name) => typeof query[name] === 'string' && data.has(name))
    const ticks = ['count', 'local', 'sysAttrs', ...(isHistory ? [] : ['descending'])]
    return {
      ...query,
      ...Object.fromEntries(texts.map((name) => [name, data.get(name).trim()])),
      ...Object.fromEntries(ticks.map((name) => [name, data.has(name)])),
      limit: Number(data.get('limit')) || query.limit,
      pick: data.getAll('pick'),
      ...(isHistory && { methods: data.getAll('methods') }),
      conditions: conditions.read(),
      ...place.read(),
    }
  }

  function input(name, more) {
    return element('input', {
      name,
      value: String(query[name]),
      autocomplete: 'off',
      spellcheck: 'false',
      ...more,
    })
  }

  /** Types of which there is something come first. */
  function typeChoice() {
    const options = (some) =>
      some.map((name) =>
        element(
          'option',
          { value: name, selected: name === query.type },
          `${say(typeWords(words, name)) || name} (${name})`,
        ),
      )
    return element(
      'select',
      { name: 'type', change: renew },
      element('optgroup', { label: say(['Có dữ liệu', 'With data']) }, options(types.present)),
      element(
        'optgroup',
        { label: say(['Được đọc, chưa có dữ liệu', 'May be read, none there']) },
        options(types.others),
      ),
    )
  }

  function attributeTick(name) {
    const { label = [name, name], unit } = attributeWords(words, query.type, name)
    const state = SHOWN[shown.get(name)]
    const isHidden = shown.get(name) === 'absent'
    const measured = unit === undefined || unit === '1' ? '' : ` · ${unit}`
    const more = element('small', {}, `${name}${measured}`, state ? [' · ', ...both(state)] : undefined)
    const box = { value: name, checked: query.pick.includes(name), disabled: isHidden }
    return element(
      'div',
      { class: isHidden ? 'hidden-attribute' : undefined },
      tick('pick', label, box, more),
    )
  }

  function pathOption(path) {
    const { label } = attributeWords(words, query.type, path.replace(/\[.*/, ''))
    return element('option', { value: path }, label ? say(label) : path)
  }
}

function unitOption({ properties: { code, name, validFrom } }) {
  return element('option', { value: validFrom ? `${code}@${validFrom}` : code }, name.vi)
}
