// Conditions on attributes, one row each: which attribute, how it is compared, and with what.

import { button, choice, field } from '/docs/fields.js'
import { kindOf, OPERATOR_WORDS, operatorsFor } from '/docs/workbench/facts.js'
import { element, say } from '/elements.js'
import { attributeWords } from '/vocabulary.js'

const VALUE = ['Giá trị', 'Value']
const FROM = ['Từ', 'From']
const TO = ['Đến', 'To']
const INPUTS = { number: 'number', time: 'datetime-local', date: 'date' }

/** Makes the rows of conditions on a type; `paths` is the id of the list of its attributes, `changed` is called at each change. */
export function conditionRows(conditions, { type, words, paths, changed }) {
  const rows = element('div', { class: 'conditions' })
  const kept = [...conditions]
  const redraw = () => rows.replaceChildren(...kept.map(rowOf))
  redraw()
  return {
    elements: [
      rows,
      button(['Thêm điều kiện', 'Add a condition'], () => {
        kept.push({ attribute: '', operator: '==', value: '' })
        redraw()
        rows.lastElementChild.querySelector('input').focus()
        changed()
      }),
    ],
    read: () => kept.map((condition) => ({ ...condition })),
  }

  function rowOf(condition) {
    const kind = kindOf(words, type, condition.attribute)
    const operators = operatorsFor(kind)
    if (!operators.includes(condition.operator)) condition.operator = operators[0]
    const attribute = element('input', {
      ...{
        list: paths,
        value: condition.attribute,
        autocomplete: 'off',
        spellcheck: 'false',
        required: true,
      },
      change: ({ currentTarget: { value } }) => {
        Object.assign(condition, { attribute: value.trim(), value: '' })
        renew()
      },
    })
    const operator = choice(
      undefined,
      operators.map((name) => [
        name,
        SIGNS.has(name) ? `${name} ${say(OPERATOR_WORDS[name])}` : OPERATOR_WORDS[name],
      ]),
      condition.operator,
      {
        change: ({ currentTarget: { value } }) => {
          Object.assign(condition, { operator: value, value: '' })
          renew()
        },
      },
    )
    const row = element(
      'div',
      {
        class: 'condition',
        role: 'group',
        'aria-label': `${say(['Điều kiện', 'Condition'])} ${kept.indexOf(condition) + 1}`,
      },
      field(['Thuộc tính', 'Attribute'], attribute),
      field(['So sánh', 'Comparison'], operator),
      ...valueFields(condition, kind),
      element(
        'button',
        {
          type: 'button',
          class: 'remove',
          'aria-label': say(['Bỏ điều kiện', 'Remove the condition']),
          click: remove,
        },
        '✕',
      ),
    )
    return row

    function renew() {
      row.replaceWith(rowOf(condition))
      changed()
    }

    function remove() {
      kept.splice(kept.indexOf(condition), 1)
      redraw()
      changed()
    }
  }

  function valueFields(condition, kind) {
    const { operator, attribute } = condition
    if (operator === 'exists' || operator === 'absent') return []
    const { unit, values } = attributeWords(words, type, attribute)
    const withUnit = (label) => (unit && unit !== '1' ? label.map((word) => `${word} (${unit})`) : label)
    if (operator !== '..')
      return [
        field(
          withUnit(VALUE),
          control(kind, values, condition.value, (value) => {
            condition.value = value
          }),
        ),
      ]
    const ends = condition.value.split('..')
    return [FROM, TO].map((label, at) =>
      field(
        withUnit(label),
        control(kind, undefined, ends[at] ?? '', (value) => {
          ends[at] = value
          condition.value = `${ends[0] ?? ''}..${ends[1] ?? ''}`
        }),
      ),
    )
  }

  function control(kind, values, value, keep) {
    const input = ({ currentTarget }) => {
      keep(currentTarget.value)
      changed()
    }
    const some =
      kind === 'boolean'
        ? [
            ['true', ['có', 'true']],
            ['false', ['không', 'false']],
          ]
        : optionsOf(values)
    if (!some)
      return element('input', { type: INPUTS[kind] ?? 'text', step: 'any', value, input, required: true })
    const isListed = some.some(([one]) => one === value)
    if (!isListed) keep(some[0][0])
    return choice(undefined, some, isListed ? value : some[0][0], { change: input })
  }
}

const SIGNS = new Set(['==', '!=', '<', '<=', '>', '>='])

function optionsOf(values) {
  return (
    values &&
    Object.entries(values).map(([value, { vi, en }]) => [value, [`${vi} (${value})`, `${en} (${value})`]])
  )
}
