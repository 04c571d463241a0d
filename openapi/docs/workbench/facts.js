// What can be said of an attribute in a condition, by what the ontology says that it holds.

import { attributeWords } from '/vocabulary.js'

const OPERATORS = {
  number: ['==', '!=', '<', '<=', '>', '>=', '..'],
  time: ['>=', '<', '==', '..'],
  date: ['>=', '<=', '==', '..'],
  string: ['==', '!=', '~='],
  list: ['==', '!='],
  boolean: ['=='],
  uri: ['==', '!='],
  other: [],
}

/** What operators mean, in words. */
export const OPERATOR_WORDS = {
  '==': ['bằng', 'equals'],
  '!=': ['khác', 'differs from'],
  '<': ['nhỏ hơn', 'less than'],
  '<=': ['không lớn hơn', 'at most'],
  '>': ['lớn hơn', 'greater than'],
  '>=': ['không nhỏ hơn', 'at least'],
  '..': ['trong khoảng', 'between'],
  '~=': ['khớp mẫu', 'matches pattern'],
  exists: ['có giá trị', 'is there'],
  absent: ['không có giá trị', 'is not there'],
}

/** What an attribute holds: a kind of `operatorsFor`; of paths that the ontology does not know, undefined. */
export function kindOf(words, type, path) {
  if (/\.(?:observedAt|createdAt|modifiedAt)$/.test(path)) return 'time'
  const name = /^[^.[{]+/.exec(path)?.[0] ?? ''
  if (name !== path && !/\[(?:vi|en)\]$/.test(path)) return undefined
  const { kinds, value, values } = attributeWords(words, type, name)
  if (kinds === undefined) return undefined
  if (values) return 'list'
  if (kinds.includes('Relationship') || value === 'uri') return 'uri'
  return { integer: 'number', dateTime: 'time', object: 'other', geometry: 'other' }[value] ?? value
}

/** Answers the operators that make sense for what an attribute holds. */
export function operatorsFor(kind) {
  const own = OPERATORS[kind] ?? ['==', '!=', '<', '<=', '>', '>=', '..', '~=']
  return [...own, 'exists', 'absent']
}

/** Answers the paths by which conditions speak of an attribute: of a text in languages, one for each. */
export function pathsOf(words, type, name) {
  const { kinds = [] } = attributeWords(words, type, name)
  return kinds.includes('LanguageProperty') ? [name, `${name}[vi]`, `${name}[en]`] : [name]
}
