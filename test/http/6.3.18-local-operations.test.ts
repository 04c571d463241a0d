import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'
import { type Source, sendJson, startSource } from '../unit/federation/support.ts'

describe('6.3.18 Limiting Distributed Operations', () => {
  const api = useApi({ 'context.default': 'core', 'egress.mode': 'open' })
  let source: Source
  before(async () => {
    source = await startSource((_, response, { pathname }) => {
      const entity = { id: 'urn:v:2', type: 'Room', level: { type: 'Property', value: 2 } }
      sendJson(response, pathname.endsWith('/entities') ? [entity] : entity)
    })
    const registration = {
      id: 'urn:v:source',
      type: 'ContextSourceRegistration',
      endpoint: source.endpoint,
      information: [{ entities: [{ type: 'Room' }] }],
      contextSourceAlias: 'other',
    }
    const made = await api.write('POST', '/ngsi-ld/v1/csourceRegistrations', registration)
    expect(made.status, made.text).to.equal(201)
    await api.create('urn:v:1', { level: 1 })
  })
  after(() => source.close())

  it('asks sources without the parameter and with local=false', async () => {
    for (const more of ['', '&local=false']) {
      expect(await api.ids(`type=Room${more}`)).to.deep.equal(['urn:v:1', 'urn:v:2'])
      expect((await api.read('urn:v:2', more.replace('&', '?'))).id).to.equal('urn:v:2')
    }
    expect(source.asked).to.have.length(4)
  })

  it('asks none with local=true', async () => {
    const before = source.asked.length
    expect(await api.ids('type=Room&local=true')).to.deep.equal(['urn:v:1'])
    await api.refused(api.send(`${ENTITIES}/urn:v:2?local=true`), 404, 'ResourceNotFound')
    const query = { type: 'Query', entities: [{ type: 'Room' }] }
    const { body } = await api.write('POST', `${OPERATIONS}/query?local=true`, query)
    expect(body.map(({ id }: { id: string }) => id)).to.deep.equal(['urn:v:1'])
    expect(source.asked).to.have.length(before)
  })

  it('says in Via who hands the request on, and asks no source that Via names', async () => {
    expect(await api.ids('type=Room', { Via: '1.1 third' })).to.deep.equal(['urn:v:1', 'urn:v:2'])
    expect(source.asked.at(-1)?.headers.via).to.match(/^1\.1 third, 1\.1 \S+$/)
    const before = source.asked.length
    expect(await api.ids('type=Room', { Via: '1.1 other' })).to.deep.equal(['urn:v:1'])
    expect(source.asked).to.have.length(before)
  })
})
