import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

const HEADERS = { Accept: 'application/geo+json' }

describe('4.5.17 Simplified GeoJSON Representation of Entities', () => {
  const api = useApi()
  const geometry = { type: 'Point', coordinates: [105, 21.5] }
  before(() =>
    api.create('urn:j:1', { location: geometry, a: { value: 1, unitCode: 'CEL' }, r: { object: 'urn:j:2' } }),
  )

  it('answers simplified attributes as properties', async () => {
    for (const query of ['?format=simplified', '?options=keyValues']) {
      const { body } = await api.send(`${ENTITIES}/urn:j:1${query}`, { headers: HEADERS })
      expect(body.geometry).to.deep.equal(geometry)
      expect(body.properties).to.deep.equal({ type: 'Room', location: geometry, a: 1, r: 'urn:j:2' })
    }
  })
})
