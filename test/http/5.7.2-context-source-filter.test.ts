import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY = '/ngsi-ld/v1/entityOperations/query'
const ERRORS = 'https://uri.etsi.org/ngsi-ld/errors/'

describe('5.7.2 Query Entities with a context source filter', () => {
  let hub: TestHub
  let sources: readonly TestHub[]
  before(async () => {
    const settings = { 'context.default': 'core' }
    sources = await Promise.all(['good', 'poor'].map((name) => startTestHub({ ...settings, name })))
    hub = await startTestHub({ ...settings, name: 'asker' })
    for (const [at, each] of [...sources, hub].entries()) {
      await created(each, ENTITIES, { id: `urn:tram:${at}`, type: 'Tram', speed: at })
    }
    for (const [at, { url }] of sources.entries()) {
      await created(hub, '/ngsi-ld/v1/csourceRegistrations', {
        id: `urn:source:${at}`,
        type: 'ContextSourceRegistration',
        registrationName: `Source ${at}`,
        endpoint: url,
        information: [{ entities: [{ type: 'Tram' }] }],
        quality: { type: 'Property', value: 5 - at },
      })
    }
  })
  after(async () => {
    for (const each of [hub, ...sources]) await each.stop()
  })

  async function created(at: TestHub, path: string, body: object): Promise<void> {
    const { status, text } = await at.send(path, { method: 'POST', body })
    expect(status, text).to.equal(201)
  }
  const ids = (body: readonly { readonly id: string }[]) => body.map(({ id }) => id)
  const query = async (csf: string, more = '') =>
    ids((await hub.send(`${ENTITIES}?type=Tram&csf=${encodeURIComponent(csf)}${more}`)).body)

  it('asks all sources without one', async () => {
    expect(ids((await hub.send(`${ENTITIES}?type=Tram`)).body)).to.deep.equal(
      [0, 1, 2].map((at) => `urn:tram:${at}`),
    )
  })

  const CASES: readonly (readonly [csf: string, asked: readonly number[]])[] = [
    ['quality==5', [0]],
    ['quality<5', [1]],
    ['quality>=4', [0, 1]],
    ['quality==1', []],
    ['!quality', []],
    ['registrationName=="Source 1"', [1]],
    ['registrationName~="^Source"', [0, 1]],
    ['quality==5|registrationName=="Source 1"', [0, 1]],
  ]
  describe('asks the sources that pass it, and never filters its own entities', () => {
    for (const [csf, asked] of CASES) {
      it(`asks sources ${JSON.stringify(asked)} for ${csf}`, async () => {
        const wanted = [...asked, 2].map((at) => `urn:tram:${at}`)
        expect(await query(csf)).to.deep.equal(wanted)
        const body = { type: 'Query', entities: [{ type: 'Tram' }], csf }
        expect(ids((await hub.send(QUERY, { method: 'POST', body })).body)).to.deep.equal(wanted)
      })
    }
  })

  it('filters nothing of a local query', async () => {
    expect(await query('quality==1', '&local=true')).to.deep.equal(['urn:tram:2'])
  })

  it('is no filter that makes a query narrow enough', async () => {
    const { body } = await hub.send(`${ENTITIES}?csf=quality==5`)
    expect(body.type).to.equal(`${ERRORS}BadRequestData`)
  })

  describe('refuses one that is wrong, wherever it can be given', () => {
    for (const csf of ['quality==', 'quality==5;', '(quality', 'rel{T:quality}==5']) {
      it(csf, async () => {
        const search = `type=Tram&local=true&csf=${encodeURIComponent(csf)}`
        const answers = [
          await hub.send(`${ENTITIES}?${search}`),
          await hub.send(`${ENTITIES}?${search}`, { method: 'DELETE' }),
          await hub.send(`/ngsi-ld/v1/entityMaps?${search}`),
          await hub.send(QUERY, {
            method: 'POST',
            body: { type: 'Query', entities: [{ type: 'Tram' }], csf },
          }),
        ]
        for (const { body } of answers) {
          expect(body.type).to.equal(`${ERRORS}BadRequestData`)
          expect(body.detail).to.match(/^Parameter csf /)
        }
      })
    }
  })
})
