import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'
import { micros } from '../support/micros.ts'

describe('5.6.2 Update Attributes', () => {
  const api = useApi()
  const NULL = 'urn:ngsi-ld:null'
  const DATASET = 'urn:u:dataset'

  const update = (id: string, body: unknown, query = '') =>
    api.write('PATCH', `${ENTITIES}/${id}/attrs/${query}`, body)
  const updated = async (id: string, body: unknown) => {
    const answer = await update(id, body)
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(answer.headers).to.not.have.any.keys('link', 'content-type', 'content-length')
  }

  it('replaces an attribute as a whole: what the body does not mention of it is lost', async () => {
    await api.create('urn:u:1', { a: { value: { x: 1 }, unitCode: 'CEL', by: 'sensor' }, kept: 1 })
    await updated('urn:u:1', { a: { type: 'Property', value: { y: 2 } } })
    expect(await api.read('urn:u:1', '?pick=a,kept')).to.deep.equal({
      a: { type: 'Property', value: { y: 2 } },
      kept: { type: 'Property', value: 1 },
    })
  })

  it('appends attributes that are not there', async () => {
    await api.create('urn:u:2')
    await updated('urn:u:2', { a: 1 })
    expect(await api.read('urn:u:2', '?format=simplified')).to.include({ a: 1 })
  })

  it('deletes an attribute whose value is NGSI-LD Null, in each of its forms', async () => {
    const forms = {
      a: NULL,
      b: { type: 'Property', value: NULL },
      c: { type: 'Relationship', object: NULL },
      d: { type: 'LanguageProperty', languageMap: { '@none': NULL } },
      e: { type: 'ListProperty', valueList: [NULL] },
      f: { type: 'JsonProperty', json: NULL },
    }
    const stored = Object.fromEntries(Object.keys(forms).map((name) => [name, 1]))
    await api.create('urn:u:3', { ...stored, kept: 1 })
    await updated('urn:u:3', forms)
    expect(await api.read('urn:u:3')).to.have.all.keys('id', 'type', 'kept')
  })

  it('touches only the instance with the datasetId that is given', async () => {
    await api.create('urn:u:4', { a: [{ value: 1 }, { value: 2, datasetId: DATASET }] })
    await updated('urn:u:4', { a: { value: 3, datasetId: DATASET } })
    expect((await api.read('urn:u:4', '?format=simplified')).a).to.deep.equal({
      dataset: { '@none': 1, [DATASET]: 3 },
    })
    await updated('urn:u:4', { a: { value: NULL, datasetId: DATASET } })
    expect((await api.read('urn:u:4', '?format=simplified')).a).to.equal(1)
    await updated('urn:u:4', { a: { value: 4, datasetId: 'urn:u:other' } })
    expect((await api.read('urn:u:4', '?format=simplified')).a).to.deep.equal({
      dataset: { '@none': 1, 'urn:u:other': 4 },
    })
  })

  it('keeps createdAt and moves modifiedAt of what it replaces, not of the rest', async () => {
    await api.create('urn:u:5', { a: 1, b: 1 })
    const before = await api.read('urn:u:5', '?options=sysAttrs')
    await updated('urn:u:5', { a: 2 })
    const after = await api.read('urn:u:5', '?options=sysAttrs')
    expect([after.createdAt, after.a.createdAt]).to.deep.equal([before.createdAt, before.a.createdAt])
    expect(micros(after.a.modifiedAt)).to.be.greaterThan(micros(before.a.modifiedAt))
    expect(after.modifiedAt).to.equal(after.a.modifiedAt)
    expect(after.b).to.deep.equal(before.b)
  })

  it('adds types and takes none away', async () => {
    await api.create('urn:u:6')
    await updated('urn:u:6', { type: 'Hall' })
    expect((await api.read('urn:u:6')).type).to.have.members(['Room', 'Hall'])
  })

  it('lets the kind of an attribute change', async () => {
    await api.create('urn:u:7', { a: 1 })
    await updated('urn:u:7', { a: { type: 'Relationship', object: 'urn:u:1' } })
    expect((await api.read('urn:u:7')).a).to.deep.equal({ type: 'Relationship', object: 'urn:u:1' })
  })

  it('replaces the scope of an entity that has one, and tells that it ignored it otherwise', async () => {
    await api.create('urn:u:8', { scope: ['/A', '/B'] })
    await updated('urn:u:8', { scope: '/C' })
    expect((await api.read('urn:u:8')).scope).to.equal('/C')
    await api.create('urn:u:9')
    const answer = await update('urn:u:9', { scope: '/C', a: 1 })
    expect(answer.status).to.equal(207)
    expect(answer.headers['content-type']).to.equal('application/json')
    expect(answer.body.updated).to.deep.equal(['https://uri.etsi.org/ngsi-ld/default-context/a'])
    expect(answer.body.notUpdated).to.have.length(1)
    expect(answer.body.notUpdated[0]).to.include({ attributeName: 'https://uri.etsi.org/ngsi-ld/scope' })
    expect(await api.read('urn:u:9')).to.not.have.property('scope')
  })

  it('changes nothing of an entity whose type is another than the type parameter', async () => {
    await api.create('urn:u:10', { a: 1 })
    await api.refused(update('urn:u:10', { a: 2 }, '?type=Hall'), 404, 'ResourceNotFound')
    expect((await api.read('urn:u:10', '?format=simplified')).a).to.equal(1)
    expect((await update('urn:u:10', { a: 2 }, '?type=Hall,Room')).status).to.equal(204)
  })

  it('means the entity of the path, whatever id the body has', async () => {
    await api.create('urn:u:12', { a: 1 })
    await updated('urn:u:12', { id: 'urn:u:other', a: 2 })
    expect((await api.read('urn:u:12', '?format=simplified')).a).to.equal(2)
    await api.absent('urn:u:other')
  })

  it('refuses what cannot be: an absent entity, null inside a value, no id', async () => {
    await api.create('urn:u:11', { a: { x: 1 } })
    await api.refused(update('urn:u:none', { a: 1 }), 404, 'ResourceNotFound')
    for (const [id, body] of [
      ['urn:u:11', { a: { value: { x: NULL } } }],
      ['urn:u:11', { a: [{ value: 1 }, { value: 2 }] }],
      ['', { a: 1 }],
      ['u', { a: 1 }],
    ] as const)
      await api.refused(update(id, body), 400, 'BadRequestData')
    expect((await api.read('urn:u:11', '?format=simplified')).a).to.deep.equal({ x: 1 })
  })
})
