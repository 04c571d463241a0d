import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'
import { micros } from '../support/micros.ts'

describe('5.6.17 Merge Entity', () => {
  const api = useApi()
  const NULL = 'urn:ngsi-ld:null'
  const merge = (id: string, body: unknown, query = '') =>
    api.write('PATCH', `${ENTITIES}/${id}${query}`, body)
  const merged = async (id: string, body: unknown, query = '') => {
    const answer = await merge(id, body, query)
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    return api.read(id)
  }

  it('keeps what the fragment does not mention, at any depth', async () => {
    await api.create('urn:m:1', {
      a: { value: { x: { p: 1, q: 2 } }, unitCode: 'CEL', by: { value: 'one', of: 1 } },
    })
    const { a } = await merged('urn:m:1', { a: { value: { x: { q: 3 }, y: 4 }, by: { of: { value: 2 } } } })
    expect(a).to.deep.equal({
      type: 'Property',
      value: { x: { p: 1, q: 3 }, y: 4 },
      unitCode: 'CEL',
      by: { type: 'Property', value: 'one', of: { type: 'Property', value: 2 } },
    })
  })

  it('refuses an option that says nothing of a fragment', async () => {
    await api.create('urn:m:option', { a: 1 })
    const { status, body } = await merge('urn:m:option', { a: 2 }, '?options=sysAttrs')
    expect([status, body.type]).to.deep.equal([400, 'https://uri.etsi.org/ngsi-ld/errors/InvalidRequest'])
    expect((await api.read('urn:m:option')).a.value).to.equal(1)
  })

  it('deletes what is NGSI-LD Null: attributes, sub-attributes, keys of a value, languages', async () => {
    await api.create('urn:m:2', {
      a: 1,
      b: { value: 1, by: 'one' },
      c: { type: 'Property', value: { x: { y: 1, z: 2 } } },
      d: { languageMap: { vi: 'phòng', en: 'room' } },
    })
    const after = await merged('urn:m:2', {
      a: NULL,
      b: { type: 'Property', by: NULL },
      c: { value: { x: { y: NULL } } },
      d: { languageMap: { en: NULL } },
    })
    expect(after).to.deep.equal({
      id: 'urn:m:2',
      type: 'Room',
      b: { type: 'Property', value: 1 },
      c: { type: 'Property', value: { x: { z: 2 } } },
      d: { type: 'LanguageProperty', languageMap: { vi: 'phòng' } },
    })
  })

  it('needs no value of an attribute that is there', async () => {
    const observedAt = '2026-01-01T00:00:00Z'
    await api.create('urn:m:12', { a: { value: 1, by: 'one' }, r: { object: 'urn:m:1' } })
    const after = await merged('urn:m:12', { a: { observedAt }, r: { type: 'Relationship', since: 2026 } })
    expect(after.a).to.deep.include({ value: 1, observedAt })
    expect(after.a.by.value).to.equal('one')
    expect(after.r).to.deep.include({ object: 'urn:m:1', since: { type: 'Property', value: 2026 } })
    await api.refused(merge('urn:m:12', { b: { observedAt } }), 400, 'BadRequestData')
  })

  it('replaces arrays, geometries and what relationships point to as one value', async () => {
    const point = (x: number) => ({ type: 'Point', coordinates: [x, 21] })
    await api.create('urn:m:3', { a: [1, 2], location: point(105), r: { object: ['urn:m:1', 'urn:m:2'] } })
    const after = await merged('urn:m:3', { a: [3], location: point(106), r: { object: 'urn:m:2' } })
    expect([after.a.value, after.location.value, after.r.object]).to.deep.equal([[3], point(106), 'urn:m:2'])
  })

  it('appends attributes, instances and types, and replaces the scope', async () => {
    await api.create('urn:m:4', { a: 1, scope: ['/A', '/B'] })
    const after = await merged('urn:m:4', {
      type: 'Hall',
      scope: '/C',
      a: { value: 2, datasetId: 'urn:m:dataset' },
      b: 3,
    })
    expect(after.type).to.have.members(['Room', 'Hall'])
    expect(after.scope).to.equal('/C')
    expect(after.a).to.have.length(2)
    expect(after.b.value).to.equal(3)
  })

  it('gives observedAt of the parameter to attributes that had one and are given none', async () => {
    const [old, own, common] = ['2026-01-01T00:00:00Z', '2026-02-02T00:00:00Z', '2026-03-03T00:00:00Z']
    await api.create('urn:m:5', {
      a: { value: 1, observedAt: old },
      b: { value: 1, observedAt: old },
      c: 1,
      d: { value: 1, observedAt: old },
    })
    const after = await merged(
      'urn:m:5',
      { a: 2, b: { value: 2, observedAt: own }, c: 2 },
      `?observedAt=${common}`,
    )
    expect([after.a.observedAt, after.b.observedAt, after.d.observedAt]).to.deep.equal([common, own, old])
    expect(after.c).to.not.have.property('observedAt')
    await api.refused(merge('urn:m:5', { a: 3 }, '?observedAt=now'), 400, 'BadRequestData')
  })

  it('puts a plain text under the language of the lang parameter', async () => {
    await api.create('urn:m:6', { a: { languageMap: { vi: 'phòng', en: 'room' } }, b: 'x' })
    const after = await merged('urn:m:6', { a: 'hall', b: 'y' }, '?lang=en')
    expect(after.a).to.deep.equal({ type: 'LanguageProperty', languageMap: { vi: 'phòng', en: 'hall' } })
    expect(after.b).to.deep.equal({ type: 'Property', value: 'y' })
    for (const lang of ['!!', '*', 'vi,en;q=0.5'])
      await api.refused(merge('urn:m:6', { a: 'x' }, `?lang=${lang}`), 400, 'BadRequestData', /lang/)
    expect((await api.read('urn:m:6')).a.languageMap).to.deep.equal({ vi: 'phòng', en: 'hall' })
  })

  it('keeps the kind of stored attributes when the fragment is simplified', async () => {
    await api.create('urn:m:7', { r: { object: 'urn:m:1' }, l: { valueList: [1] }, p: 1 })
    const after = await merged('urn:m:7', { r: 'urn:m:2', l: [2], p: 3 }, '?options=keyValues')
    expect(after.r).to.deep.equal({ type: 'Relationship', object: 'urn:m:2' })
    expect(after.l).to.deep.equal({ type: 'ListProperty', valueList: [2] })
    expect(after.p).to.deep.equal({ type: 'Property', value: 3 })
    for (const r of [7, 'room', { vocab: 'x' }, { json: { x: 1 } }, { languageMap: { en: 'x' } }])
      await api.refused(merge('urn:m:7', { r }, '?format=simplified'), 400, 'BadRequestData')
    expect((await api.read('urn:m:7')).r).to.deep.equal(after.r)
  })

  it('takes a simplified geometry as one, and refuses it where it cannot be', async () => {
    await api.create('urn:m:geo', { a: 1 })
    const point = { type: 'Point', coordinates: [105.8, 21.6] }
    const { place } = await merged('urn:m:geo', { place: point }, '?options=keyValues')
    expect(place).to.deep.equal({ type: 'GeoProperty', value: point })
    const north = { type: 'Point', coordinates: [105.8, 168.4] }
    for (const wrong of [{ location: north }, { other: north }, { location: 'here' }])
      await api.refused(merge('urn:m:geo', wrong, '?options=keyValues'), 400, 'BadRequestData')
    expect(await api.read('urn:m:geo')).not.to.have.any.keys('location', 'other')
  })

  it('keeps createdAt, and moves modifiedAt of what changed only', async () => {
    await api.create('urn:m:8', { a: 1, b: 1 })
    const before = await api.read('urn:m:8', '?options=sysAttrs')
    await merged('urn:m:8', { a: 2, b: 1 })
    const after = await api.read('urn:m:8', '?options=sysAttrs')
    expect([after.createdAt, after.a.createdAt]).to.deep.equal([before.createdAt, before.a.createdAt])
    expect(micros(after.a.modifiedAt)).to.be.greaterThan(micros(before.a.modifiedAt))
    expect(after.b).to.deep.equal(before.b)
  })

  it('changes nothing of an entity whose type is another than the type parameter', async () => {
    await api.create('urn:m:9', { a: 1 })
    await api.refused(merge('urn:m:9', { a: 2 }, '?type=Hall'), 404, 'ResourceNotFound')
    expect((await api.read('urn:m:9', '?format=simplified')).a).to.equal(1)
  })

  it('refuses another id and an absent entity, which it does not create', async () => {
    await api.create('urn:m:10', { a: 1 })
    await api.refused(merge('urn:m:10', { id: 'urn:m:11', a: 2 }), 400, 'BadRequestData')
    await api.refused(merge('urn:m:none', { a: 2 }), 404, 'ResourceNotFound')
    await api.absent('urn:m:none')
    await api.refused(merge('m', { a: 2 }), 400, 'BadRequestData')
  })
})
