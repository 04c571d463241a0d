import { expect } from 'chai'
import { OPERATIONS, useApi } from '../support/api.ts'

describe('5.5.11 More than one instance of the same Entity in an Entity array', () => {
  const api = useApi()
  const batch = (name: string, body: unknown) => api.write('POST', `${OPERATIONS}/${name}`, body)
  const room = (id: string, members: object = {}) => ({ id, type: 'Room', ...members })
  const simplified = (id: string) => api.read(id, '?format=simplified')

  it('creates the first, and the others exist already', async () => {
    const answer = await batch('create', [room('urn:s:1', { a: 1 }), room('urn:s:1', { a: 2 })])
    expect([answer.status, answer.body.success]).to.deep.equal([207, ['urn:s:1']])
    expect(answer.body.errors[0].error.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/AlreadyExists')
    expect(await simplified('urn:s:1')).to.include({ a: 1 })
  })

  it('upserts them one after the other', async () => {
    const bodies = [1, 2, 3].map((a) => room('urn:s:2', { a, [`only${a}`]: a }))
    const updated = await batch('upsert?options=update', bodies)
    expect([updated.status, updated.body]).to.deep.equal([201, ['urn:s:2']])
    expect(await simplified('urn:s:2')).to.include({ a: 3, only1: 1, only2: 2, only3: 3 })
    expect((await batch('upsert', bodies)).status).to.equal(204)
    expect(await simplified('urn:s:2')).to.deep.equal(room('urn:s:2', { a: 3, only3: 3 }))
  })

  it('updates and merges them one after the other', async () => {
    await api.create('urn:s:3')
    await batch(
      'update',
      [1, 2].map((a) => ({ id: 'urn:s:3', a, [`only${a}`]: a })),
    )
    expect(await simplified('urn:s:3')).to.include({ a: 2, only1: 1, only2: 2 })
    await batch('merge', [
      { id: 'urn:s:3', b: { value: { x: 1 } } },
      { id: 'urn:s:3', b: { value: { y: 2 } } },
    ])
    expect((await simplified('urn:s:3')).b).to.deep.equal({ x: 1, y: 2 })
  })

  it('deletes the first, and the others are not there any more', async () => {
    await api.create('urn:s:4')
    const answer = await batch('delete', ['urn:s:4', 'urn:s:4'])
    expect([answer.status, answer.body.success]).to.deep.equal([207, ['urn:s:4']])
    expect(answer.body.errors[0].error.type).to.equal('https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound')
  })

  it('gives all entities of a batch the same modifiedAt', async () => {
    await batch(
      'create',
      ['urn:s:5', 'urn:s:6', 'urn:s:7'].map((id) => room(id, { a: 1 })),
    )
    const { body } = await api.send(
      '/ngsi-ld/v1/entities?id=urn:s:5,urn:s:6,urn:s:7&type=Room&options=sysAttrs',
    )
    expect(new Set(body.map(({ modifiedAt }: { modifiedAt: string }) => modifiedAt)).size).to.equal(1)
  })
})
