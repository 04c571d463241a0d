import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const API = '/ngsi-ld/v1'
const ENTITIES = `${API}/entities`
const ERRORS = 'https://uri.etsi.org/ngsi-ld/errors/'
const CORE = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld'
const LD = { 'Content-Type': 'application/ld+json' }

describe('what the conformance suite asks of the API', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    const body = { id: 'urn:c:1', type: 'Room', scope: ['/A/B', '/C'], level: 1, kept: 1 }
    expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
  })
  after(() => hub.stop())

  const refused = async (
    status: number,
    type: string,
    path: string,
    request: Parameters<TestHub['send']>[1] = {},
  ) => {
    const answer = await hub.send(path, request)
    expect([answer.status, answer.body?.type], answer.text).to.deep.equal([status, ERRORS + type])
    return answer
  }

  describe('4.5.1 ids and names', () => {
    const withId = (id: string) => ({ method: 'POST', body: { id, type: 'Room' } }) as const

    for (const [title, character] of [
      ['right-to-left override', '\u202e'],
      ['zero width space', '\u200b'],
      ['variation selector', '\ufe0f'],
      ['supplementary variation selector', '\u{e0100}'],
      ['noncharacter', '\ufdd0'],
      ['Hangul filler', '\u3164'],
      ['blank Braille pattern', '\u2800'],
    ] as const) {
      it(`refuses an id with a ${title}`, () =>
        refused(400, 'BadRequestData', ENTITIES, withId(`urn:c:a${character}b`)).then(() => undefined))
    }

    it('takes letters of all scripts and the joiners that some of them need', async () => {
      for (const id of ['urn:c:Phổ-Yên', 'urn:c:می\u200cخواهم']) {
        const answer = await hub.send(ENTITIES, withId(id))
        expect(answer.status, answer.text).to.equal(201)
        const path = String(answer.headers.location)
        expect((await hub.send(path)).body.id).to.equal(id)
      }
    })

    for (const name of ['instanceId', 'previousValue', 'datasetId', 'observedAt']) {
      it(`refuses an attribute with the name ${name}`, async () => {
        const body = { id: 'urn:c:named', type: 'Room', [name]: { type: 'Property', value: 1 } }
        await refused(400, 'BadRequestData', ENTITIES, { method: 'POST', body })
        await refused(404, 'ResourceNotFound', `${ENTITIES}/urn:c:named`)
      })
    }
  })

  describe('4.5.2.2 ngsildproof', () => {
    const proven = (members: object, value: unknown = { type: 'DataIntegrityProof', proofValue: 'z1' }) => ({
      id: 'urn:c:proven',
      type: 'Room',
      ngsildproof: { type: 'Property', value, ...members },
    })
    const sealed = { entityIdSealed: 'urn:c:proven', entityTypeSealed: 'Room' }

    it('keeps the sealed members as the texts that they are', async () => {
      const body = proven(sealed)
      expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
      expect((await hub.send(`${ENTITIES}/urn:c:proven`)).body).to.deep.equal(body)
      await hub.send(`${ENTITIES}/urn:c:proven`, { method: 'DELETE' })
    })

    for (const [title, body] of [
      ['a value that is no object', proven(sealed, 'z1')],
      ['a sealed member that is no text', proven({ entityIdSealed: { type: 'Property', value: 'x' } })],
      ['a sealed member elsewhere', { id: 'urn:c:proven', type: 'Room', level: { value: 1, ...sealed } }],
    ] as const) {
      it(`refuses ${title}`, async () => {
        await refused(400, 'BadRequestData', ENTITIES, { method: 'POST', body })
        await refused(404, 'ResourceNotFound', `${ENTITIES}/urn:c:proven`)
      })
    }
  })

  it('4.7.1 takes no location that is not a GeoProperty', async () => {
    for (const location of ['here', { type: 'Property', value: 'here' }, { object: 'urn:c:1' }]) {
      const body = { id: 'urn:c:place', type: 'Room', location }
      await refused(400, 'BadRequestData', ENTITIES, { method: 'POST', body })
    }
    await refused(404, 'ResourceNotFound', `${ENTITIES}/urn:c:place`)
  })

  it('4.17 does not let type=* go with local=false', async () => {
    await refused(400, 'BadRequestData', `${ENTITIES}?type=*&local=false`)
    expect((await hub.send(`${ENTITIES}?type=*`)).body).not.to.have.length(0)
  })

  it('4.19 reads ";" between scopes without parentheses as and', async () => {
    expect((await hub.send(`${ENTITIES}?type=Room&scopeQ=/A/B;/C`)).body).to.have.length(1)
    expect((await hub.send(`${ENTITIES}?type=Room&scopeQ=/A/B;/D`)).body).to.have.length(0)
  })

  it('4.21 refuses what is picked and omitted at once', async () => {
    await refused(400, 'BadRequestData', `${ENTITIES}/urn:c:1?pick=id,level&omit=level`)
    await refused(400, 'BadRequestData', `${ENTITIES}?type=Room&pick=id,level&omit=id`)
    expect((await hub.send(`${ENTITIES}/urn:c:1?pick=id,level&omit=kept`)).body).to.have.all.keys(
      'id',
      'level',
    )
  })

  it('5.5.10 names the tenant in every answer, also in refusals', async () => {
    const headers = { 'NGSILD-Tenant': 'nowhere' }
    const answer = await refused(404, 'NonexistentTenant', `${ENTITIES}?type=Room`, { headers })
    expect(answer.headers['ngsild-tenant']).to.equal('nowhere')
    expect((await hub.send(`${ENTITIES}?type=Room`)).headers).not.to.have.property('ngsild-tenant')
  })

  for (const [method, path] of [
    ['POST', '/attrs'],
    ['PATCH', '/attrs/'],
    ['PATCH', '/attrs/level'],
    ['DELETE', '/attrs/level'],
  ] as const) {
    it(`5.6 calls the absent entity id of ${method} ${path} a fault of the data`, () =>
      refused(400, 'BadRequestData', `${ENTITIES}/${path}`, {
        method,
        ...(method !== 'DELETE' && { body: { level: 2 } }),
      }).then(() => undefined))
  }

  it('5.6.1 refuses an array and other JSON that is no object as a request of the wrong form', async () => {
    for (const body of [[], 'text', 1]) {
      await refused(400, 'InvalidRequest', ENTITIES, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: LD,
      })
    }
  })

  it('5.6.4 deletes the instance whose value becomes NGSI-LD Null, and no other', async () => {
    const level = [{ value: 1 }, { value: 2, datasetId: 'urn:c:d' }]
    await hub.send(ENTITIES, { method: 'POST', body: { id: 'urn:c:null', type: 'Room', level, kept: 1 } })
    const body = { type: 'Property', value: 'urn:ngsi-ld:null' }
    const path = `${ENTITIES}/urn:c:null/attrs/level`
    expect((await hub.send(path, { method: 'PATCH', body })).status).to.equal(204)
    expect((await hub.send(`${ENTITIES}/urn:c:null?format=concise`)).body).to.deep.equal({
      id: 'urn:c:null',
      type: 'Room',
      level: { value: 2, datasetId: 'urn:c:d' },
      kept: 1,
    })
    await refused(404, 'ResourceNotFound', path, { method: 'PATCH', body })
  })

  describe('5.6.7 and 5.6.9 batches', () => {
    const post = (name: string, body: unknown, headers: Record<string, string> = {}) =>
      hub.send(`${API}/entityOperations/${name}`, { method: 'POST', body, headers })
    const room = (id: string, context?: unknown) => ({
      id,
      type: 'Room',
      ...(context !== undefined && { '@context': context }),
    })

    it('refuse only the entity whose @context is missing or in the wrong place (6.3.5)', async () => {
      const ld = await post('create', JSON.stringify([room('urn:c:b1'), room('urn:c:b2', CORE)]), LD)
      expect([ld.status, ld.body.success]).to.deep.equal([207, ['urn:c:b2']])
      expect(ld.body.errors[0]).to.deep.include({ entityId: 'urn:c:b1' })
      expect(ld.body.errors[0].error.type).to.equal(`${ERRORS}BadRequestData`)
      const plain = await post('create', [room('urn:c:b3'), room('urn:c:b4', CORE)])
      expect([plain.status, plain.body.success]).to.deep.equal([207, ['urn:c:b3']])
    })

    it('refuse the whole request when its headers contradict each other', async () => {
      const Link = `<${CORE}>; rel="http://www.w3.org/ns/json-ld#context"`
      const answer = await post('create', JSON.stringify([room('urn:c:b5', CORE)]), { ...LD, Link })
      expect([answer.status, answer.body.type]).to.deep.equal([400, `${ERRORS}BadRequestData`])
      await refused(404, 'ResourceNotFound', `${ENTITIES}/urn:c:b5`)
    })

    it('answer 207 for entities that keep what noOverwrite does not replace', async () => {
      const body = [
        { id: 'urn:c:1', level: 5, added: 1 },
        { id: 'urn:c:b3', level: 5 },
      ]
      const answer = await post('update?options=noOverwrite', body)
      expect([answer.status, answer.body.success]).to.deep.equal([207, ['urn:c:b3']])
      expect(answer.body.errors[0].error.type).to.equal(`${ERRORS}AlreadyExists`)
      expect((await hub.send(`${ENTITIES}/urn:c:1?format=simplified`)).body).to.include({
        level: 1,
        added: 1,
      })
    })
  })

  it('5.7.1 finds nothing when the entity has none of the attributes asked for', async () => {
    await refused(404, 'ResourceNotFound', `${ENTITIES}/urn:c:1?attrs=unknown`)
    expect((await hub.send(`${ENTITIES}/urn:c:1?attrs=unknown,kept`)).body).to.include.keys('id', 'kept')
  })

  it('5.7.2 does not count names of the system as a selection', async () => {
    await refused(400, 'BadRequestData', `${ENTITIES}?attrs=createdAt`)
    await refused(400, 'BadRequestData', `${ENTITIES}?q=modifiedAt>2020-01-01T00:00:00Z`)
    expect((await hub.send(`${ENTITIES}?attrs=createdAt,level`)).status).to.equal(200)
  })

  it('6.3.4 counts a range with an unreadable weight in full', async () => {
    const answer = await hub.send(`${ENTITIES}/urn:c:1`, {
      headers: { Accept: 'application/ld+json;q=much' },
    })
    expect([answer.status, answer.headers['content-type']]).to.deep.equal([200, 'application/ld+json'])
  })

  it('6.3.10 links pages without a trailing slash and with readable parameters', async () => {
    const answer = await hub.send(`${ENTITIES}/?type=Room&limit=1&offset=1&idPattern=urn:c:.*`)
    expect(answer.headers.link).to.include(
      `<${ENTITIES}?idPattern=urn:c:.*&limit=1&offset=0&type=Room>; rel="prev"; type="application/json"`,
    )
  })
})
