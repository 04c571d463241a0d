import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('6.3.11 Including system Attributes', () => {
  const api = useApi()
  const expiresAt = '2999-01-01T00:00:00Z'
  const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z$/
  before(() => api.create('urn:y:1', { expiresAt, a: { value: 1, expiresAt, by: { value: 2 } } }))

  it('writes createdAt, modifiedAt and expiresAt of entity, attribute and sub-attribute when asked', async () => {
    for (const answer of [
      await api.read('urn:y:1', '?options=sysAttrs'),
      (await api.send(`${ENTITIES}?type=Room&options=sysAttrs`)).body[0],
      (await api.write('POST', `${OPERATIONS}/query?options=sysAttrs`, { type: 'Query', q: 'a' })).body[0],
    ]) {
      for (const each of [answer, answer.a, answer.a.by]) {
        expect(each.createdAt).to.match(TIME)
        expect(each.modifiedAt).to.match(TIME)
      }
      expect([answer.expiresAt, answer.a.expiresAt]).to.deep.equal([expiresAt, expiresAt])
      expect(answer.a.by).to.not.have.property('expiresAt')
    }
  })

  it('hides them all otherwise', async () => {
    const { text } = await api.send(`${ENTITIES}/urn:y:1`)
    expect(text).to.not.match(/createdAt|modifiedAt|deletedAt|expiresAt/)
  })

  it('shows them in a simplified entity for the entity only', async () => {
    const body = await api.read('urn:y:1', '?format=simplified&options=sysAttrs')
    expect(body).to.have.all.keys('id', 'type', 'a', 'createdAt', 'modifiedAt', 'expiresAt')
    expect(body.a).to.equal(1)
  })
})
