// What the ontology states of types and attributes, as elements.

import { both, element } from '/elements.js'

const PERSONAL = {
  none: ['không', 'none'],
  basic: ['cơ bản', 'basic'],
  sensitive: ['nhạy cảm', 'sensitive'],
}

/** Makes a pair of words of a text of the ontology. */
export function pair(text, otherwise = '') {
  return text ? [text.vi, text.en] : [otherwise, otherwise]
}

/** Makes the link to a term, by its name. */
export function termLink(name, section = '') {
  return element('a', { href: `/docs/ontology/${name}${section}` }, element('code', {}, name))
}

/** Makes a list of what is known; facts are pairs of words and elements, those without are left out. */
export function factList(facts) {
  return element(
    'dl',
    { class: 'facts' },
    facts
      .filter(([, value]) => value !== undefined && value.length !== 0)
      .map(([words, value]) => element('div', {}, element('dt', {}, both(words)), element('dd', {}, value))),
  )
}

/** Tells how personal an attribute is. */
export function personal({ personalData, children }) {
  return [
    element(
      'span',
      { class: personalData === 'none' ? 'soft' : `personal ${personalData}` },
      both(PERSONAL[personalData]),
    ),
    children ? element('small', {}, both(['có thể về trẻ em', 'may be of a child'])) : undefined,
  ]
}

/** Tells what the values of an attribute are: kind, type, unit, range, names, targets, parts. */
export function valueFacts(attribute, { units, valueLists, shapes }) {
  const {
    kinds,
    value,
    unit,
    minimum,
    maximum,
    values,
    target,
    geometry,
    shape,
    subAttributes = {},
  } = attribute
  const parts = Object.keys(subAttributes)
  const lines = [
    [element('code', {}, kinds.join(' | ')), value === undefined ? '' : ` ${value}`],
    unit && [`${units[unit]} (`, element('code', {}, unit), ')'],
    minimum !== undefined && `${number(minimum)} … ${number(maximum)}`,
    values && listedValues(values, valueLists[values] ?? {}),
    target && ['→ ', ...target.flatMap((name, at) => [at === 0 ? '' : ', ', termLink(name)])],
    geometry?.join(', '),
    shape && element('code', {}, `{ ${Object.keys(shapes[shape] ?? {}).join(', ')} }`),
    parts.length > 0 && ['+ ', ...parts.flatMap((name, at) => [at === 0 ? '' : ', ', termLink(name)])],
  ]
  return lines.filter(Boolean).map((line) => element('div', {}, line))
}

/** Lists the values that an attribute may have, behind how many there are. */
export function listedValues(name, list) {
  const values = Object.entries(list)
  return element(
    'details',
    { class: 'listed' },
    element('summary', {}, both([`${values.length} giá trị: ${name}`, `${values.length} values: ${name}`])),
    element(
      'dl',
      { class: 'values' },
      values.map(([value, text]) =>
        element(
          'div',
          {},
          element('dt', {}, element('code', {}, value)),
          element('dd', {}, both(pair(text))),
        ),
      ),
    ),
  )
}

/** Lists what other vocabularies call the same, a wider or a near thing. */
export function alignments({ same, sub, close }) {
  const marked = [
    ...same.map((iri) => ['=', iri]),
    ...sub.map((iri) => ['⊂', iri]),
    ...close.map((iri) => ['≈', iri]),
  ]
  return marked.map(([mark, iri]) => element('div', {}, `${mark} `, element('code', {}, iri)))
}

/** Lists the names that are understood as well; IRIs stand in the alignment already. */
export function synonyms({ name, synonyms: names = [] }) {
  const others = [...new Set(names)].filter((one) => !one.includes('/') && one !== name)
  return others.flatMap((one, at) => [at === 0 ? '' : ', ', element('code', {}, one)])
}

/** Tells since when not to use something, and what takes its place. */
export function deprecation({ deprecated, replacedBy }) {
  if (deprecated === undefined) return undefined
  return element(
    'p',
    { class: 'notice warning' },
    both([`Ngừng dùng từ ${deprecated}`, `Deprecated since ${deprecated}`]),
    replacedBy === undefined ? '' : [' → ', termLink(replacedBy)],
  )
}

function number(value) {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 6 }).format(value)
}
