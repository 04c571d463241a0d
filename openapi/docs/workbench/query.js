// A query as the form has it, and as the address of the page keeps it.

/** What a form shows that nobody has filled in. */
export const EMPTY = Object.freeze({
  source: 'entities',
  ...{ type: '', id: '', pick: [], conditions: [], join: 'all' },
  ...{ relation: '', geometry: 'Polygon', positions: [], distance: '1000', scope: '', unit: '' },
  ...{ orderBy: '', descending: false, limit: 20, count: true, local: false },
  ...{ timerel: '', timeAt: '', endTimeAt: '', timeproperty: 'observedAt', lastN: '' },
  ...{ methods: [], period: '' },
  ...{ view: 'table', format: '', lang: '', sysAttrs: false },
})

const CONDITION = 'condition'

/** Writes what of a query is not as in an empty form; a condition is a JSON array of attribute, operator and value. */
export function addressOf(query) {
  const address = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (name === 'conditions')
      for (const { attribute, operator, value: compared } of value)
        address.append(CONDITION, JSON.stringify([attribute, operator, compared]))
    else if (name === 'positions') {
      if (value.length > 0) address.set(name, value.map((position) => position.join(',')).join(';'))
    } else if (Array.isArray(value)) {
      if (value.length > 0) address.set(name, value.join(','))
    } else if (value !== EMPTY[name]) address.set(name, String(value))
  }
  return address.toString()
}

/** Reads a query out of an address; what it does not say, or cannot be, is as in an empty form. */
export function queryIn(address) {
  const given = new URLSearchParams(address)
  const query = { ...EMPTY }
  for (const [name, text] of given) if (Object.hasOwn(EMPTY, name)) query[name] = readAs(name, text)
  query.conditions = given.getAll(CONDITION).flatMap(conditionIn)
  return query
}

function readAs(name, text) {
  const usual = EMPTY[name]
  if (name === 'positions') return text.split(';').flatMap(positionIn)
  if (Array.isArray(usual)) return text.split(',').filter(Boolean)
  if (typeof usual === 'boolean') return text === 'true'
  if (typeof usual === 'number') return Number(text) || usual
  return text
}

/** Reads a longitude and a latitude out of a text, as a list of one; of none where it is something else. */
export function positionIn(text) {
  const numbers = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number)
  const [longitude, latitude] = numbers
  return numbers.length === 2 && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 ? [numbers] : []
}

function conditionIn(text) {
  try {
    const parts = JSON.parse(text)
    if (!Array.isArray(parts) || parts.length !== 3) return []
    const [attribute, operator, value] = parts.map(String)
    return [{ attribute, operator, value }]
  } catch {
    return []
  }
}
