import { expect } from 'chai'
import { LOCATION, OBSERVATION_SPACE } from '../../../broker/core/model/iri.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import type { GeoQuery, ScopeNode, TypeNode } from '../../../broker/core/query/ast.ts'
import { parseScopeQuery } from '../../../broker/core/query/parse-scope-query.ts'
import { typeText } from '../../../broker/federation/forward/type-text.ts'
import {
  type MatchRequest,
  matchRegistrations,
} from '../../../broker/federation/registry/match-registrations.ts'
import { iri, registration, table } from './support.ts'

const NOW = 1_767_225_600_000_000

const type = (name: string): TypeNode => ({ kind: 'type', type: iri(name) })
const or = (...nodes: TypeNode[]): TypeNode => ({ kind: 'or', nodes })
const and = (...nodes: TypeNode[]): TypeNode => ({ kind: 'and', nodes })

const SQUARE: JsonObject = {
  type: 'Polygon',
  coordinates: [
    [
      [105, 21],
      [106, 21],
      [106, 22],
      [105, 22],
      [105, 21],
    ],
  ],
}
const point = (...coordinates: number[]) => ({ type: 'Point', coordinates }) as const
const around = (longitude: number, latitude: number): GeoQuery => ({
  relation: 'intersects',
  geometry: point(longitude, latitude),
  property: LOCATION,
})
const near = (longitude: number, latitude: number, maxDistance: number): GeoQuery => ({
  ...around(longitude, latitude),
  relation: 'near',
  maxDistance,
})
const scope = (text: string): ScopeNode => parseScopeQuery(text)

/** Forwards in short: `types | ids or /pattern/ | attributes`, `*` where nothing narrows. */
function forwards(members: JsonObject, request: Partial<MatchRequest>): readonly string[] {
  const matched = matchRegistrations([registration(members)], {
    operations: ['queryEntity'],
    via: [],
    now: NOW,
    ...request,
  })
  return matched.map(({ types, ids, idPattern, attributes }) =>
    [
      types ? typeText(types, table) : '*',
      ids?.join(',') ?? (idPattern === undefined ? '*' : `/${idPattern}/`),
      attributes?.map(table.compact).join(',') ?? '*',
    ].join(' | '),
  )
}

const info = (...infos: JsonObject[]): JsonObject => ({ information: infos })
const entities = (...list: JsonObject[]): JsonObject => ({ entities: list })

