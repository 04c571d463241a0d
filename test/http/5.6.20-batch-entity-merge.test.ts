import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const MERGE = '/ngsi-ld/v1/entityOperations/merge'

describe('5.6.20 Batch Entity Merge', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const create = async (id: string, members: object) => {
    const body = { id, type: 'Room', ...members }
    expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
  }
  const merge = (body: unknown, query = '') => hub.send(`${MERGE}${query}`, { method: 'POST', body })
  const simplified = async (id: string) => (await hub.send(`${ENTITIES}/${id}?format=simplified`)).body

  it('overlays each fragment at any depth and deletes what is null', async () => {
    await create('urn:m:1', { a: { type: 'Property', value: { x: { p: 1, q: 2 }, y: 2 }, unitCode: 'CEL' } })
    await create('urn:m:2', { a: 1, b: 2 })
    const answer = await merge([
      { id: 'urn:m:1', a: { value: { x: { p: 'urn:ngsi-ld:null' }, z: 3 } } },
      { id: 'urn:m:2', type: 'Hall', b: 'urn:ngsi-ld:null', c: 3 },
    ])
    expect(answer.status, answer.text).to.equal(204)
    expect(answer.text).to.equal('')
    expect((await hub.send(`${ENTITIES}/urn:m:1`)).body.a).to.deep.equal({
      type: 'Property',
      value: { x: { q: 2 }, y: 2, z: 3 },
      unitCode: 'CEL',
    })
    expect(await simplified('urn:m:2')).to.deep.equal({ id: 'urn:m:2', type: ['Room', 'Hall'], a: 1, c: 3 })
  })

  it('runs fragments of one entity one after the other', async () => {
    await create('urn:m:3', { a: { type: 'Property', value: { x: 1 } } })
    const answer = await merge([
      { id: 'urn:m:3', a: { value: { y: 2 } } },
      { id: 'urn:m:3', a: { value: { x: 'urn:ngsi-ld:null' } } },
    ])
    expect(answer.status).to.equal(204)
    expect((await simplified('urn:m:3')).a).to.deep.equal({ y: 2 })
  })

  it('answers 207 for what failed and keeps the rest', async () => {
    await create('urn:m:4', { a: 1 })
    const answer = await merge([
      { id: 'urn:m:4', a: 2 },
      { id: 'urn:m:none', a: 2 },
      { id: 'urn:m:4', a: { type: 'Nothing', value: 1 } },
    ])
    expect(answer.status).to.equal(207)
    expect(answer.body.success).to.deep.equal(['urn:m:4'])
    expect(
      answer.body.errors.map((one: { entityId: string; error: { type: string } }) => [
        one.entityId,
        one.error.type.split('/').at(-1),
      ]),
    ).to.deep.equal([
      ['urn:m:none', 'ResourceNotFound'],
      ['urn:m:4', 'BadRequestData'],
    ])
    expect((await simplified('urn:m:4')).a).to.equal(2)
    expect((await hub.send(`${ENTITIES}/urn:m:none`)).status).to.equal(404)
  })

  describe('refuses as a whole what is no batch', () => {
    for (const [title, body, query, type] of [
      ['an empty array', [], '', 'BadRequestData'],
      ['a null item', [null], '', 'BadRequestData'],
      ['an object', { id: 'urn:m:1' }, '', 'BadRequestData'],
      ['options', [{ id: 'urn:m:1', a: 1 }], '?options=replace', 'InvalidRequest'],
    ] as const) {
      it(`refuses ${title}`, async () => {
        const answer = await merge(body, query)
        expect(answer.status).to.equal(400)
        expect(answer.body.type).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
      })
    }
  })
})
