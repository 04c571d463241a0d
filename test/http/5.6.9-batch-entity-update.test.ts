import { expect } from 'chai'
import { OPERATIONS, useApi } from '../support/api.ts'

describe('5.6.9 Batch Entity Update', () => {
  const api = useApi()
  const update = (body: unknown, query = '') => api.write('POST', `${OPERATIONS}/update${query}`, body)
  const simplified = (id: string) => api.read(id, '?format=simplified')

  it('appends to each entity and replaces what is there', async () => {
    await api.create('urn:bt:1', { a: { value: 1, unitCode: 'CEL' }, kept: 1 })
    await api.create('urn:bt:2')
    const answer = await update([
      { id: 'urn:bt:1', type: 'Room', a: 2, b: 3 },
      { id: 'urn:bt:2', a: 4 },
    ])
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(await api.read('urn:bt:1')).to.deep.include({ a: { type: 'Property', value: 2 } })
    expect(await simplified('urn:bt:1')).to.include({ b: 3, kept: 1 })
    expect(await simplified('urn:bt:2')).to.include({ a: 4 })
  })

  it('answers 207 for entities that keep what noOverwrite does not replace, and adds the rest', async () => {
    await api.create('urn:bt:3', { a: 1 })
    await api.create('urn:bt:4')
    const body = [
      { id: 'urn:bt:3', a: 2, b: 2 },
      { id: 'urn:bt:4', a: 2 },
    ]
    const answer = await update(body, '?options=noOverwrite')
    expect([answer.status, answer.body.success]).to.deep.equal([207, ['urn:bt:4']])
    expect(answer.body.errors[0].error.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/AlreadyExists')
    expect(await simplified('urn:bt:3')).to.include({ a: 1, b: 2 })
  })

  it('reports entities that are not there, and creates none', async () => {
    await api.create('urn:bt:5')
    const answer = await update([
      { id: 'urn:bt:none', type: 'Room', a: 1 },
      { id: 'urn:bt:5', a: 1 },
    ])
    expect([answer.status, answer.body.success]).to.deep.equal([207, ['urn:bt:5']])
    expect(answer.body.errors[0]).to.include({ entityId: 'urn:bt:none' })
    expect(answer.body.errors[0].error.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound')
    await api.absent('urn:bt:none')
  })

  describe('refuses as a whole what is no batch', () => {
    for (const [title, body, query, type] of [
      ['an empty array', [], '', 'BadRequestData'],
      ['an array with null', [null], '', 'BadRequestData'],
      ['an object', { id: 'urn:bt:1' }, '', 'BadRequestData'],
      ['an option that it does not know', [{ id: 'urn:bt:1', a: 9 }], '?options=replace', 'InvalidRequest'],
    ] as const) {
      it(title, () => api.refused(update(body, query), 400, type).then(() => undefined))
    }
  })
})
