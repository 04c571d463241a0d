// Writes a query down as a program that asks it by the typed client.

import { callsOf, Time } from '/docs/workbench/calls.js'

/** Answers a whole program, ready to be run by Node. */
export function typescript(request, { hub, isOpen, query, kindOf }) {
  const isPlain = query.view === 'table' || query.view === 'jsonld'
  const lines = isPlain ? typedQuery(request, { query, kindOf }) : anyRequest(request)
  const names = [
    'createClient',
    ...(lines.some((line) => line.includes(' time(') || line.includes('(time(')) ? ['time'] : []),
  ]
  return [
    `import { ${names.join(', ')} } from '@urban-data-hub/client'`,
    '',
    `const hub = createClient({ url: ${text(hub)}${isOpen ? '' : ', token: process.env.TOKEN ?? ""'.replaceAll('"', "'")} })`,
    ...lines,
  ].join('\n')
}

function typedQuery({ parameters, headers }, { query, kindOf }) {
  const given = Object.fromEntries(parameters)
  const { Accept: _, ...more } = headers
  const isHistory = query.source === 'history'
  const options = [
    ['q', conditionsText(query, kindOf)],
    ['geo', geoText(given)],
    ['scope', given.scopeQ && text(given.scopeQ)],
    ['id', given.id && text(given.id)],
    ...(isHistory ? historyOptions(given) : [['orderBy', given.orderBy && text(given.orderBy)]]),
    ['pick', given.pick && list(given.pick.split(','))],
    ['format', given.format && text(given.format)],
    ['lang', given.lang && text(given.lang)],
    ['options', given.options && text(given.options)],
    ['limit', given.limit],
    ['local', given.local],
    ['headers', Object.keys(more).length > 0 ? record(Object.entries(more)) : undefined],
  ].flatMap(([name, value]) => (value ? [`  ${name}: ${value},`] : []))
  return [
    `const answer = hub.${isHistory ? 'temporal' : 'entities'}.query(${text(query.type)}, {`,
    ...options,
    '})',
    'for await (const entity of answer) console.log(entity)',
  ]
}

function historyOptions({
  timerel,
  timeAt,
  endTimeAt,
  timeproperty,
  lastN,
  aggrMethods,
  aggrPeriodDuration,
}) {
  return [
    ['from', timerel !== 'before' && timeAt && text(timeAt)],
    ['to', timerel === 'before' ? text(timeAt) : endTimeAt && text(endTimeAt)],
    ['timeproperty', timeproperty !== 'observedAt' && timeproperty && text(timeproperty)],
    ['lastN', lastN],
    ['aggregate', aggrMethods && list(aggrMethods.split(','))],
    ['period', aggrPeriodDuration && text(aggrPeriodDuration)],
  ]
}

function conditionsText({ conditions, join }, kindOf) {
  const said = conditions
    .filter(({ attribute }) => attribute !== '')
    .map((condition) => callsText(callsOf(condition, kindOf(condition.attribute))))
  const [first, ...others] = said
  if (first === undefined) return undefined
  const joined = others.length === 0 ? '' : `.${join === 'any' ? 'or' : 'and'}(${others.join(', ')})`
  return `(attribute) => ${first}${joined}`
}

function callsText(calls) {
  return calls.map(([name, ...values]) => `${name}(${values.map(value).join(', ')})`).join('.')
}

function value(given) {
  if (given instanceof Time) return `time(${text(given.text)})`
  return typeof given === 'string' ? text(given) : String(given)
}

function geoText({ georel, geometry, coordinates }) {
  if (georel === undefined) return undefined
  const [relation, distance] = georel.split(';maxDistance==')
  const parts = [
    `relation: ${text(relation)}`,
    ...(distance === undefined ? [] : [`maxDistance: ${distance}`]),
    `geometry: { type: ${text(geometry)}, coordinates: ${coordinates} }`,
  ]
  return `{ ${parts.join(', ')} }`
}

/** What the typed query does not answer goes by the operation as the OpenAPI document has it. */
function anyRequest({ path, parameters, headers }) {
  const isJson = /json/.test(headers.Accept)
  return [
    `const { data } = await hub.api.GET(${text(path)}, {`,
    `  params: { query: ${record(parameters.map(([name, given]) => [name, given]))} },`,
    `  headers: ${record(Object.entries(headers))},`,
    ...(isJson ? [] : ["  parseAs: 'text',"]),
    '})',
    'console.log(data)',
  ]
}

function record(pairs) {
  return `{ ${pairs.map(([name, given]) => `${/^\w+$/.test(name) ? name : text(name)}: ${plain(given)}`).join(', ')} }`
}

/** Numbers and truths of parameters are such in the client. */
function plain(given) {
  return /^(?:\d+|true|false)$/.test(given) ? given : text(given)
}

function list(names) {
  return `[${names.map(text).join(', ')}]`
}

function text(given) {
  return `'${given.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}
