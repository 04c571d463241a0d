import { expect } from 'chai'
import { ENTITIES, linkTo, query, useApi } from '../support/api.ts'

const BASE = 'https://example.org/'
const TERMS = {
  ...Object.fromEntries(
    ['Room', 'Office', 'level', 'by', 'Celsius', 'place', 'use', 'office'].map((term) => [term, BASE + term]),
  ),
}

describe('5.5.7 Term to URI expansion or compaction', () => {
  const api = useApi()
  let link: Record<string, string> = {}
  before(async () => {
    const { headers } = await api.write('POST', '/ngsi-ld/v1/jsonldContexts', { '@context': TERMS })
    link = { ...linkTo(api.hub.url + headers.location) }
    await api.create(
      'urn:z:1',
      {
        level: { type: 'Property', value: { level: 'level' }, valueType: 'Celsius', by: { value: 1 } },
        use: { type: 'VocabProperty', vocab: 'office' },
        data: { type: 'JsonProperty', json: { level: 'Room' } },
        to: { type: 'Relationship', object: 'urn:z:2', objectType: 'Office' },
        place: { type: 'Point', coordinates: [105.8, 21.5] },
        scope: '/level',
      },
      link,
    )
  })

  it('expands types, names of attributes and sub-attributes, vocabularies, valueType and objectType', async () => {
    const entity = await api.read('urn:z:1')
    expect(entity).to.include.all.keys('id', 'type', ...['level', 'use', 'place'].map((name) => BASE + name))
    expect(entity.type).to.equal(`${BASE}Room`)
    expect(entity[`${BASE}level`].valueType).to.equal(`${BASE}Celsius`)
    expect(entity[`${BASE}level`]).to.have.property(`${BASE}by`)
    expect(entity[`${BASE}use`].vocab).to.equal(`${BASE}office`)
    expect(entity.to.objectType).to.equal(`${BASE}Office`)
  })

  it('expands nothing inside values, JSON and scopes', async () => {
    const entity = await api.read('urn:z:1')
    expect(entity[`${BASE}level`].value).to.deep.equal({ level: 'level' })
    expect(entity.data.json).to.deep.equal({ level: 'Room' })
    expect(entity.scope).to.equal('/level')
  })

  it('compacts all of it again with the @context of the call', async () => {
    const entity = await api.read('urn:z:1', '', link)
    expect(JSON.stringify(entity)).to.not.include(BASE)
    expect(entity.level).to.include({ valueType: 'Celsius' })
    expect(entity.use.vocab).to.equal('office')
  })

  describe('expands names in parameters', () => {
    for (const [title, parameters] of [
      ['type', { type: 'Room' }],
      ['type as a URI', { type: `${BASE}Room` }],
      ['attrs', { attrs: 'level' }],
      ['q', { q: 'level.by==1' }],
      ['q with a URI', { q: `${BASE}level` }],
      ['q with a vocabulary', { q: 'use=="office"', expandValues: 'use' }],
      [
        'geoproperty',
        {
          georel: 'near;maxDistance==10',
          geometry: 'Point',
          coordinates: '[105.8,21.5]',
          geoproperty: 'place',
        },
      ],
    ] as const) {
      it(title, async () => {
        expect(await api.ids(query(parameters), link)).to.deep.equal(['urn:z:1'])
      })
    }

    it('pick and omit', async () => {
      expect(await api.read('urn:z:1', '?pick=level', link)).to.have.all.keys('level')
      expect(await api.read('urn:z:1', '?omit=level', link)).to.not.have.property('level')
      expect(await api.read('urn:z:1', `?pick=${encodeURIComponent(`${BASE}level`)}`)).to.have.all.keys(
        `${BASE}level`,
      )
    })

    it('the name of an attribute in a path', async () => {
      const path = `${ENTITIES}/urn:z:1/attrs/level`
      await api.refused(api.write('PATCH', path, { by: { value: 2 } }), 404, 'ResourceNotFound')
      expect((await api.write('PATCH', path, { by: { value: 2 } }, link)).status).to.equal(204)
    })
  })

  it('finds nothing by short names of another @context', async () => {
    expect(await api.ids('type=Room')).to.deep.equal([])
    expect(await api.ids('attrs=level')).to.deep.equal([])
  })

  it('refuses a body in which two names mean the same attribute', async () => {
    const body = { id: 'urn:z:none', type: 'Room', level: 1, [`${BASE}level`]: 2 }
    await api.refused(api.write('POST', ENTITIES, body, link), 400, 'BadRequestData')
  })
})
