import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ROOT = '/ngsi-ld/v1'
const DEFAULT = 'https://uri.etsi.org/ngsi-ld/default-context/'
const CORE = 'https://uri.etsi.org/ngsi-ld/'

describe('5.7.5 to 5.7.10 Discovery of types and attributes', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const get = (path: string, accept?: string) =>
    hub.send(`${ROOT}${path}`, accept ? { headers: { Accept: accept } } : {})
  const answer = async (path: string) => {
    const { status, body, text } = await get(path)
    expect(status, text).to.equal(200)
    return body
  }

  it('answers empty lists while there is nothing', async () => {
    expect(await answer('/types')).to.include({ type: 'EntityTypeList' })
    expect((await answer('/types')).typeList).to.deep.equal([])
    expect((await answer('/attributes')).attributeList).to.deep.equal([])
    expect(await answer('/types?details=true')).to.deep.equal([])
    expect(await answer('/attributes?details=true')).to.deep.equal([])
  })

  describe('with entities', () => {
    before(async () => {
      const point = { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.5] } }
      const body = [
        { id: 'urn:d:1', type: 'Room', level: 1, location: point, 'https://example.org/x': 'text' },
        { id: 'urn:d:2', type: ['Room', 'Hall'], level: { type: 'Relationship', object: 'urn:d:1' } },
        {
          id: 'urn:d:3',
          type: 'Hall',
          level: [
            { type: 'Property', value: 1 },
            { type: 'Property', value: 2, datasetId: 'urn:d:set' },
          ],
        },
        { id: 'urn:d:4', type: 'Gone', gone: 1 },
      ]
      const made = await hub.send(`${ROOT}/entityOperations/create`, { method: 'POST', body })
      expect(made.status, made.text).to.equal(201)
      expect((await hub.send(`${ROOT}/entities/urn:d:4`, { method: 'DELETE' })).status).to.equal(204)
    })

    it('5.7.5 lists the types that have entities', async () => {
      const { id, ...list } = await answer('/types?local=true')
      expect(id).to.match(/^urn:ngsi-ld:EntityTypeList:/)
      expect(list).to.deep.equal({ type: 'EntityTypeList', typeList: ['Hall', 'Room'] })
    })

    it('5.7.6 tells the attributes of each type', async () => {
      expect(await answer('/types?details=true')).to.deep.equal([
        { id: `${DEFAULT}Hall`, type: 'EntityType', typeName: 'Hall', attributeNames: ['level'] },
        {
          id: `${DEFAULT}Room`,
          type: 'EntityType',
          typeName: 'Room',
          attributeNames: ['https://example.org/x', 'level', 'location'],
        },
      ])
    })

    it('5.7.7 tells a type by its short or full name, an entity of two types under each', async () => {
      const room = {
        id: `${DEFAULT}Room`,
        type: 'EntityTypeInfo',
        typeName: 'Room',
        entityCount: 2,
        attributeDetails: [
          {
            id: 'https://example.org/x',
            type: 'Attribute',
            attributeName: 'https://example.org/x',
            attributeTypes: ['Property'],
          },
          {
            id: `${DEFAULT}level`,
            type: 'Attribute',
            attributeName: 'level',
            attributeTypes: ['Property', 'Relationship'],
          },
          {
            id: `${CORE}location`,
            type: 'Attribute',
            attributeName: 'location',
            attributeTypes: ['GeoProperty'],
          },
        ],
      }
      for (const name of ['Room', encodeURIComponent(`${DEFAULT}Room`)])
        expect(await answer(`/types/${name}`)).to.deep.equal(room)
      expect((await answer('/types/Hall')).entityCount).to.equal(2)
    })

    it('5.7.8 lists the attributes, those of the system not', async () => {
      const { id, ...list } = await answer('/attributes')
      expect(id).to.match(/^urn:ngsi-ld:AttributeList:/)
      expect(list).to.deep.equal({
        type: 'AttributeList',
        attributeList: ['https://example.org/x', 'level', 'location'],
      })
    })

    it('5.7.9 tells the types of each attribute', async () => {
      const found: readonly { attributeName: string }[] = await answer('/attributes?details=true')
      expect(found.find(({ attributeName }) => attributeName === 'level')).to.deep.equal({
        id: `${DEFAULT}level`,
        type: 'Attribute',
        attributeName: 'level',
        typeNames: ['Hall', 'Room'],
      })
      expect(found).to.have.length(3)
    })

    it('5.7.10 counts the instances of an attribute once, whatever types their entities have', async () => {
      const level = {
        id: `${DEFAULT}level`,
        type: 'Attribute',
        attributeName: 'level',
        attributeCount: 4,
        attributeTypes: ['Property', 'Relationship'],
        typeNames: ['Hall', 'Room'],
      }
      for (const name of ['level', encodeURIComponent(`${DEFAULT}level`)])
        expect(await answer(`/attributes/${name}`)).to.deep.equal(level)
    })

    it('follows each change', async () => {
      const body = { type: 'Property', value: 5 }
      const path = `${ROOT}/entities/urn:d:2/attrs/level`
      expect((await hub.send(path, { method: 'PUT', body })).status).to.equal(204)
      expect((await answer('/attributes/level')).attributeTypes).to.deep.equal(['Property'])
      expect((await answer('/attributes/level')).attributeCount).to.equal(4)
      expect((await hub.send(path, { method: 'DELETE' })).status).to.equal(204)
      expect((await answer('/attributes/level')).attributeCount).to.equal(3)
    })

    it('is linked data with its @context when that is asked for', async () => {
      const { body, headers } = await get('/types?details=true', 'application/ld+json')
      expect(headers['content-type']).to.contain('application/ld+json')
      expect(body[0]).to.have.property('@context')
    })

    for (const [path, status, type] of [
      ['/types/None', 404, 'ResourceNotFound'],
      ['/types/Gone', 404, 'ResourceNotFound'],
      ['/attributes/gone', 404, 'ResourceNotFound'],
      ['/attributes/createdAt', 404, 'ResourceNotFound'],
      ['/attributes/scope', 404, 'ResourceNotFound'],
      ['/attributes/id', 404, 'ResourceNotFound'],
      ['/attributes/type', 404, 'ResourceNotFound'],
      ['/types?details=yes', 400, 'InvalidRequest'],
      ['/attributes?details=True', 400, 'InvalidRequest'],
      ['/attributes?local=1', 400, 'InvalidRequest'],
      ['/types/Room?details=true', 400, 'InvalidRequest'],
      ['/attributes/a%20b', 400, 'BadRequestData'],
    ] as const) {
      it(`answers ${path} with ${status}`, async () => {
        const { status: got, body } = await get(path)
        expect(got).to.equal(status)
        expect(body.type).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
      })
    }
  })
})
