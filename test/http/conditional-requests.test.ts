import { expect } from 'chai'
import { request } from 'undici'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const LD = 'application/ld+json'
const GEO = 'application/geo+json'

describe('Conditional requests (RFC 9110, 13)', () => {
  let hub: TestHub
  let at = 0
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const create = async (members: object = { a: 1 }) => {
    const id = `urn:c:${at++}`
    const body = { id, type: 'Room', ...members }
    expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
    return `${ENTITIES}/${id}`
  }
  const etag = ({ headers }: TestAnswer) => String(headers.etag)
  const tagOf = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
    etag(await hub.send(path, { headers }))
  const write = (
    method: 'PUT' | 'PATCH' | 'POST' | 'DELETE',
    path: string,
    ifMatch: string,
    body?: unknown,
  ) => hub.send(path, { method, headers: { 'if-match': ifMatch }, ...(body !== undefined && { body }) })

  describe('ETag', () => {
    it('is strong, stays while nothing changes, and changes with everything that does', async () => {
      const path = await create()
      const first = await tagOf(path)
      expect(first).to.match(/^"[\w.-]{20,}"$/)
      expect(await tagOf(path)).to.equal(first)
      await hub.send(path, { method: 'PATCH', body: { a: 1 } })
      expect(await tagOf(path), 'a write that changes nothing').to.equal(first)
      await hub.send(path, { method: 'PATCH', body: { a: 2 } })
      const second = await tagOf(path)
      expect(second).not.to.equal(first)
      await hub.send(path, { method: 'PATCH', body: { a: 1 } })
      expect([first, second]).not.to.include(await tagOf(path))
    })

    it('tells representations apart', async () => {
      const path = await create({
        location: { type: 'Point', coordinates: [105, 21] },
        name: { languageMap: { vi: 'x' } },
      })
      const link = (url: string) => ({ link: `<${url}>; rel="http://www.w3.org/ns/json-ld#context"` })
      const core = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld'
      const tags = [
        await tagOf(path),
        await tagOf(`${path}?format=simplified`),
        await tagOf(`${path}?format=concise`),
        await tagOf(`${path}?options=sysAttrs`),
        await tagOf(`${path}?pick=name`),
        await tagOf(`${path}?lang=vi`),
        await tagOf(path, { accept: LD }),
        await tagOf(path, { accept: LD, ...link(core) }),
        await tagOf(path, { accept: GEO }),
        await tagOf(path, { accept: GEO, prefer: 'body=json' }),
        await tagOf(`${path}/attrs/name/value`),
      ]
      expect(tags.filter((tag) => tag === 'undefined')).to.deep.equal([])
      expect(new Set(tags).size).to.equal(tags.length)
    })

    it('is on HEAD too, and on nothing that is no entity', async () => {
      const path = await create()
      expect(etag(await hub.send(path, { method: 'HEAD' }))).to.equal(await tagOf(path))
      for (const other of [`${path}none`, '/ngsi-ld/v1/types', `${ENTITIES}?type=Nothing`])
        expect((await hub.send(other)).headers).not.to.have.property('etag')
    })

    it('changes when an attribute expires without any write', async () => {
      const expiresAt = new Date(Date.now() + 400).toISOString()
      const path = await create({ a: 1, b: { type: 'Property', value: 2, expiresAt } })
      const first = await tagOf(path)
      await new Promise((resolve) => setTimeout(resolve, 450))
      const second = await tagOf(path)
      expect(second).not.to.equal(first)
      expect((await write('PATCH', path, first, { a: 3 })).status).to.equal(412)
      expect((await write('PATCH', path, second, { a: 3 })).status).to.equal(204)
    })
  })

  describe('If-None-Match on a read', () => {
    it('answers 304 without body to whoever has this representation', async () => {
      const path = await create()
      const tag = await tagOf(path)
      for (const header of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const answer = await hub.send(path, { headers: { 'if-none-match': header } })
        expect([header, answer.status, answer.text]).to.deep.equal([header, 304, ''])
        expect(etag(answer)).to.equal(tag)
      }
    })

    it('answers the entity to whoever has another one', async () => {
      const path = await create()
      const simplified = await tagOf(`${path}?format=simplified`)
      for (const header of ['"other"', 'other', simplified, '""']) {
        const answer = await hub.send(path, { headers: { 'if-none-match': header } })
        expect([header, answer.status]).to.deep.equal([header, 200])
        expect(answer.body.a).to.deep.equal({ type: 'Property', value: 1 })
      }
      const tag = await tagOf(path)
      await hub.send(path, { method: 'PATCH', body: { a: 2 } })
      expect((await hub.send(path, { headers: { 'if-none-match': tag } })).status).to.equal(200)
    })

    it('answers alike whether the entity is read anew or the answer is remembered', async () => {
      const path = await create({ text: 'x'.repeat(3000) })
      const tenant = { 'ngsild-tenant': 'remembering' }
      const body = { id: path.split('/').pop(), type: 'Room' }
      expect((await hub.send(ENTITIES, { method: 'POST', body, headers: tenant })).status).to.equal(201)
      for (const more of [{}, { 'accept-encoding': 'gzip' }, { accept: LD, ...tenant }]) {
        // a header that is not known keeps an answer from being remembered
        const anew = (headers = {}) => told(`${hub.url}${path}`, { ...more, ...headers, 'x-unknown': '1' })
        const again = (headers = {}) => told(`${hub.url}${path}`, { ...more, ...headers })
        const tag = String((await anew()).headers.etag)
        expect(await again()).to.deep.equal(await anew())
        expect(await again()).to.deep.equal(await anew())
        for (const header of [tag, `W/${tag}`, '*', '"other"', tag.replace(/~\w+"$/, '"')]) {
          const first = await anew({ 'if-none-match': header })
          expect(first.status, header).to.equal(header === '"other"' ? 200 : 304)
          expect(await again({ 'if-none-match': header })).to.deep.equal(first)
        }
      }
    })

    it('leaves 404 as it is', async () => {
      expect(
        (await hub.send(`${ENTITIES}/urn:c:none`, { headers: { 'if-none-match': '*' } })).status,
      ).to.equal(404)
    })
  })

  describe('If-Match on a write', () => {
    const WRITES: readonly (readonly [string, 'PUT' | 'PATCH' | 'POST' | 'DELETE', string, unknown?])[] = [
      ['Replace Entity', 'PUT', '', { type: 'Room', a: 2 }],
      ['Merge Entity', 'PATCH', '', { a: 2 }],
      ['Append Attributes', 'POST', '/attrs', { b: 2 }],
      ['Update Attributes', 'PATCH', '/attrs', { a: 2 }],
      ['Partial Attribute Update', 'PATCH', '/attrs/a', { value: 2 }],
      ['Replace Attribute', 'PUT', '/attrs/a', { type: 'Property', value: 2 }],
      ['Set Attribute Value', 'PUT', '/attrs/a/value', '2'],
      ['Delete Attribute', 'DELETE', '/attrs/a'],
      ['Delete Entity', 'DELETE', ''],
    ]
    for (const [title, method, below, body] of WRITES) {
      it(`lets ${title} through on the state that it names, else answers 412 and changes nothing`, async () => {
        const path = await create()
        const old = await tagOf(path)
        await hub.send(path, { method: 'PATCH', body: { c: 1 } })
        const before = (await hub.send(path)).text
        const refused = await write(method, `${path}${below}`, old, body)
        expect(refused.status).to.equal(412)
        expect(refused.body.type).to.equal('urn:urban-data-hub:errors:PreconditionFailed')
        expect((await hub.send(path)).text).to.equal(before)
        const done = await write(method, `${path}${below}`, await tagOf(path), body)
        expect(done.status, done.text).to.equal(204)
        expect((await hub.send(path)).text).not.to.equal(before)
      })
    }

    it('takes the tag of any representation of that state', async () => {
      const path = await create({ location: { type: 'Point', coordinates: [105, 21] } })
      for (const [query, headers] of [
        ['?format=simplified', {}],
        ['?pick=location&options=sysAttrs', {}],
        ['', { accept: LD }],
        ['', { accept: GEO }],
        ['/attrs/location/value', {}],
      ] as const) {
        const tag = await tagOf(`${path}${query}`, headers)
        const done = await write('PATCH', path, tag, { a: { value: Math.random() } })
        expect([query, done.status]).to.deep.equal([query, 204])
      }
    })

    it('compares strongly: a weak tag never matches', async () => {
      const path = await create()
      expect((await write('PATCH', path, `W/${await tagOf(path)}`, { a: 2 })).status).to.equal(412)
    })

    it('takes lists, and * for whatever is there', async () => {
      const path = await create()
      expect((await write('PATCH', path, `"x", ${await tagOf(path)}`, { a: 2 })).status).to.equal(204)
      expect((await write('PATCH', path, '*', { a: 3 })).status).to.equal(204)
    })

    it('leaves 404 for what is not there, or not of the type, as it is', async () => {
      const path = await create()
      for (const other of [`${ENTITIES}/urn:c:none`, `${path}?type=Other`])
        expect((await write('PATCH', other, '"x"', { a: 2 })).status).to.equal(404)
    })

    it('is refused where it could not be read or would be ignored', async () => {
      const path = await create()
      const requests: readonly (readonly [string, TestRequest])[] = [
        [path, { method: 'PATCH', body: { a: 2 }, headers: { 'if-match': 'unquoted' } }],
        [ENTITIES, { method: 'POST', body: { id: 'urn:c:no', type: 'T' }, headers: { 'if-match': '*' } }],
        [
          ENTITIES,
          { method: 'POST', body: { id: 'urn:c:no', type: 'T' }, headers: { 'if-none-match': '"x"' } },
        ],
        [`${ENTITIES}?type=Nothing`, { method: 'DELETE', headers: { 'if-match': '*' } }],
        [
          '/ngsi-ld/v1/entityOperations/create',
          { method: 'POST', body: [{ id: 'urn:c:no', type: 'T' }], headers: { 'if-none-match': '*' } },
        ],
      ]
      for (const [where, request] of requests) {
        const answer = await hub.send(where, request)
        expect([where, answer.status]).to.deep.equal([where, 400])
        expect(answer.body.type).to.match(/InvalidRequest$/)
      }
      expect((await hub.send(`${ENTITIES}/urn:c:no`)).status).to.equal(404)
    })

    it('lets one of many writers through that all read the same state', async () => {
      const path = await create()
      const tag = await tagOf(path)
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, value) => write('PATCH', path, tag, { a: { value: value + 100 } })),
      )
      const statuses = answers.map(({ status }) => status)
      expect(statuses.filter((status) => status === 204)).to.have.length(1)
      expect(statuses.filter((status) => status === 412)).to.have.length(19)
      const { body } = await hub.send(`${path}?format=simplified`)
      expect(body.a).to.equal(statuses.indexOf(204) + 100)
    })

    it('counts up without losing one when writers try again', async () => {
      const path = await create({ n: 0 })
      const add = async (): Promise<void> => {
        for (;;) {
          const read = await hub.send(`${path}?format=simplified`)
          const done = await write('PATCH', path, etag(read), { n: { value: read.body.n + 1 } })
          if (done.status === 204) return
          expect(done.status).to.equal(412)
        }
      }
      await Promise.all(Array.from({ length: 12 }, add))
      expect((await hub.send(`${path}?format=simplified`)).body.n).to.equal(12)
    })
  })

  it('If-None-Match: * creates only what is not there', async () => {
    const request = (id: string): TestRequest => ({
      method: 'POST',
      body: { id, type: 'Room' },
      headers: { 'if-none-match': '*' },
    })
    expect((await hub.send(ENTITIES, request('urn:c:new'))).status).to.equal(201)
    expect((await hub.send(ENTITIES, request('urn:c:new'))).status).to.equal(412)
    const plain = { method: 'POST', body: { id: 'urn:c:new', type: 'Room' } } as const
    expect((await hub.send(ENTITIES, plain)).status, 'as the standard has it').to.equal(409)
  })
})

/** What an answer tells, its bytes as they came; not what differs from request to request. */
async function told(url: string, headers: Readonly<Record<string, string>>) {
  const answer = await request(url, { headers })
  const { date: _, 'x-request-id': __, ...rest } = answer.headers
  return {
    status: answer.statusCode,
    headers: rest,
    bytes: Buffer.from(await answer.body.arrayBuffer()).toString('hex'),
  }
}
