import { expect } from 'chai'
import { ENTITIES, query, useApi } from '../support/api.ts'

describe('4.21 NGSI-LD Attribute Projection Language', () => {
  const api = useApi()
  before(() => api.create('urn:p:1', { scope: '/A', a: 1, b: 2, c: 3 }))

  describe('writes what pick names and what omit does not name', () => {
    for (const [text, expected] of [
      ['pick=a', ['a']],
      ['pick=a,b', ['a', 'b']],
      ['pick=a|b', ['a', 'b']],
      ['pick=id,type,a', ['id', 'type', 'a']],
      ['pick=scope', ['scope']],
      ['pick=a,unknown', ['a']],
      ['omit=a', ['id', 'type', 'scope', 'b', 'c']],
      ['omit=id,type,scope', ['a', 'b', 'c']],
      ['omit=unknown', ['id', 'type', 'scope', 'a', 'b', 'c']],
      ['pick=id,a,b&omit=c', ['id', 'a', 'b']],
    ] as const) {
      it(text, async () => {
        expect(Object.keys(await api.read('urn:p:1', `?${text}`))).to.have.members(expected)
        const { body } = await api.send(`${ENTITIES}?type=Room&${text}`)
        expect(Object.keys(body[0])).to.have.members(expected)
      })
    }
  })

  it('picks members of the system with sysAttrs only', async () => {
    expect(Object.keys(await api.read('urn:p:1', '?pick=a,createdAt&options=sysAttrs'))).to.have.members([
      'a',
      'createdAt',
    ])
    expect(Object.keys(await api.read('urn:p:1', '?pick=a,createdAt'))).to.deep.equal(['a'])
  })

  it('filters nothing: entities without the picked attributes stay in a query', async () => {
    const { body } = await api.send(`${ENTITIES}?type=Room&pick=id,unknown`)
    expect(body).to.deep.equal([{ id: 'urn:p:1' }])
  })

  it('answers 404 to a retrieval of which nothing is left', async () => {
    for (const text of ['pick=unknown', 'omit=id,type,scope,a,b,c'])
      await api.refused(api.send(`${ENTITIES}/urn:p:1?${text}`), 404, 'ResourceNotFound')
  })

  describe('refuses what contradicts itself or is no projection', () => {
    for (const [title, parameters] of [
      ['attrs beside pick', { attrs: 'a', pick: 'a' }],
      ['attrs beside omit', { attrs: 'a', omit: 'b' }],
      ['a name that is picked and omitted', { pick: 'id,a', omit: 'a' }],
      ['a member that is picked and omitted', { pick: 'id,a', omit: 'id' }],
      ['an empty item', { pick: 'a,,b' }],
      ['what is no name', { pick: '1a' }],
      ['a brace that does not close', { pick: 'a{b' }],
      ['an empty brace', { pick: 'a{}' }],
      ['a brace without join', { pick: 'a{b}' }],
      ['a brace after a member of the entity', { pick: 'id{a}' }],
    ] as const) {
      it(title, async () => {
        const text = query(parameters)
        await api.refused(api.send(`${ENTITIES}/urn:p:1?${text}`), 400, 'BadRequestData')
        await api.refused(api.send(`${ENTITIES}?type=Room&${text}`), 400, 'BadRequestData')
      })
    }
  })
})
