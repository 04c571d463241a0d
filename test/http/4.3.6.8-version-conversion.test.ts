import { expect } from 'chai'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY = '/ngsi-ld/v1/entityOperations/query'

describe('4.3.6.8 Conversion of entities to earlier versions (6.3.6)', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    const entities = [
      {
        id: 'urn:t:all',
        type: ['Room', 'Office'],
        scope: '/a/b',
        language1: { type: 'LanguageProperty', languageMap: { vi: 'phòng', en: 'room' } },
        vocab1: { type: 'VocabProperty', vocab: 'office' },
        json1: { type: 'JsonProperty', json: { nothing: null } },
        list1: { type: 'ListProperty', valueList: [1, 1] },
        listRelationship1: {
          type: 'ListRelationship',
          objectList: [{ object: 'urn:t:a' }, { object: 'urn:t:b' }],
        },
        relationship1: { type: 'Relationship', object: 'urn:t:plain', objectType: 'Room' },
        level: [
          { type: 'Property', value: 2, datasetId: 'urn:d:1' },
          {
            type: 'Property',
            value: 1,
            observedAt: '2026-01-01T00:00:00Z',
            unitCode: 'CEL',
            valueType: 'Level',
          },
        ],
        location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.5] } },
      },
      { id: 'urn:t:plain', type: 'Room', level: { type: 'Property', value: 5 } },
    ]
    for (const body of entities)
      expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
  })
  after(() => hub.stop())

  const ask = (path: string, prefer: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    hub.send(`${ENTITIES}${path}`, { headers: { Prefer: prefer, ...headers } })
  const said = ({ status, headers }: TestAnswer) => [status, headers['preference-applied']]

  it('answers 203 with the version when the body is another one, 200 when it conforms as it is', async () => {
    const table: readonly (readonly [string, string, number, string | undefined])[] = [
      ['/urn:t:all', 'ngsi-ld=1.0', 203, 'ngsi-ld=1.0'],
      ['/urn:t:all', 'ngsi-ld=1.8', 203, 'ngsi-ld=1.8'],
      ['/urn:t:all', 'ngsi-ld=1.9', 200, 'ngsi-ld=1.9'],
      ['/urn:t:all', 'ngsi-ld=2.3', 200, 'ngsi-ld=1.9'],
      ['/urn:t:all', 'NGSI-LD="1.5"; q=0.1, body=json', 203, 'ngsi-ld=1.5'],
      ['/urn:t:plain', 'ngsi-ld=1.0', 200, 'ngsi-ld=1.0'],
      ['/urn:t:all?pick=location', 'ngsi-ld=1.0', 200, 'ngsi-ld=1.0'],
      ['/urn:t:all?pick=list1&format=simplified', 'ngsi-ld=1.0', 200, 'ngsi-ld=1.0'],
      ['?type=Room', 'ngsi-ld=1.7', 203, 'ngsi-ld=1.7'],
      ['?type=Room&q=level==5', 'ngsi-ld=1.7', 200, 'ngsi-ld=1.7'],
      ['?type=Room', 'respond-async', 200, undefined],
      ['/urn:t:all', 'ngsi-ld=first', 200, undefined],
    ]
    for (const [path, prefer, status, applied] of table) {
      // the second time from the cache
      for (const _ of [1, 2])
        expect(said(await ask(path, prefer)), `${path} ${prefer}`).to.deep.equal([status, applied])
    }
  })

  it('writes kinds that came later as Property or Relationship, and leaves later members out', async () => {
    const { body } = await ask('/urn:t:all', 'ngsi-ld=1.3')
    expect(body).to.deep.equal({
      id: 'urn:t:all',
      type: ['Room', 'Office'],
      language1: { type: 'Property', value: { vi: 'phòng', en: 'room' } },
      vocab1: { type: 'Property', value: 'office' },
      json1: { type: 'Property', value: { nothing: null } },
      list1: { type: 'Property', value: [1, 1] },
      listRelationship1: { type: 'Relationship', object: ['urn:t:a', 'urn:t:b'] },
      relationship1: { type: 'Relationship', object: 'urn:t:plain' },
      level: [
        { type: 'Property', value: 1, observedAt: '2026-01-01T00:00:00Z', unitCode: 'CEL' },
        { type: 'Property', value: 2, datasetId: 'urn:d:1' },
      ],
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.5] } },
    })
  })

  it('knows one type and the default instance in 1.0', async () => {
    const { body } = await ask('/urn:t:all?pick=type,level', 'ngsi-ld=1.0')
    expect(body).to.deep.equal({ type: 'Room', level: { type: 'Property', value: 1 } })
  })

  it('does so in every representation', async () => {
    const simplified = await ask('/urn:t:all?format=simplified&pick=vocab1,language1', 'ngsi-ld=1.1')
    expect(simplified.body).to.deep.equal({ vocab1: 'office', language1: { vi: 'phòng', en: 'room' } })
    const concise = await ask('/urn:t:all?format=concise&pick=vocab1,relationship1', 'ngsi-ld=1.1')
    expect(concise.body).to.deep.equal({ vocab1: 'office', relationship1: { object: 'urn:t:plain' } })
    const linked = await ask('/urn:t:all?pick=id,vocab1', 'ngsi-ld=1.1', { Accept: 'application/ld+json' })
    expect(linked.status).to.equal(203)
    expect(linked.body).to.include.keys('@context')
    expect(linked.body.vocab1).to.deep.equal({ type: 'Property', value: 'office' })
    const feature = await ask('/urn:t:all?format=simplified', 'body=json, ngsi-ld=1.1', {
      Accept: 'application/geo+json',
    })
    expect(said(feature)).to.deep.equal([203, 'ngsi-ld=1.1'])
    expect(feature.body).not.to.include.keys('@context')
    expect(feature.headers.link).to.contain('json-ld#context')
    expect(feature.body.geometry).to.deep.equal({ type: 'Point', coordinates: [105.8, 21.5] })
    expect(feature.body.properties).not.to.include.keys('scope')
    expect(feature.body.properties.type).to.equal('Room')
  })

  it('is there for queries by body, and touches neither other callers nor filters', async () => {
    const body = { type: 'Query', entities: [{ type: 'Office' }], scopeQ: '/a/b', q: 'level.unitCode=="CEL"' }
    const answer = await hub.send(QUERY, { method: 'POST', body, headers: { Prefer: 'ngsi-ld=1.2' } })
    expect(said(answer)).to.deep.equal([203, 'ngsi-ld=1.2'])
    expect(answer.body).to.have.length(1)
    expect(answer.body[0]).not.to.include.keys('scope')
    const plain = await hub.send(QUERY, { method: 'POST', body })
    expect(said(plain)).to.deep.equal([200, undefined])
    expect(plain.body[0]).to.include.keys('scope')
  })

  it('leaves what is no entity alone', async () => {
    const { status, headers } = await hub.send('/ngsi-ld/v1/types', { headers: { Prefer: 'ngsi-ld=1.0' } })
    expect([status, headers['preference-applied']]).to.deep.equal([200, undefined])
    const missing = await ask('/urn:t:none', 'ngsi-ld=1.0')
    expect(said(missing)).to.deep.equal([404, undefined])
  })
})
