import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'
import { micros } from '../support/micros.ts'

describe('4.8 Temporal Properties', () => {
  const api = useApi()
  const times = (id: string) => api.read(id, '?options=sysAttrs')

  it('dates entity and attributes alike when they are created', async () => {
    await api.create('urn:t:1', { a: { value: 1, by: 2 } })
    const entity = await times('urn:t:1')
    for (const each of [entity, entity.a, entity.a.by])
      expect([each.createdAt, each.modifiedAt]).to.deep.equal([entity.createdAt, entity.createdAt])
  })

  it('moves modifiedAt of what a change reaches, from the sub-attribute up to the entity', async () => {
    await api.create('urn:t:2', { a: { value: 1, by: 2, kept: 1 }, b: 1 })
    const before = await times('urn:t:2')
    await api.write('PATCH', `${ENTITIES}/urn:t:2`, { a: { type: 'Property', by: { value: 3 } } })
    const after = await times('urn:t:2')
    expect(micros(after.modifiedAt)).to.be.greaterThan(micros(before.modifiedAt))
    expect([after.a.modifiedAt, after.a.by.modifiedAt]).to.deep.equal([after.modifiedAt, after.modifiedAt])
    expect([after.b, after.a.kept]).to.deep.equal([before.b, before.a.kept])
  })

  it('leaves all times where nothing changes', async () => {
    await api.create('urn:t:3', { a: 1 })
    const before = await times('urn:t:3')
    expect((await api.write('PATCH', `${ENTITIES}/urn:t:3`, { a: 1 })).status).to.equal(204)
    expect(await times('urn:t:3')).to.deep.equal(before)
  })

  it('moves modifiedAt of the entity when an attribute goes', async () => {
    await api.create('urn:t:4', { a: 1, b: 1 })
    const before = await times('urn:t:4')
    await api.send(`${ENTITIES}/urn:t:4/attrs/a`, { method: 'DELETE' })
    const after = await times('urn:t:4')
    expect(micros(after.modifiedAt)).to.be.greaterThan(micros(before.modifiedAt))
    expect(after.b).to.deep.equal(before.b)
  })

  it('keeps observedAt as the client says it, in any year', async () => {
    await api.create('urn:t:5', { a: { value: 1, observedAt: '1901-02-03T04:05:06Z' } })
    expect((await api.read('urn:t:5')).a.observedAt).to.equal('1901-02-03T04:05:06Z')
  })
})
