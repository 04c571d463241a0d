// Shows values of simplified entities as people read them.

import { both, element, moment } from '/elements.js'

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z$/

/** Shows any value of an attribute; codes by their names, where these are known. */
export function show(value, values = {}) {
  if (typeof value === 'string' && Object.hasOwn(values, value))
    return both([values[value].vi, values[value].en])
  if (value === null || value === undefined) return '–'
  if (typeof value === 'string') return DATE_TIME.test(value) ? moment(value) : value
  if (typeof value === 'boolean') return value ? 'có · yes' : 'không · no'
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value))
    return value.length === 0
      ? '–'
      : element(
          'ul',
          { class: 'values' },
          value.map((item) => element('li', {}, show(item, values))),
        )
  return showObject(value)
}

function showObject(value) {
  if (value['@value'] !== undefined) return show(value['@value'])
  if (value.languageMap) return show(value.languageMap.vi ?? Object.values(value.languageMap)[0])
  if (value.vocab !== undefined) return show(value.vocab)
  if (value.json !== undefined) return element('code', {}, JSON.stringify(value.json))
  if (value.type === 'Point' && Array.isArray(value.coordinates)) return showPoint(value.coordinates)
  if (typeof value.type === 'string' && Array.isArray(value.coordinates))
    return `${value.type} (${positions(value.coordinates)} điểm · positions)`
  return element(
    'dl',
    { class: 'values' },
    Object.entries(value).map(([name, member]) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, show(member))),
    ),
  )
}

function showPoint([longitude, latitude]) {
  return element('span', { class: 'place' }, `${latitude}° B, ${longitude}° Đ`)
}

function positions(coordinates) {
  return typeof coordinates[0] === 'number' ? 1 : coordinates.reduce((sum, item) => sum + positions(item), 0)
}

/** Answers the part of an id that tells it from others of its type. */
export function shortId(id) {
  return id.replace(/^urn:ngsi-ld:/, '')
}

/** Answers what an entity is called. */
export function nameOf(entity) {
  for (const name of ['name', 'title', 'stationName', 'category']) {
    const value = entity[name]?.languageMap?.vi ?? entity[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return shortId(entity.id)
}
