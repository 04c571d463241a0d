// The form of a subscription, as the standard has it (CIM 009 v1.9.1, 5.2.12).

import { choice, field, folded, group, tick } from '/docs/fields.js'
import { conditionRows } from '/docs/workbench/conditions.js'
import { kindOf, pathsOf } from '/docs/workbench/facts.js'
import { writeQ } from '/docs/workbench/write-q.js'
import { both, element, say } from '/elements.js'
import { attributeWords, typeWords } from '/vocabulary.js'

const TRIGGERS = {
  attributeCreated: ['có thuộc tính mới', 'attribute created'],
  attributeUpdated: ['thuộc tính đổi', 'attribute updated'],
  attributeDeleted: ['thuộc tính bị xóa', 'attribute deleted'],
  entityCreated: ['có thực thể mới', 'entity created'],
  entityDeleted: ['thực thể bị xóa', 'entity deleted'],
}
const USUAL = new Set(['attributeCreated', 'attributeUpdated', 'entityCreated'])
/** Nobody is there, and nothing is sent to it: a subscription without an endpoint of its own is paused. */
const NOWHERE = 'https://stream.invalid/'

/**
 * Makes the form; `changed` gets the subscription at each change, `renewed` another type, `create` the subscription to create, `wrong`
 * what makes it none.
 */
export function subscriptionForm(type, { words, types, shown }, { changed, renewed, create, wrong }) {
  const readable = [...shown].flatMap(([name, how]) => (how === 'absent' ? [] : [name]))
  const tell = () => tried(changed)
  const conditions = conditionRows([], { type, words, paths: 'paths', changed: tell })
  const form = element(
    'form',
    { class: 'query', submit, input: tell },
    element(
      'datalist',
      { id: 'paths' },
      readable
        .flatMap((name) => pathsOf(words, type, name))
        .map((path) => element('option', { value: path })),
    ),
    group(
      ['Theo dõi gì', 'What to watch'],
      field(
        ['Loại thực thể', 'Type'],
        choice(
          'type',
          types.map((name) => [name, `${say(typeWords(words, name)) || name} (${name})`]),
          type,
          {
            change: ({ currentTarget: { value } }) => renewed(value),
          },
        ),
      ),
      field(
        ['Mã thực thể (nếu cần)', 'Entity id (if any)'],
        element('input', { name: 'id', placeholder: 'urn:ngsi-ld:…', autocomplete: 'off' }),
      ),
      folded(
        ['Chỉ các thuộc tính này', 'These attributes only'],
        {},
        element('div', { class: 'ticks' }, readable.map(watched)),
      ),
    ),
    group(['Điều kiện', 'Conditions'], ...conditions.elements),
    folded(
      ['Khi nào và gửi gì', 'When, and what is sent'],
      {},
      element(
        'div',
        { class: 'ticks' },
        Object.entries(TRIGGERS).map(([name, label]) =>
          tick('trigger', label, { value: name, checked: USUAL.has(name) }),
        ),
      ),
      field(
        ['Dạng', 'Form'],
        choice(
          'format',
          ['concise', 'normalized', 'simplified'].map((name) => [name, name]),
          'concise',
        ),
      ),
      field(
        ['Nhiều nhất một thông báo mỗi (giây)', 'At most one in (seconds)'],
        element('input', { name: 'throttling', type: 'number', min: '1' }),
      ),
      field(
        ['Gửi tới (URI), nếu có máy nhận', 'Send to (URI), if you have a receiver'],
        element('input', { name: 'uri', type: 'url', placeholder: 'https://…' }),
        ['Để trống: không gửi đi đâu, chỉ xem tại đây', 'Empty: sent nowhere, followed here only'],
      ),
    ),
    element(
      'div',
      { class: 'actions' },
      element('button', { type: 'submit', class: 'primary' }, both(['Tạo và theo dõi', 'Create and follow'])),
    ),
  )
  return { element: form, read }

  function submit(event) {
    event.preventDefault()
    tried(create)
  }

  /** A condition may be one that no query can hold. */
  function tried(use) {
    try {
      use(read())
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      wrong(error)
    }
  }

  function watched(name) {
    const { label = [name, name] } = attributeWords(words, type, name)
    return tick('watched', label, { value: name }, element('small', {}, name))
  }

  function read() {
    const data = new FormData(form)
    const [id, uri, throttling] = ['id', 'uri', 'throttling'].map((name) => data.get(name).trim())
    const q = writeQ(conditions.read(), { join: 'all', kindOf: (path) => kindOf(words, type, path) })
    const watchedAttributes = data.getAll('watched')
    return {
      type: 'Subscription',
      entities: [{ type, ...(id !== '' && { id }) }],
      ...(watchedAttributes.length > 0 && { watchedAttributes }),
      ...(q !== '' && { q }),
      notificationTrigger: data.getAll('trigger'),
      isActive: uri !== '',
      ...(throttling !== '' && { throttling: Number(throttling) }),
      notification: {
        format: data.get('format'),
        endpoint: { uri: uri || NOWHERE, accept: 'application/json' },
      },
    }
  }
}
