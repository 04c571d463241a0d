import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

describe('4.16 Supporting Multiple Entity Types', () => {
  const api = useApi()
  const types = async (id: string) => (await api.read(id)).type

  it('keeps several types, each once, and answers a single one as a text', async () => {
    await api.create('urn:m:1', { type: ['Room', 'Hall', 'Room'] })
    expect(await types('urn:m:1')).to.have.members(['Room', 'Hall'])
    await api.create('urn:m:2', { type: ['Room'] })
    expect(await types('urn:m:2')).to.equal('Room')
  })

  it('finds an entity by each of its types', async () => {
    await api.create('urn:m:3', { type: ['Attic', 'Cellar'] })
    for (const type of ['Attic', 'Cellar']) expect(await api.ids(`type=${type}`)).to.deep.equal(['urn:m:3'])
  })

  describe('adds types by updates and takes none away', () => {
    for (const [method, path] of [
      ['PATCH', ''],
      ['PATCH', '/attrs'],
      ['POST', '/attrs'],
    ] as const) {
      it(`${method} /entities/{id}${path}`, async () => {
        const id = `urn:m:${method}${path.length}`
        await api.create(id, { type: ['Room', 'Hall'] })
        expect((await api.write(method, `${ENTITIES}/${id}${path}`, { type: 'Shed', a: 1 })).status).to.equal(
          204,
        )
        expect(await types(id)).to.have.members(['Room', 'Hall', 'Shed'])
      })
    }
  })

  it('takes types away by replacing the entity only', async () => {
    await api.create('urn:m:4', { type: ['Room', 'Hall'] })
    await api.write('PUT', `${ENTITIES}/urn:m:4`, { type: 'Hall' })
    expect(await types('urn:m:4')).to.equal('Hall')
    expect(await api.ids('type=Room&id=urn:m:4')).to.deep.equal([])
  })
})
