import { expect } from 'chai'
import { CORE, ENTITIES, useApi } from '../support/api.ts'

const LD = { 'Content-Type': 'application/ld+json' }

describe('5.6.1 Create Entity', () => {
  const api = useApi()

  it('answers 201 with a relative Location and without a body', async () => {
    const answer = await api.write('POST', ENTITIES, { id: 'urn:c:1', type: 'Room', level: 1 })
    expect([answer.status, answer.text]).to.deep.equal([201, ''])
    expect(answer.headers.location).to.equal(`${ENTITIES}/urn:c:1`)
    expect(answer.headers).to.not.have.any.keys('link', 'content-type')
    expect(await api.read('urn:c:1')).to.deep.equal({
      id: 'urn:c:1',
      type: 'Room',
      level: { type: 'Property', value: 1 },
    })
  })

  it('refuses an entity that is there already, which stays as it is', async () => {
    await api.create('urn:c:2', { level: 1 })
    const body = { id: 'urn:c:2', type: 'Hall', other: 2 }
    await api.refused(api.write('POST', ENTITIES, body), 409, 'AlreadyExists', /urn:c:2/)
    expect(await api.read('urn:c:2', '?format=simplified')).to.deep.equal({
      id: 'urn:c:2',
      type: 'Room',
      level: 1,
    })
  })

  describe('refuses a body that is no entity', () => {
    for (const [title, body, type] of [
      ['an array', '[]', 'InvalidRequest'],
      ['a text', '"Room"', 'InvalidRequest'],
      ['a number', '1', 'InvalidRequest'],
      ['JSON that breaks off', '{"id":', 'InvalidRequest'],
      ['no id', '{"type":"Room"}', 'BadRequestData'],
      ['no type', '{"id":"urn:c:none"}', 'BadRequestData'],
      ['an empty list of types', '{"id":"urn:c:none","type":[]}', 'BadRequestData'],
      ['an id that is no URI', '{"id":"none","type":"Room"}', 'BadRequestData'],
      ['a type that is no text', '{"id":"urn:c:none","type":{"a":1}}', 'BadRequestData'],
      [
        'an attribute of no known kind',
        '{"id":"urn:c:none","type":"Room","a":{"type":"Thing","value":1}}',
        'BadRequestData',
      ],
    ] as const) {
      it(title, async () => {
        await api.refused(api.write('POST', ENTITIES, body), 400, type)
        if (type === 'InvalidRequest') await api.refused(api.write('POST', ENTITIES, body, LD), 400, type)
        await api.absent('urn:c:none')
      })
    }
  })

  describe('refuses NGSI-LD Null and JSON null wherever they stand', () => {
    for (const [title, members] of [
      ['an attribute', { a: 'urn:ngsi-ld:null' }],
      ['a value', { a: { type: 'Property', value: 'urn:ngsi-ld:null' } }],
      ['a key of a value', { a: { type: 'Property', value: { b: 'urn:ngsi-ld:null' } } }],
      ['an object', { a: { type: 'Relationship', object: 'urn:ngsi-ld:null' } }],
      ['a language map', { a: { type: 'LanguageProperty', languageMap: { '@none': 'urn:ngsi-ld:null' } } }],
      ['a vocabulary', { a: { type: 'VocabProperty', vocab: 'urn:ngsi-ld:null' } }],
      ['a list', { a: { type: 'ListProperty', valueList: ['urn:ngsi-ld:null'] } }],
      ['a list of relationships', { a: { type: 'ListRelationship', objectList: ['urn:ngsi-ld:null'] } }],
      ['JSON', { a: { type: 'JsonProperty', json: 'urn:ngsi-ld:null' } }],
      ['the scope', { scope: 'urn:ngsi-ld:null' }],
      ['a sub-attribute', { a: { value: 1, b: 'urn:ngsi-ld:null' } }],
      ['a JSON null as a value', { a: { value: null } }],
    ] as const) {
      it(title, async () => {
        const body = { id: 'urn:c:null', type: 'Room', ...members }
        await api.refused(api.write('POST', ENTITIES, body), 400, 'BadRequestData')
        await api.absent('urn:c:null')
      })
    }
  })

  it('takes no word of the client for what only brokers write', async () => {
    const at = '2001-01-01T00:00:00Z'
    const written = { createdAt: at, modifiedAt: at, deletedAt: at }
    await api.create('urn:c:3', { ...written, level: { value: 1, instanceId: 'urn:c:i', ...written } })
    const { level, createdAt, modifiedAt } = await api.read('urn:c:3', '?options=sysAttrs')
    for (const time of [createdAt, modifiedAt, level.createdAt, level.modifiedAt])
      expect(time).to.not.equal(at)
    expect(level).to.not.have.any.keys('instanceId', 'deletedAt')
  })

  it('reads normalized and concise attributes side by side, @id and @type too', async () => {
    const body = {
      '@id': 'urn:c:4',
      '@type': 'Room',
      a: { type: 'Property', value: 1 },
      b: 2,
      '@context': CORE,
    }
    expect((await api.write('POST', ENTITIES, body, LD)).status).to.equal(201)
    expect(await api.read('urn:c:4')).to.deep.equal({
      id: 'urn:c:4',
      type: 'Room',
      a: { type: 'Property', value: 1 },
      b: { type: 'Property', value: 2 },
    })
  })

  it('answers the Location of an id with characters that a path must escape', async () => {
    const id = 'https://example.org/a?b#c/%20'
    expect(await api.create(id)).to.equal(`${ENTITIES}/https:%2F%2Fexample.org%2Fa%3Fb%23c%2F%2520`)
    expect((await api.read(id)).id).to.equal(id)
  })
})
