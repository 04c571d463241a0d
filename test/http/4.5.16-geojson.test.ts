import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

const HEADERS = { Accept: 'application/geo+json' }

describe('4.5.16 GeoJSON Representation of Entities', () => {
  const api = useApi()
  const point = (x: number) => ({ type: 'Point', coordinates: [x, 21.5] })
  const location = { type: 'GeoProperty', value: point(105) }
  before(async () => {
    await api.create('urn:j:1', { location, place: point(106), a: 1 })
    await api.create('urn:j:2', { a: 2 })
  })
  const feature = async (path: string) => {
    const answer = await api.send(ENTITIES + path, { headers: HEADERS })
    expect([answer.status, answer.headers['content-type']]).to.deep.equal([200, 'application/geo+json'])
    return answer.body
  }

  it('answers a Feature with type and attributes as properties, the geometry among them', async () => {
    const { '@context': context, ...body } = await feature('/urn:j:1')
    expect(body).to.deep.equal({
      id: 'urn:j:1',
      type: 'Feature',
      geometry: location.value,
      properties: {
        type: 'Room',
        location,
        place: { type: 'GeoProperty', value: point(106) },
        a: { type: 'Property', value: 1 },
      },
    })
    expect(context).to.not.equal(undefined)
  })

  it('answers a null geometry when the entity has none', async () => {
    expect((await feature('/urn:j:2')).geometry).to.equal(null)
  })

  it('takes the geometry from the GeoProperty that geometryProperty names', async () => {
    expect((await feature('/urn:j:1?geometryProperty=place')).geometry).to.deep.equal(point(106))
    expect((await feature('/urn:j:1?geometryProperty=unknown')).geometry).to.equal(null)
    expect((await feature('/urn:j:1?geometryProperty=a')).geometry).to.equal(null)
  })

  it('takes the default instance of several, or the one in the dataset that is asked for', async () => {
    const instances = [location, { type: 'GeoProperty', value: point(107), datasetId: 'urn:j:d' }]
    await api.create('urn:j:3', { type: 'Hall', location: instances })
    expect((await feature('/urn:j:3')).geometry).to.deep.equal(point(105))
    expect((await feature('/urn:j:3?datasetId=urn:j:d')).geometry).to.deep.equal(point(107))
  })

  it('answers a FeatureCollection to a query, also an empty one', async () => {
    const { '@context': context, ...body } = await feature('?type=Room')
    expect(body.type).to.equal('FeatureCollection')
    expect(body.features.map(({ id }: { id: string }) => id)).to.have.members(['urn:j:1', 'urn:j:2'])
    for (const each of body.features) expect(each).to.not.have.property('@context')
    expect(context).to.not.equal(undefined)
    expect(await feature('?type=Nothing')).to.deep.include({ type: 'FeatureCollection', features: [] })
  })

  it('refuses geometryProperty for other representations', async () => {
    await api.refused(api.send(`${ENTITIES}/urn:j:1?geometryProperty=place`), 400, 'BadRequestData')
    await api.refused(api.send(`${ENTITIES}?type=Room&geometryProperty=place`), 400, 'BadRequestData')
  })
})
