import { dayOf, type UnitLevel, type UnitRegister } from '../../core/model/administrative-unit.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import type { findUnits, PlaceOnDay, retrieveUnit } from '../../operations/units/find-units.ts'
import { pageRequest } from '../decode/entity-parameters.ts'
import { who } from '../decode/who.ts'
import { unitDocument, unitFeature } from '../encode/unit-document.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind administrative units, and what their answers are made of. */
export interface UnitOperations {
  readonly findUnits: ReturnType<typeof findUnits>
  readonly retrieveUnit: ReturnType<typeof retrieveUnit>
  readonly units: UnitRegister
  readonly clock: () => Micros
}

const LIMITS = { standard: 100, most: 1000 }
const LEVELS: readonly string[] = ['commune', 'district', 'province']
const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/

/** Routes of `/hub/v1/units`: administrative units over time; ours, not the standard's. */
export function unitRoutes({ units, clock, ...operations }: UnitOperations): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/units',
      body: 'none',
      produces: ['application/json', 'application/geo+json'],
      parameters: ['code', 'name', 'on', 'level', 'point', 'limit', 'offset', 'count'],
      handle: find,
    },
    {
      method: 'GET',
      path: '/hub/v1/units/:id',
      body: 'none',
      produces: ['application/json', 'application/geo+json'],
      handle: retrieve,
    },
  ]

  async function find(request: HubRequest): Promise<HubAnswer> {
    const { query } = request
    const place = placeOf(query)
    const search = {
      ...textOf(query, 'code', /^(?:\d{2}|\d{3}|\d{5})$/, 'has 2, 3 or 5 digits'),
      ...textOf(query, 'name', /^[\p{L}\p{M}\p{N}\p{P}\s]{1,200}$/u, 'is a name of at most 200 characters'),
      ...(query.has('on') && { on: dayIn(query) }),
      ...levelOf(query),
    }
    const { limit, offset = 0, count } = pageRequest(query, LIMITS)
    const found = await operations.findUnits({ ...who(request), search, ...(place && { place }) })
    const page = found.slice(offset, offset + limit)
    const headers = count ? { 'NGSILD-Results-Count': String(found.length) } : {}
    if (request.accept !== 'application/geo+json')
      return { status: 200, headers, body: page.map((unit) => unitDocument(unit, units)) }
    const features = page.map((unit) => unitFeature(unit, units))
    return {
      status: 200,
      headers,
      body: { type: 'FeatureCollection', features },
      contentType: request.accept,
    }
  }

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const unit = await operations.retrieveUnit({ ...who(request), id: request.params.id ?? '' })
    if (request.accept === 'application/geo+json')
      return { status: 200, body: unitFeature(unit, units), contentType: request.accept }
    const { whole, partly } = units.contents(unit.id)
    const contents: JsonObject = { whole: [...whole], partly: [...partly] }
    return { status: 200, body: { ...unitDocument(unit, units), contents } }
  }

  /** Without a day it is that of today. */
  function placeOf(query: URLSearchParams): PlaceOnDay | undefined {
    const text = query.get('point')
    if (text === null) return undefined
    const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
    const [east = Number.NaN, north = Number.NaN] = numbers
    if (numbers.length !== 2 || !(Math.abs(east) <= 180 && Math.abs(north) <= 90))
      throw badRequestData('Parameter point is not a longitude and a latitude, such as 105.8482,21.5942')
    return { position: [east, north], day: query.has('on') ? dayIn(query) : dayOf(clock()) }
  }
}

function textOf(
  query: URLSearchParams,
  name: 'code' | 'name',
  pattern: RegExp,
  wanted: string,
): Partial<Record<'code' | 'name', string>> {
  const text = query.get(name)
  if (text === null) return {}
  if (!pattern.test(text)) throw badRequestData(`Parameter ${name} is not what it should be: it ${wanted}`)
  return { [name]: text }
}

/** A day, or the instant of an observation. */
function dayIn(query: URLSearchParams): string {
  const text = query.get('on') ?? ''
  if (DAY.test(text)) return text
  const at = parseDateTime(text)
  if (at === undefined)
    throw badRequestData('Parameter on is neither a day, such as 2025-06-30, nor a DateTime')
  return dayOf(at)
}

function levelOf(query: URLSearchParams): { readonly level?: UnitLevel } {
  const level = query.get('level')
  if (level === null) return {}
  if (!LEVELS.includes(level)) throw badRequestData(`Parameter level is not one of ${LEVELS.join(', ')}`)
  return { level: level as UnitLevel } // checked above
}
