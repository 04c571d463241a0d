import { expect } from 'chai'
import { CORE, ENTITIES, linkTo, useApi } from '../support/api.ts'

describe('5.7.1 Retrieve Entity', () => {
  const api = useApi()
  const entity = {
    id: 'urn:g:1',
    type: 'Room',
    level: { type: 'Property', value: 1 },
    name: { type: 'Property', value: 'hall' },
  }
  before(() => api.create('urn:g:1', { level: 1, name: 'hall' }))

  it('answers the entity, normalized, with a link to its @context', async () => {
    const answer = await api.send(`${ENTITIES}/urn:g:1`)
    expect([answer.status, answer.body]).to.deep.equal([200, entity])
    expect(answer.headers['content-type']).to.equal('application/json')
    expect(answer.headers.link).to.equal(linkTo(CORE).Link)
  })

  it('answers 404 for an entity that is not there', async () => {
    await api.refused(api.send(`${ENTITIES}/urn:g:none`), 404, 'ResourceNotFound', /urn:g:none/)
  })

  it('answers 404 for an entity whose type is another than the type parameter', async () => {
    await api.refused(api.send(`${ENTITIES}/urn:g:1?type=Hall`), 404, 'ResourceNotFound')
    expect((await api.read('urn:g:1', '?type=Hall|Room')).id).to.equal('urn:g:1')
  })

  it('answers 404 when the entity has none of the attributes of attrs, else those with id and type', async () => {
    await api.refused(api.send(`${ENTITIES}/urn:g:1?attrs=unknown`), 404, 'ResourceNotFound')
    expect(await api.read('urn:g:1', '?attrs=unknown,level')).to.have.all.keys('id', 'type', 'level')
  })

  it('answers 404 when a projection leaves nothing', async () => {
    await api.refused(api.send(`${ENTITIES}/urn:g:1?pick=unknown`), 404, 'ResourceNotFound')
  })

  it('refuses an id that is no URI', async () => {
    await api.refused(api.send(`${ENTITIES}/none`), 400, 'BadRequestData')
  })

  it('finds an id in any percent-encoding of its path', async () => {
    for (const path of ['urn:g:1', 'urn%3Ag%3A1', 'urn:g:%31'])
      expect((await api.send(`${ENTITIES}/${path}`)).body).to.deep.equal(entity)
  })
})
