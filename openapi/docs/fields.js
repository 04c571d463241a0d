// Fields of forms, each with its label; words are pairs [Vietnamese, English].

import { both, element, say } from '/elements.js'

let made = 0

/** Puts a label above a control, and a hint below it. */
export function field(words, control, hint) {
  control.id ||= `field-${++made}`
  if (hint !== undefined) control.setAttribute('aria-describedby', `${control.id}-hint`)
  return element(
    'div',
    { class: 'field' },
    element('label', { for: control.id }, both(words)),
    control,
    hint === undefined ? undefined : element('small', { id: `${control.id}-hint` }, both(hint)),
  )
}

/** Makes a box that is ticked or not, with its label behind it, and what else is to be said of it. */
export function tick(name, words, attributes = {}, ...more) {
  const box = element('input', { type: 'checkbox', name, ...attributes })
  return element('label', { class: 'tick' }, box, element('span', {}, both(words), ...more))
}

/** Makes a list to choose one of; options are pairs of a value and its words. */
export function choice(name, options, chosen, more = {}) {
  return element(
    'select',
    { name, ...more },
    options.map((option) => optionOf(option, chosen)),
  )
}

/** Makes one option of a list. */
export function optionOf([value, words], chosen) {
  const label = typeof words === 'string' ? words : say(words)
  return element('option', { value, selected: value === chosen }, label)
}

/** Puts fields under one heading; one that is not `open` is unfolded by who needs it. */
export function group(words, ...children) {
  return element('fieldset', {}, element('legend', {}, both(words)), ...children)
}

/** Puts what few need behind its heading. */
export function folded(words, { open = false }, ...children) {
  return element('details', { class: 'folded', open }, element('summary', {}, both(words)), ...children)
}

/** Makes a button. */
export function button(words, click, more = {}) {
  return element('button', { type: 'button', click, ...more }, both(words))
}
