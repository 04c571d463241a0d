// Changes one attribute of an entity, to see a subscription fire.

import { api } from '/api.js'
import { choice, field } from '/docs/fields.js'
import { both, element, notice } from '/elements.js'
import { nameOf, shortId } from '/value.js'
import { attributeWords } from '/vocabulary.js'
import { refusalOf } from '/words.js'

const MOST = 50

/** Makes the form that changes an entity of a type: attributes that the caller sees in clear, with plain values. */
export async function changeEntityForm(type, { words, shown }) {
  const { body: entities } = await api(
    `/ngsi-ld/v1/entities?${new URLSearchParams({ type, format: 'concise', limit: MOST })}`,
  )
  if (entities.length === 0)
    return [
      element(
        'p',
        { class: 'soft' },
        both(['Không có thực thể nào để đổi.', 'There is no entity to change.']),
      ),
    ]
  const said = element('div', { role: 'status' })
  const value = element('input', { name: 'value', required: true, autocomplete: 'off' })
  const attribute = element('select', { name: 'attribute', change: showValue })
  const chosen = choice(
    'entity',
    entities.map((entity, at) => [String(at), `${nameOf(simply(entity))} (${shortId(entity.id)})`]),
    '0',
    { change: showAttributes },
  )
  const form = element(
    'form',
    { class: 'query', submit },
    field(['Thực thể', 'Entity'], chosen),
    field(['Thuộc tính', 'Attribute'], attribute),
    field(['Giá trị mới', 'New value'], value),
    element(
      'div',
      { class: 'actions' },
      element('button', { type: 'submit' }, both(['Ghi giá trị', 'Write the value'])),
    ),
    said,
  )
  showAttributes()
  return [form]

  function showAttributes() {
    const names = Object.keys(entity()).filter(
      (name) => shown.get(name) === 'clear' && isPlain(plainOf(entity()[name])),
    )
    attribute.replaceChildren(
      ...names.map((name) =>
        element(
          'option',
          { value: name },
          `${(attributeWords(words, type, name).label ?? [name])[document.documentElement.lang === 'en' ? 1 : 0] ?? name} (${name})`,
        ),
      ),
    )
    showValue()
  }

  function showValue() {
    value.value = String(plainOf(entity()[attribute.value]) ?? '')
  }

  function entity() {
    return entities[Number(chosen.value)]
  }

  async function submit(event) {
    event.preventDefault()
    const before = entity()[attribute.value]
    const next = typeof plainOf(before) === 'string' ? value.value : JSON.parse(value.value)
    const path = `/ngsi-ld/v1/entities/${encodeURIComponent(entity().id)}/attrs/${encodeURIComponent(attribute.value)}`
    // what was observed is observed anew
    const send = { value: next, ...(before?.observedAt && { observedAt: new Date().toISOString() }) }
    said.replaceChildren(
      await api(path, { method: 'PATCH', send }).then(
        () => notice(['Đã ghi', 'Written'], undefined, 'done'),
        (error) => notice(refusalOf(error), error.message),
      ),
    )
  }
}

function plainOf(attribute) {
  return attribute !== null && typeof attribute === 'object' && 'value' in attribute
    ? attribute.value
    : attribute
}

function isPlain(value) {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** The entity as names are looked for in. */
function simply(entity) {
  return Object.fromEntries(Object.entries(entity).map(([name, attribute]) => [name, plainOf(attribute)]))
}
