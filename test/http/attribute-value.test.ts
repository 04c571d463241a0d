import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const ID = 'urn:v:kinds'
const OTHER = 'urn:dataset:other'

/** Each kind of attribute: the members that hold its value, what is answered, what is set, and what does not fit. */
const KINDS = {
  property1: [
    { type: 'Property', value: { deep: [1, 'two', true] }, unitCode: 'CEL' },
    { deep: [1, 'two', true] },
    false,
  ],
  number1: [{ type: 'Property', value: 21.5 }, 21.5, 'text instead'],
  json2: [{ type: 'Property', value: { json: 5 } }, { json: 5 }, { value: 'not a member' }],
  geo1: [
    { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.5] } },
    { type: 'Point', coordinates: [105.8, 21.5] },
    { type: 'Point', coordinates: [105.9, 21.6] },
    { type: 'Nowhere' },
  ],
  language1: [
    { type: 'LanguageProperty', languageMap: { vi: 'phòng', en: 'room' } },
    { vi: 'phòng', en: 'room' },
    { vi: 'sảnh' },
    'sảnh',
  ],
  vocab1: [{ type: 'VocabProperty', vocab: 'office' }, 'office', ['office', 'home'], 5],
  json1: [{ type: 'JsonProperty', json: { nothing: null } }, { nothing: null }, { at: [null] }, 5],
  list1: [{ type: 'ListProperty', valueList: [1] }, [1], [2, 'b'], 2],
  relationship1: [
    { type: 'Relationship', object: 'urn:t:other' },
    'urn:t:other',
    ['urn:t:a', 'urn:t:b'],
    'no uri',
  ],
  listRelationship1: [
    { type: 'ListRelationship', objectList: [{ object: 'urn:t:a' }, { object: 'urn:t:b' }] },
    ['urn:t:a', 'urn:t:b'],
    ['urn:t:c'],
    'urn:t:c',
  ],
} as const

