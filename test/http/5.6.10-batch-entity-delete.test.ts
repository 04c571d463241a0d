import { expect } from 'chai'
import { OPERATIONS, useApi } from '../support/api.ts'

describe('5.6.10 Batch Entity Delete', () => {
  const api = useApi()
  const remove = (body: unknown) => api.write('POST', `${OPERATIONS}/delete`, body)

  it('deletes all entities of an array of ids', async () => {
    for (const id of ['urn:bd:1', 'urn:bd:2', 'urn:bd:kept']) await api.create(id)
    const answer = await remove(['urn:bd:1', 'urn:bd:2'])
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(await api.ids('type=Room')).to.deep.equal(['urn:bd:kept'])
  })

  it('answers 207 that says which ids were not there or are none', async () => {
    await api.create('urn:bd:3')
    const answer = await remove(['urn:bd:none', 'urn:bd:3', 'none', { id: 'urn:bd:kept' }])
    expect([answer.status, answer.body.success]).to.deep.equal([207, ['urn:bd:3']])
    expect(
      answer.body.errors.map(({ error }: { error: { type: string } }) => error.type.split('/').at(-1)),
    ).to.deep.equal(['ResourceNotFound', 'BadRequestData', 'BadRequestData'])
    await api.absent('urn:bd:3')
  })

  describe('refuses as a whole what is no batch', () => {
    for (const [title, body] of [
      ['an empty array', []],
      ['an array with null', ['urn:bd:kept', null]],
      ['a text', '"urn:bd:kept"'],
    ] as const) {
      it(title, async () => {
        await api.refused(remove(body), 400, 'BadRequestData')
        expect((await api.read('urn:bd:kept')).id).to.equal('urn:bd:kept')
      })
    }
  })
})
