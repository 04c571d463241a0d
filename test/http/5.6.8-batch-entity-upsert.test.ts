import { expect } from 'chai'
import { OPERATIONS, useApi } from '../support/api.ts'

describe('5.6.8 Batch Entity Creation or Update (Upsert)', () => {
  const api = useApi()
  const upsert = (body: unknown, query = '') => api.write('POST', `${OPERATIONS}/upsert${query}`, body)
  const room = (id: string, members: object = {}) => ({ id, type: 'Room', ...members })
  const simplified = (id: string) => api.read(id, '?format=simplified')

  it('answers 201 with the ids of those it created only', async () => {
    await api.create('urn:bu:1')
    const answer = await upsert([room('urn:bu:1'), room('urn:bu:2')])
    expect(answer.status).to.equal(201)
    expect(answer.body).to.deep.equal(['urn:bu:2'])
  })

  it('answers 204 when all were there', async () => {
    await api.create('urn:bu:3')
    const answer = await upsert([room('urn:bu:3', { a: 1 })])
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(await simplified('urn:bu:3')).to.include({ a: 1 })
  })

  it('replaces what was there, without options and with options=replace', async () => {
    await api.create('urn:bu:4', { type: ['Room', 'Hall'], a: 1 })
    for (const query of ['', '?options=replace']) {
      expect((await upsert([room('urn:bu:4', { b: query })], query)).status).to.equal(204)
      expect(await simplified('urn:bu:4')).to.deep.equal({ id: 'urn:bu:4', type: 'Room', b: query })
    }
  })

  it('updates the attributes of what was there with options=update', async () => {
    await api.create('urn:bu:5', { a: 1, b: 1, c: 1 })
    const body = [room('urn:bu:5', { type: 'Hall', b: 2, c: 'urn:ngsi-ld:null' })]
    expect((await upsert(body, '?options=update')).status).to.equal(204)
    const after = await simplified('urn:bu:5')
    expect(after.type).to.have.members(['Room', 'Hall'])
    expect(after).to.include({ a: 1, b: 2 })
    expect(after).to.not.have.property('c')
  })

  it('reports each failure by itself with 207 and keeps the rest', async () => {
    const answer = await upsert([room('urn:bu:6'), { id: 'urn:bu:none' }, room('urn:bu:7', { a: null })])
    expect([answer.status, answer.body.success]).to.deep.equal([207, ['urn:bu:6']])
    expect(answer.body.errors.map(({ entityId }: { entityId: string }) => entityId)).to.deep.equal([
      'urn:bu:none',
      'urn:bu:7',
    ])
    for (const id of ['urn:bu:none', 'urn:bu:7']) await api.absent(id)
  })

  describe('refuses as a whole what is no batch', () => {
    for (const [title, body, query, type] of [
      ['an empty array', [], '', 'BadRequestData'],
      ['an array with null', [null], '', 'BadRequestData'],
      ['an object', room('urn:bu:none'), '', 'BadRequestData'],
      ['an option that it does not know', [room('urn:bu:none')], '?options=noOverwrite', 'InvalidRequest'],
    ] as const) {
      it(title, async () => {
        await api.refused(upsert(body, query), 400, type)
        await api.absent('urn:bu:none')
      })
    }
  })
})
