import type { LoadRequest } from './load.ts'

/** Answers an entity of the benches: five attributes, about 550 bytes; every `pages`th has the same pm25. */
export function entity(name: string, at: number, pages: number): string {
  return JSON.stringify({
    id: id(name),
    type: 'AirQualityObserved',
    pm25: { type: 'Property', value: at % pages, unitCode: 'GQ', observedAt: '2026-01-01T00:00:00Z' },
    pm10: { type: 'Property', value: (at * 7) % 600, unitCode: 'GQ', observedAt: '2026-01-01T00:00:00Z' },
    stationCode: { type: 'Property', value: `TNG-${at}` },
    refDevice: { type: 'Relationship', object: `urn:ngsi-ld:Device:bench-${at}` },
    location: {
      type: 'GeoProperty',
      value: { type: 'Point', coordinates: [105.7 + (at % 100) / 400, 21.4 + ((at / 100) % 100) / 400] },
    },
  })
}

/** Names an entity of the benches. */
export function id(name: string | number): string {
  return `urn:ngsi-ld:AirQualityObserved:bench-${name}`
}

/** Creates the entity with this number. */
export function create(at: number, pages: number): LoadRequest {
  return { method: 'POST', path: '/ngsi-ld/v1/entities', body: entity(`c-${at}`, at, pages) }
}

/** Creates 20 entities in one request. */
export function createBatch(at: number, pages: number): LoadRequest {
  const items = Array.from({ length: 20 }, (_, item) => entity(`b-${at}-${item}`, at, pages))
  return { method: 'POST', path: '/ngsi-ld/v1/entityOperations/create', body: `[${items.join(',')}]` }
}

/** Changes one attribute; leaves pm25 alone, so that the queries go on matching as many entities. */
export function update(at: number, population: number): LoadRequest {
  return {
    method: 'PATCH',
    path: `/ngsi-ld/v1/entities/${id(at % population)}/attrs`,
    body: JSON.stringify({ pm10: { type: 'Property', value: at / 10, unitCode: 'GQ' } }),
  }
}

/** Reads one entity. */
export function retrieve(at: number, population: number): LoadRequest {
  return { method: 'GET', path: `/ngsi-ld/v1/entities/${id(at % population)}` }
}

/** Asks for one of the pages of 20. */
export function query(at: number, pages: number): LoadRequest {
  return {
    method: 'GET',
    path: `/ngsi-ld/v1/entities?type=AirQualityObserved&q=pm25==${at % pages}&limit=20`,
  }
}
