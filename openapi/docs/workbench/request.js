// Makes the request of a query: what is sent, shown as a URL, and written down for other programs.

import { geoParameters, scopeText } from '/client.js'
import { utc } from '/docs/workbench/calls.js'
import { writeQ } from '/docs/workbench/write-q.js'

const ENTITIES = '/ngsi-ld/v1/entities'
const HISTORY = '/ngsi-ld/v1/temporal/entities'
const ACCEPT = {
  table: 'application/json',
  jsonld: 'application/ld+json',
  map: 'application/geo+json',
  rdf: 'text/turtle',
}

/** Answers path, parameters and headers of a query; `kindOf` tells what an attribute holds. @throws TypeError for what no query can hold */
export function requestOf(query, kindOf) {
  const parameters = Object.entries({
    ...selection(query, kindOf),
    ...(query.source === 'history' ? time(query) : order(query)),
    ...form(query),
    limit: String(query.limit),
    count: query.count ? 'true' : '',
    local: query.local ? 'true' : '',
  }).filter(([, value]) => value !== '' && value !== undefined)
  return {
    path: query.source === 'history' ? HISTORY : ENTITIES,
    parameters,
    headers: {
      Accept: ACCEPT[query.view],
      // header values are of Latin letters only
      ...(query.unit !== '' && { 'Hub-Unit': encodeURIComponent(query.unit) }),
    },
  }
}

/** Answers the URL of a request, relative to the hub. */
export function urlOf({ path, parameters }) {
  return `${path}?${new URLSearchParams(parameters)}`
}

function selection(query, kindOf) {
  return {
    type: query.type,
    id: query.id,
    q: writeQ(query.conditions, { join: query.join, kindOf }),
    ...place(query),
    scopeQ: query.scope === '' ? '' : scopeText(query.scope.split('|').map((group) => group.split(';'))),
  }
}

function place({ relation, geometry, positions, distance }) {
  if (relation === '' || positions.length === 0) return {}
  const isNear = relation === 'near'
  return geoParameters({
    relation,
    ...(isNear && { maxDistance: Number(distance) }),
    geometry: geometryOf(isNear ? 'Point' : geometry, positions),
  })
}

/** An outline ends where it begins. */
function geometryOf(type, positions) {
  if (type === 'Point') return { type, coordinates: positions[0] }
  if (type === 'LineString') return { type, coordinates: positions }
  const [first] = positions
  const last = positions.at(-1)
  const isClosed = positions.length > 1 && first[0] === last[0] && first[1] === last[1]
  return { type, coordinates: [isClosed ? positions : [...positions, first]] }
}

function time({ timerel, timeAt, endTimeAt, timeproperty, lastN, methods, period }) {
  return {
    timerel,
    ...(timerel !== '' && { timeAt: utc(timeAt), timeproperty }),
    ...(timerel === 'between' && { endTimeAt: utc(endTimeAt) }),
    lastN,
    ...(methods.length > 0 && { aggrMethods: methods.join(','), aggrPeriodDuration: period }),
  }
}

function order({ orderBy, descending }) {
  return orderBy === '' ? {} : { orderBy: descending ? `${orderBy};desc` : orderBy }
}

function form({ source, view, format, methods, pick, lang, sysAttrs }) {
  return {
    pick: pick.length === 0 ? '' : ['id', 'type', ...pick].join(','),
    format: formatOf({ source, view, format, methods }),
    lang,
    options: sysAttrs ? 'sysAttrs' : '',
  }
}

/** A table and a map need values alone, a graph the normalized form; aggregates are a form of their own. */
function formatOf({ source, view, format, methods }) {
  if (view === 'rdf') return ''
  if (source === 'history' && methods.length > 0) return 'aggregatedValues'
  if (view === 'table') return source === 'history' ? 'temporalValues' : 'simplified'
  return format === '' && view === 'map' ? 'simplified' : format
}