describe('5.12 Matching Context Source Registrations', () => {
  const cases: readonly [string, JsonObject, Partial<MatchRequest>, readonly string[]][] = [
    ['the registered type matches', {}, { types: type('Bus') }, ['Bus | * | *']],
    ['another type does not', {}, { types: type('Tram') }, []],
    [
      'a list is narrowed to what is registered',
      {},
      { types: or(type('Tram'), type('Bus')) },
      ['Bus | * | *'],
    ],
    [
      'one side of a conjunction is enough',
      {},
      { types: and(type('Bus'), type('Electric')) },
      ['(Bus;Electric) | * | *'],
    ],
    ['no side of a conjunction is not', {}, { types: and(type('Tram'), type('Electric')) }, []],
    [
      'a list inside a conjunction is narrowed, so that only the registered type can come back',
      {},
      { types: and(type('Electric'), or(type('Bus'), type('Tram'))) },
      ['(Electric;Bus) | * | *'],
    ],
    ['no type asked: the registered one is', {}, { ids: ['urn:b:1'] }, ['Bus | urn:b:1 | *']],
    [
      'several registered types are a conjunction',
      info(entities({ type: [iri('Bus'), iri('Electric')] })),
      {},
      ['(Bus;Electric) | * | *'],
    ],
    [
      'nothing registered of entities: any matches',
      info({ propertyNames: [iri('speed')] }),
      { types: type('Tram') },
      ['Tram | * | speed'],
    ],
    [
      'a registered id matches',
      info(entities({ type: iri('Bus'), id: 'urn:b:1' })),
      { ids: ['urn:b:1', 'urn:b:2'] },
      ['Bus | urn:b:1 | *'],
    ],
    ['another id does not', info(entities({ type: iri('Bus'), id: 'urn:b:1' })), { ids: ['urn:b:2'] }, []],
    [
      'a query by type is narrowed to the registered id',
      info(entities({ type: iri('Bus'), id: 'urn:b:1' })),
      { types: type('Bus') },
      ['Bus | urn:b:1 | *'],
    ],
    [
      'ids are held against the registered pattern',
      info(entities({ type: iri('Bus'), idPattern: ':b:.*' })),
      { ids: ['urn:b:1', 'urn:c:1'] },
      ['Bus | urn:b:1 | *'],
    ],
    [
      'an id takes precedence over a pattern',
      info(entities({ type: iri('Bus'), id: 'urn:c:1', idPattern: ':b:' })),
      { ids: ['urn:b:1', 'urn:c:1'] },
      ['Bus | urn:c:1 | *'],
    ],
    [
      'a pattern is held against the registered id',
      info(entities({ type: iri('Bus'), id: 'urn:b:1' })),
      { idPattern: ':c:' },
      [],
    ],
    [
      'two patterns always match; the source gets its own',
      info(entities({ type: iri('Bus'), idPattern: ':b:' })),
      { idPattern: ':c:' },
      ['Bus | /:b:/ | *'],
    ],
    ['a pattern is passed on where none is registered', {}, { idPattern: ':c:' }, ['Bus | /:c:/ | *']],
    [
      'attributes are narrowed',
      info({ propertyNames: [iri('speed')], relationshipNames: [iri('line')] }),
      { attributes: [iri('line'), iri('colour')] },
      ['* | * | line'],
    ],
    [
      'no common attribute: no match',
      info({ propertyNames: [iri('speed')] }),
      { attributes: [iri('colour')] },
      [],
    ],
    [
      'no attributes asked: the registered ones are',
      info({ propertyNames: [iri('speed')] }),
      {},
      ['* | * | speed'],
    ],
    [
      'single ids of one type are one request',
      info(entities({ type: iri('Bus'), id: 'urn:b:1' }, { type: iri('Bus'), id: 'urn:b:2' })),
      {},
      ['Bus | urn:b:1,urn:b:2 | *'],
    ],
    [
      'types without ids are one request',
      info(entities({ type: iri('Bus') }, { type: iri('Tram') })),
      {},
      ['Bus,Tram | * | *'],
    ],
    [
      'what differs in types and ids is not put together',
      info(entities({ type: iri('Bus') }, { type: iri('Tram'), id: 'urn:t:1' })),
      {},
      ['Bus | * | *', 'Tram | urn:t:1 | *'],
    ],
    [
      'attributes of one part never go to the type of another',
      info(
        { entities: [{ type: iri('Bus') }], propertyNames: [iri('speed')] },
        { entities: [{ type: iri('Tram') }], propertyNames: [iri('line')] },
      ),
      {},
      ['Bus | * | speed', 'Tram | * | line'],
    ],
    [
      'a source whose pseudonym is in Via never matches',
      { contextSourceAlias: 'hub-a' },
      { via: ['hub-b', 'hub-a'] },
      [],
    ],
    [
      'another pseudonym in Via changes nothing',
      { contextSourceAlias: 'hub-a' },
      { via: ['hub-b'] },
      ['Bus | * | *'],
    ],
    [
      'federationOps is the default and has queryEntity',
      {},
      { operations: ['queryEntity'] },
      ['Bus | * | *'],
    ],
    ['federationOps does not have createEntity', {}, { operations: ['createEntity'] }, []],
    [
      'a single operation does not stand for others',
      { operations: ['retrieveEntity'] },
      { operations: ['queryEntity'] },
      [],
    ],
    [
      'a group stands for its operations',
      { operations: ['retrieveOps'] },
      { operations: ['queryEntity'] },
      ['Bus | * | *'],
    ],
    ['an expired one does not match', { expiresAt: '2026-01-01T00:00:00Z' }, {}, []],
    ['one that expires later does', { expiresAt: '2026-01-01T00:00:01Z' }, {}, ['Bus | * | *']],
    [
      'one of the registered scopes is enough',
      { scope: ['/a', '/b/c'] },
      { scope: scope('/b/+') },
      ['Bus | * | *'],
    ],
    ['none of the registered scopes is not', { scope: ['/a', '/b'] }, { scope: scope('/b/+') }, []],
    ['nothing registered of scopes: any matches', {}, { scope: scope('/b') }, ['Bus | * | *']],
    [
      'an area that the query may meet matches',
      { location: SQUARE },
      { geo: around(105.5, 21.5) },
      ['Bus | * | *'],
    ],
    ['an area away from it does not', { location: SQUARE }, { geo: around(120, 21.5) }, []],
    [
      'a distance reaches beyond the area',
      { location: SQUARE },
      { geo: near(106.5, 21.5, 60_000) },
      ['Bus | * | *'],
    ],
    ['a distance that is too short does not', { location: SQUARE }, { geo: near(106.5, 21.5, 40_000) }, []],
    [
      'an area says nothing of what is not in it',
      { location: SQUARE },
      { geo: { ...around(120, 21.5), relation: 'disjoint' } },
      ['Bus | * | *'],
    ],
    [
      'an area of another GeoProperty says nothing',
      { location: SQUARE },
      { geo: { ...around(120, 21.5), property: OBSERVATION_SPACE } },
      ['Bus | * | *'],
    ],
    ['nothing registered of areas: any matches', {}, { geo: around(120, 21.5) }, ['Bus | * | *']],
    [
      'a source of history is not asked for the current state',
      { observationInterval: { startAt: '2020-01-01T00:00:00Z' } },
      {},
      [],
    ],
    [
      'nor one of the current state for history',
      {},
      { temporal: { interval: 'observation', from: NOW, to: NOW } },
      [],
    ],
    [
      'a source of history is asked inside its open interval',
      { observationInterval: { startAt: '2020-01-01T00:00:00Z' } },
      { temporal: { interval: 'observation', from: NOW, to: NOW } },
      ['Bus | * | *'],
    ],
    [
      'but not for times of the other kind',
      { observationInterval: { startAt: '2020-01-01T00:00:00Z' } },
      { temporal: { interval: 'management', from: NOW, to: NOW } },
      [],
    ],
    ['datasetIds have to meet', { datasetId: ['urn:d:1'] }, { datasetIds: ['urn:d:2', '@none'] }, []],
    [
      'one common datasetId is enough',
      { datasetId: ['urn:d:1', '@none'] },
      { datasetIds: ['@none'] },
      ['Bus | * | *'],
    ],
    ['datasetIds of one side only do not narrow', {}, { datasetIds: ['urn:d:2'] }, ['Bus | * | *']],
  ]
  for (const [title, members, request, expected] of cases) {
    it(title, () => expect(forwards(members, request)).to.deep.equal(expected))
  }
})
