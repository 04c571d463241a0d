import type { Entity } from '../broker/core/model/entity.ts'
import type { EntityUnit } from '../broker/store/port/store.ts'
import { createUnit, instance } from './store-alone.ts'

/** A kind of query whose cost must follow its answer; `groups` sets of 20 entities each are there. */
export interface GrowthQuery {
  readonly name: string
  readonly path: (group: number, groups: number) => string
}

const ENTITIES = '/ngsi-ld/v1/entities'
const START = Date.UTC(2026, 0, 1)
/** Degrees between the places of two groups: about 1 km. */
const APART = 0.01
/** Groups from west to east. */
const COLUMNS = 1000

/** The entity of a growing store as a store gets it, without HTTP. */
export function grownUnit(at: number, groups: number): EntityUnit {
  const group = at % groups
  const seat = Math.floor(at / groups)
  const [longitude, latitude] = placeOf(group)
  const types = group % RARE === 0 ? ['GrownThing', `RareThing${group}`] : ['GrownThing']
  const next: Entity = {
    id: `urn:ngsi-ld:GrownThing:${group}:${seat}`,
    types: types.map((name) => `${VOCABULARY}${name}`),
    scopes: [`/growth/group${group}`],
    createdAt: START * 1000,
    modifiedAt: START * 1000,
    attributes: {
      [`${VOCABULARY}level`]: [instance('Property', group + seat / 1000)],
      [`${VOCABULARY}group`]: [instance('Property', group)],
      [`${VOCABULARY}label`]: [instance('Property', `group ${group}`)],
      [`${VOCABULARY}seen`]: [instance('Property', timeOf(group))],
      [`${VOCABULARY}refGroup`]: [instance('Relationship', `urn:ngsi-ld:Group:${group}`)],
      'https://uri.etsi.org/ngsi-ld/location': [
        instance('GeoProperty', { type: 'Point', coordinates: [longitude + seat * 1e-5, latitude] }),
      ],
    },
  }
  return createUnit(next)
}

const VOCABULARY = 'https://uri.etsi.org/ngsi-ld/default-context/'

/** Answers the text of an entity of a growing store: its group says all that queries look for. */
export function grownEntity(at: number, groups: number): string {
  const group = at % groups
  const seat = Math.floor(at / groups)
  const [longitude, latitude] = placeOf(group)
  return JSON.stringify({
    id: `urn:ngsi-ld:GrownThing:${group}:${seat}`,
    type: group % RARE === 0 ? ['GrownThing', `RareThing${group}`] : 'GrownThing',
    scope: `/growth/group${group}`,
    level: { type: 'Property', value: group + seat / 1000 },
    group: { type: 'Property', value: group },
    label: { type: 'Property', value: `group ${group}` },
    seen: { type: 'Property', value: timeOf(group) },
    refGroup: { type: 'Relationship', object: `urn:ngsi-ld:Group:${group}` },
    location: {
      type: 'GeoProperty',
      value: { type: 'Point', coordinates: [longitude + seat * 1e-5, latitude] },
    },
  })
}

/** Of so many groups one has a type of its own. */
const RARE = 25

/** The families of queries that indexes answer, each with 20 matches. */
export const QUERIES: readonly GrowthQuery[] = [
  { name: 'id', path: (group) => typed(`id=${idsOf(group)}`) },
  { name: 'type', path: (group) => `${ENTITIES}?type=RareThing${group - (group % RARE)}&limit=20` },
  { name: 'scope', path: (group) => typed(`scopeQ=/growth/group${group}`) },
  { name: 'number ==', path: (group) => asking(`group==${group}`) },
  { name: 'number range', path: (group) => asking(`level==${group}..${group + 0.5}`) },
  { name: 'string ==', path: (group) => asking(`label=="group ${group}"`) },
  { name: 'string range', path: (group) => asking(`label=="group ${group}".."group ${group} "`) },
  { name: 'time ==', path: (group) => asking(`seen==${timeOf(group)}`) },
  { name: 'time range', path: (group) => asking(`seen==${timeOf(group)}..${halfAfter(group)}`) },
  { name: 'URI ==', path: (group) => asking(`refGroup==urn:ngsi-ld:Group:${group}`) },
  { name: 'near', path: (group) => typed(`${near(group)}&georel=near;maxDistance==200`) },
  { name: 'within', path: (group) => typed(`${around(group)}&georel=within`) },
  { name: 'intersects', path: (group) => typed(`${around(group)}&georel=intersects`) },
]

function typed(rest: string): string {
  return `${ENTITIES}?type=GrownThing&${rest}&limit=20`
}

function asking(q: string): string {
  return typed(`q=${encodeURIComponent(q)}`)
}

function near(group: number): string {
  return `geometry=Point&coordinates=${JSON.stringify(placeOf(group))}`
}

function around(group: number): string {
  const [longitude, latitude] = placeOf(group)
  const [west, east] = [longitude - 0.002, longitude + 0.002]
  const [south, north] = [latitude - 0.002, latitude + 0.002]
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  return `geometry=Polygon&coordinates=${JSON.stringify([ring])}`
}

function placeOf(group: number): readonly [number, number] {
  return [100 + (group % COLUMNS) * APART, 10 + Math.floor(group / COLUMNS) * APART]
}

function timeOf(group: number): string {
  return `${new Date(START + group * 1000).toISOString().slice(0, -5)}Z`
}

function halfAfter(group: number): string {
  return timeOf(group).replace('Z', '.5Z')
}

function idsOf(group: number): string {
  return Array.from({ length: 20 }, (_, seat) => `urn:ngsi-ld:GrownThing:${group}:${seat}`).join(',')
}