describe('TS 104 175, 10.4.4 and 10.2.6 value of an attribute', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    const members = Object.fromEntries(Object.entries(KINDS).map(([name, [attribute]]) => [name, attribute]))
    await create(ID, members)
  })
  after(() => hub.stop())

  const create = async (id: string, members: object) => {
    const body = { id, type: 'Room', ...members }
    expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
  }
  const get = (name: string, query = '', id = ID) => hub.send(`${ENTITIES}/${id}/attrs/${name}/value${query}`)
  const put = (name: string, body: unknown, query = '', id = ID) =>
    hub.send(`${ENTITIES}/${id}/attrs/${name}/value${query}`, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: JSON_TYPE,
    })

  for (const [name, [attribute, value, next, unfit]] of Object.entries(KINDS)) {
    it(`answers and sets the value of ${name}, a ${attribute.type}`, async () => {
      const first = await get(name)
      expect(first.status, first.text).to.equal(200)
      expect(first.headers['content-type']).to.equal('application/json')
      expect(first.body).to.deep.equal(value)
      const set = await put(name, next)
      expect(set.status, set.text).to.equal(204)
      expect(set.text).to.equal('')
      expect((await get(name)).body).to.deep.equal(next)
      const entity = (await hub.send(`${ENTITIES}/${ID}`)).body
      expect(entity[name].type).to.equal(attribute.type)
      if (unfit === undefined) return
      const refused = await put(name, unfit)
      expect(refused.status, refused.text).to.equal(400)
      expect(refused.body.type).to.match(/BadRequestData$/)
      expect((await get(name)).body).to.deep.equal(next)
    })
  }

  it('keeps sub-attributes and unit, and of the observation what the request says', async () => {
    const id = 'urn:v:sub'
    const observed = { observedAt: '2026-01-01T00:00:00Z' }
    await create(id, {
      a: {
        type: 'Property',
        value: 1,
        unitCode: 'CEL',
        accuracy: { type: 'Property', value: 9 },
        ...observed,
      },
    })
    const a = async () => (await hub.send(`${ENTITIES}/${id}`)).body.a
    await put('a', 2, '?observedAt=2026-02-01T00:00:00Z', id)
    const kept = { type: 'Property', unitCode: 'CEL', accuracy: { type: 'Property', value: 9 } }
    expect(await a()).to.deep.equal({ ...kept, value: 2, observedAt: '2026-02-01T00:00:00Z' })
    await put('a', 3, '', id)
    expect(await a()).to.deep.equal({ ...kept, value: 3 })
    expect((await put('a', 3, '?observedAt=yesterday', id)).status).to.equal(400)
  })

  it('speaks of the default instance unless datasetId names another', async () => {
    const id = 'urn:v:sets'
    await create(id, {
      a: [
        { type: 'Property', value: 1 },
        { type: 'Property', value: 2, datasetId: OTHER },
      ],
    })
    expect((await get('a', '', id)).body).to.equal(1)
    expect((await get('a', '?datasetId=@none', id)).body).to.equal(1)
    expect((await get('a', `?datasetId=${OTHER}`, id)).body).to.equal(2)
    expect((await put('a', 5, `?datasetId=${OTHER}`, id)).status).to.equal(204)
    expect((await get('a', '', id)).body).to.equal(1)
    expect((await get('a', `?datasetId=${OTHER}`, id)).body).to.equal(5)
    for (const answer of [
      await get('a', '?datasetId=urn:none', id),
      await put('a', 5, '?datasetId=urn:none', id),
    ])
      expect(answer.status).to.equal(404)
  })

  it('answers one language of a LanguageProperty as a text', async () => {
    await create('urn:v:lang', { a: { type: 'LanguageProperty', languageMap: { vi: 'phòng', en: 'room' } } })
    expect((await get('a', '?lang=vi', 'urn:v:lang')).body).to.equal('phòng')
  })

  it('expands and compacts names with the @context of the request', async () => {
    const context = { name1: 'https://example.org/name', word: 'https://example.org/word' }
    const body = { id: 'urn:v:terms', type: 'Room', name1: { vocab: 'word' }, '@context': context }
    const headers = { 'content-type': 'application/ld+json' }
    expect((await hub.send(ENTITIES, { method: 'POST', body, headers })).status).to.equal(201)
    const plain = await hub.send(
      `${ENTITIES}/urn:v:terms/attrs/${encodeURIComponent('https://example.org/name')}/value`,
    )
    expect(plain.body).to.equal('https://example.org/word')
    expect((await get('name1', '', 'urn:v:terms')).status).to.equal(404)
  })

  it('tells apart what is not there, what is not meant, and what is no value', async () => {
    for (const [answer, status, type] of [
      [await get('none'), 404, 'ResourceNotFound'],
      [await get('number1', '', 'urn:v:none'), 404, 'ResourceNotFound'],
      [await get('number1', '?type=Other'), 404, 'ResourceNotFound'],
      [await get('scope'), 400, 'BadRequestData'],
      [await get('number1', '', 'nothing'), 400, 'BadRequestData'],
      [await get('number1', '?format=simplified'), 400, 'InvalidRequest'],
      [await put('none', 1), 404, 'ResourceNotFound'],
      [await put('number1', 1, '', 'urn:v:none'), 404, 'ResourceNotFound'],
      [await put('number1', 1, '?type=Other'), 404, 'ResourceNotFound'],
      [await put('scope', '/a'), 400, 'BadRequestData'],
      [await put('number1', null), 400, 'InvalidRequest'],
      [await put('number1', 'urn:ngsi-ld:null'), 400, 'InvalidRequest'],
    ] as const) {
      expect(answer.status, answer.text).to.equal(status)
      expect(answer.body.type).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
    }
    const broken = { method: 'PUT', body: '{', headers: JSON_TYPE } as const
    expect((await hub.send(`${ENTITIES}/${ID}/attrs/number1/value`, broken)).body.type).to.match(
      /InvalidRequest$/,
    )
  })

  it('has no @context: JSON-LD is neither answered nor taken', async () => {
    const path = `${ENTITIES}/${ID}/attrs/number1/value`
    const headers = { accept: 'application/ld+json' }
    expect((await hub.send(path, { headers })).status).to.equal(406)
    const ld = { 'content-type': 'application/ld+json' }
    expect((await hub.send(path, { method: 'PUT', body: '{"@context":{}}', headers: ld })).status).to.equal(
      400,
    )
  })
})

const JSON_TYPE = { 'content-type': 'application/json' }
