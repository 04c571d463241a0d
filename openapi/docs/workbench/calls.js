// Conditions as calls of the builder of the typed client: to be made, and to be written down.

const METHODS = {
  '==': 'equal',
  '!=': 'unequal',
  '<': 'less',
  '<=': 'lessOrEqual',
  '>': 'greater',
  '>=': 'greaterOrEqual',
  '..': 'between',
  '~=': 'like',
}
const MEMBERS = new Set(['observedAt', 'createdAt', 'modifiedAt', 'expiresAt', 'unitCode', 'datasetId'])
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const TIME = /^(?:\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z)?|\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z)$/

/** An instant or a day in an argument: in the client made by `time`. */
export class Time {
  constructor(text) {
    this.text = text
  }
}

/** Answers the calls that make a condition: each the name of a method and its arguments; the first begins the path. */
export function callsOf({ attribute, operator, value }, kind) {
  const path = pathCalls(attribute)
  if (operator === 'exists' || operator === 'absent') return [...path, [operator]]
  const ends = operator === '..' ? value.split('..') : [value]
  const values = ends.map((end) => (operator === '~=' ? end : typed(end.trim(), kind)))
  return [...path, [METHODS[operator], ...values]]
}

/** `name.sub.observedAt`, `name[vi]`, `address[street.number]`, or an IRI. */
function pathCalls(text) {
  const [, name, behind, keys] = /^([^.[\]{}]+)((?:\.[^.[\]{}]+)*)(?:\[([^\]]+)\])?$/.exec(text) ?? [
    text,
    text,
    '',
  ]
  const more = behind.split('.').filter(Boolean)
  return [
    ['attribute', name],
    ...more.map((part) => [MEMBERS.has(part) ? 'member' : 'sub', part]),
    ...(keys === undefined ? [] : [['key', ...keys.split('.')]]),
  ]
}

/** A value as what its attribute holds; of what nobody knows, as what it looks like. */
function typed(text, kind) {
  if (kind === 'string' || kind === 'list' || kind === 'uri') return text
  if (kind === 'boolean' || (kind === undefined && (text === 'true' || text === 'false')))
    return text === 'true'
  if (kind === 'time' || kind === 'date') return new Time(kind === 'time' ? utc(text) : text)
  if (NUMBER.test(text)) return Number(text)
  return TIME.test(text) ? new Time(text) : text
}

/** Fields of time are of Việt Nam, times of queries in UTC; what is no time stays as it is, for the hub to judge. */
export function utc(local) {
  if (local === '') return ''
  const at = new Date(`${local}${local.length === 10 ? 'T00:00' : ''}+07:00`)
  return Number.isNaN(at.getTime()) ? local : at.toISOString().replace('.000Z', 'Z')
}
