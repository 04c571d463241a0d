import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { CORE_CONTEXT_URL, CORE_CONTEXT_URLS } from '../../broker/contexts/core-context.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const CONTEXTS = '/ngsi-ld/v1/jsonldContexts'
const ENTITIES = '/ngsi-ld/v1/entities'
const LD = { 'Content-Type': 'application/ld+json' }
const SPEED = { speed: 'https://example.org/speed' }

describe('5.13 Storing, Managing and Serving @contexts', () => {
  let hub: TestHub
  let server: Server
  let origin = ''
  let entities = 0
  const pages = new Map<string, unknown>()

  before(async () => {
    hub = await startTestHub({ 'egress.mode': 'open' })
    server = createServer((request, response) => {
      const page = pages.get(request.url ?? '')
      response.writeHead(page === undefined ? 503 : 200, { Connection: 'close' })
      response.end(typeof page === 'string' ? page : JSON.stringify({ '@context': page }))
    })
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
  })
  after(async () => {
    await hub.stop()
    server.close()
  })
  beforeEach(() => pages.clear())

  const put = (path: string, context: unknown): string => {
    pages.set(path, context)
    return origin + path
  }
  const post = (context: unknown, tenant = ''): Promise<TestAnswer> =>
    hub.send(CONTEXTS, { method: 'POST', body: { '@context': context }, headers: of(tenant) })
  const of = (tenant: string): Record<string, string> => (tenant === '' ? {} : { 'NGSILD-Tenant': tenant })
  const add = async (context: unknown, tenant = ''): Promise<string> => {
    const { status, headers, text } = await post(context, tenant)
    expect(status, text).to.equal(201)
    return String(headers.location)
  }
  const item = (reference: string, search = ''): string =>
    `${CONTEXTS}/${encodeURIComponent(reference)}${search}`
  const remove = (path: string): Promise<TestAnswer> => hub.send(path, { method: 'DELETE' })
  const create = (context: unknown, tenant = '') =>
    hub.send(ENTITIES, {
      method: 'POST',
      headers: { ...LD, ...of(tenant) },
      body: { id: `urn:car:${++entities}`, type: 'Car', speed: 1, '@context': context },
    })
  const refused = (answer: TestAnswer, status: number, type: string): void => {
    expect(answer.status, answer.text).to.equal(status)
    expect(answer.body.type).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
  }
  /** Makes the hub fetch a document. */
  const cache = async (path: string, context: unknown): Promise<string> => {
    const url = put(path, context)
    expect((await create(url)).status).to.equal(201)
    return url
  }

  describe('5.13.2 Add @context', () => {
    it('answers 201 with a relative Location and no body', async () => {
      const { status, headers, text } = await post(SPEED)
      expect([status, text]).to.deep.equal([201, ''])
      expect(headers.location).to.match(/^\/ngsi-ld\/v1\/jsonldContexts\/[\w-]+$/)
    })

    it('takes URLs, objects and arrays, and drops other members', async () => {
      const url = put('/terms', SPEED)
      for (const context of [url, SPEED, [url, SPEED], [CORE_CONTEXT_URL]]) {
        const body = { '@context': context, name: 'dropped' }
        const { headers } = await hub.send(CONTEXTS, { method: 'POST', body, headers: LD })
        expect((await hub.send(String(headers.location))).body).to.deep.equal({ '@context': context })
      }
    })

    it('makes copies of what it refers to', async () => {
      const inner = put('/inner', SPEED)
      const outer = put('/outer', [inner])
      await add([outer])
      for (const url of [inner, outer])
        expect((await hub.send(item(url, '?details=true'))).body).to.include({ URL: url, kind: 'Cached' })
    })

    describe('refuses a body of another shape as InvalidRequest', () => {
      for (const [what, body] of [
        ['a body without @context', { speed: 'https://example.org/speed' }],
        ['an array', [{ '@context': SPEED }]],
        ['a text that is no JSON', '{ "@context": '],
      ] as const)
        it(what, async () =>
          refused(await hub.send(CONTEXTS, { method: 'POST', body }), 400, 'InvalidRequest'),
        )
    })

    describe('refuses what is no @context as BadRequestData', () => {
      for (const context of [
        42,
        true,
        null,
        ['https://nowhere.invalid/', 7],
        { speed: { '@id': 'https://example.org/', '@container': '@no' } },
      ])
        it(JSON.stringify(context), async () => {
          const answer = await post(context)
          refused(answer, 400, 'BadRequestData')
          expect(answer.headers).to.not.have.property('location')
        })
    })

    it('refuses what refers to a document that cannot be had', async () =>
      refused(await post([`${origin}/gone`]), 504, 'LdContextNotAvailable'))

    it('makes it usable by its URL, and by requests that name it in a Link header', async () => {
      const url = hub.url + (await add(SPEED))
      const id = `urn:car:${++entities}`
      const Link = `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
      const body = { id, type: 'Car', speed: 5 }
      expect((await hub.send(ENTITIES, { method: 'POST', body, headers: { Link } })).status).to.equal(201)
      const { body: plain } = await hub.send(`${ENTITIES}/${id}?format=simplified`)
      expect(plain).to.have.property('https://example.org/speed', 5)
      expect(plain).to.not.have.property('speed')
      const { headers } = await hub.send(`${ENTITIES}/${id}`, { headers: { Link } })
      expect(headers.link).to.equal(Link)
    })
  })

  describe('5.13.3 List @contexts', () => {
    it('lists URLs, of all kinds or of one', async () => {
      const hosted = hub.url + (await add(SPEED))
      const cached = await cache('/list', SPEED)
      const list = async (search: string) => (await hub.send(CONTEXTS + search)).body
      for (const search of ['', '?details=false', '?kind='])
        expect(await list(search)).to.include.members([hosted, cached, CORE_CONTEXT_URL])
      expect(await list('?kind=Hosted'))
        .to.include(hosted)
        .and.not.include(cached)
      expect(await list('?kind=Cached'))
        .to.include(cached)
        .and.not.include(hosted)
      const implicit = await list('?kind=ImplicitlyCreated')
      expect(implicit).to.not.include(cached)
      expect(implicit).to.not.include(hosted)
    })

    it('tells details', async () => {
      const location = await add(SPEED)
      const cached = await cache('/details', SPEED)
      const { body } = await hub.send(`${CONTEXTS}?details=true`)
      const find = (url: string) => body.find((one: { URL: string }) => one.URL === url)
      expect(find(hub.url + location)).to.have.all.keys('URL', 'localId', 'kind', 'createdAt')
      expect(find(hub.url + location)).to.include({ kind: 'Hosted', localId: location.split('/').at(-1) })
      expect(find(cached)).to.have.all.keys('URL', 'localId', 'kind', 'createdAt', 'lastUsage')
      expect(Date.parse(find(cached).lastUsage)).to.be.at.least(Date.parse(find(cached).createdAt))
    })

    it('lists more than a page of the store, each once', async () => {
      const before = (await hub.send(`${CONTEXTS}?kind=Hosted`)).body.length
      for (let count = 0; count < 60; count++) await add({ speed: `https://example.org/${count}` })
      const urls: string[] = (await hub.send(`${CONTEXTS}?kind=Hosted`)).body
      expect(new Set(urls).size).to.equal(before + 60)
      expect(urls).to.have.length(before + 60)
    })

    describe('refuses kinds and details that there are not', () => {
      for (const search of ['?kind=other', '?details=other', '?kind=hosted', '?details=true&kind=other'])
        it(search, async () => refused(await hub.send(CONTEXTS + search), 400, 'BadRequestData'))
    })
  })

  describe('5.13.4 Serve @context', () => {
    it('answers the content in the media type that was agreed on', async () => {
      const location = await add(SPEED)
      for (const [accept, type] of [
        ['*/*', 'application/json'],
        ['application/ld+json', 'application/ld+json'],
      ] as const) {
        const { headers, body } = await hub.send(location, { headers: { Accept: accept } })
        expect(body).to.deep.equal({ '@context': SPEED })
        expect(headers['content-type']).to.equal(type)
      }
    })

    it('answers details by local id and by URL', async () => {
      const url = await cache('/serve', SPEED)
      const { body } = await hub.send(item(url, '?details=true'))
      expect(body).to.include({ URL: url, kind: 'Cached' })
      expect((await hub.send(item(body.localId, '?details=true'))).body).to.deep.equal(body)
      const hosted = await add(SPEED)
      const details = (await hub.send(`${hosted}?details=true`)).body
      expect(details).to.include({ URL: hub.url + hosted, kind: 'Hosted' })
      expect((await hub.send(item(details.URL, '?details=true'))).body).to.deep.equal(details)
    })

    it('keeps the content of copies to their own servers', async () => {
      const url = await cache('/copy', SPEED)
      for (const reference of [url, ...CORE_CONTEXT_URLS])
        refused(await hub.send(item(reference)), 422, 'OperationNotSupported')
    })

    it('knows each published core', async () => {
      for (const url of CORE_CONTEXT_URLS)
        expect((await hub.send(item(url, '?details=true'))).body).to.include({ URL: url, kind: 'Cached' })
    })

    it('answers 404 for what is not there', async () => {
      for (const search of ['', '?details=true', '?details=false'])
        refused(await hub.send(item('wrong_id', search)), 404, 'ResourceNotFound')
    })
  })

  describe('5.13.5 Delete and Reload @context', () => {
    it('deletes what is hosted, which then resolves no more', async () => {
      const location = await add(SPEED)
      expect((await create(hub.url + location)).status).to.equal(201)
      const { status, text } = await remove(location)
      expect([status, text]).to.deep.equal([204, ''])
      refused(await hub.send(location), 404, 'ResourceNotFound')
      refused(await remove(location), 404, 'ResourceNotFound')
      refused(await create(hub.url + location), 504, 'LdContextNotAvailable')
    })

    it('deletes a copy, by its URL', async () => {
      const url = await cache('/deleted', SPEED)
      expect((await remove(item(url))).status).to.equal(204)
      refused(await hub.send(item(url, '?details=true')), 404, 'ResourceNotFound')
      expect((await hub.send(CONTEXTS)).body).to.not.include(url)
    })

    it('reloads a copy, and with it what was made of it', async () => {
      const url = await cache('/reloaded', SPEED)
      put('/reloaded', { speed: 'https://example.org/newer' })
      const id = `urn:car:${entities + 1}`
      expect((await remove(item(url, '?reload=true'))).status).to.equal(204)
      await create([url, { other: 'https://example.org/other' }])
      const { body } = await hub.send(`${ENTITIES}/${id}?format=simplified`)
      expect(body).to.have.property('https://example.org/newer')
      expect(body).to.not.have.property(SPEED.speed)
    })

    it('keeps the old copy when the reload fails', async () => {
      const url = await cache('/away', SPEED)
      const scoped = '{"@context":{"a":{"@id":"urn:a","@context":{}}}}'
      for (const page of [undefined, 'no JSON', '[]', '{"@context":{"speed":7}}', scoped]) {
        if (page === undefined) pages.delete('/away')
        else put('/away', page)
        refused(await remove(item(url, '?reload=true')), 504, 'LdContextNotAvailable')
        expect((await hub.send(item(url, '?details=true'))).body).to.include({ kind: 'Cached' })
      }
      expect((await create(url)).status).to.equal(201)
    })

    it('reloads copies only', async () => {
      const location = await add(SPEED)
      refused(await remove(`${location}?reload=true`), 400, 'BadRequestData')
      expect((await hub.send(location)).status).to.equal(200)
      refused(await remove(item('wrong_id', '?reload=true')), 404, 'ResourceNotFound')
      refused(await remove(`${location}?reload=perhaps`), 400, 'BadRequestData')
    })

    it('leaves the core where it is', async () => {
      for (const url of CORE_CONTEXT_URLS) {
        refused(await remove(item(url)), 400, 'BadRequestData')
        expect((await remove(item(url, '?reload=true'))).status).to.equal(204)
        expect((await hub.send(item(url, '?details=true'))).status).to.equal(200)
      }
    })
  })

  describe('5.5.10 Multi-Tenant Behaviour: hosted @contexts', () => {
    it('keeps what is hosted for one tenant from the others', async () => {
      const location = await add(SPEED, 'one')
      await add({ other: 'https://example.org/other' }, 'two')
      const path = { one: { headers: of('one') }, two: { headers: of('two') } }
      for (const headers of [{}, of('two')]) {
        refused(await hub.send(location, { headers }), 404, 'ResourceNotFound')
        refused(await hub.send(`${location}?details=true`, { headers }), 404, 'ResourceNotFound')
        refused(await hub.send(location, { method: 'DELETE', headers }), 404, 'ResourceNotFound')
        expect((await hub.send(CONTEXTS, { headers })).text).to.not.include(location)
      }
      expect((await hub.send(location, path.one)).body).to.deep.equal({ '@context': SPEED })
      expect((await hub.send(CONTEXTS, path.one)).text).to.include(location)
    })

    it('resolves it for its tenant only, whoever comes first', async () => {
      const url = hub.url + (await add(SPEED, 'one'))
      await add(SPEED, 'two')
      for (const [tenant, status] of [
        ['two', 504],
        ['one', 201],
        ['two', 504],
        ['', 504],
      ] as const) {
        for (const context of [url, [url, SPEED], [put('/leads-there', [url])]])
          expect((await create(context, tenant)).status, `${tenant} ${JSON.stringify(context)}`).to.equal(
            status,
          )
      }
    })
  })

  describe('5.13.1 Introduction: inline @contexts', () => {
    const query = (target: TestHub, context: unknown, accept = 'application/json') =>
      target.send('/ngsi-ld/v1/entityOperations/query', {
        method: 'POST',
        headers: { ...LD, Accept: accept },
        body: { type: 'Query', entities: [{ type: 'Car' }], '@context': context },
      })
    const linked = ({ headers }: TestAnswer): string => /<([^>]+)>/.exec(String(headers.link))?.[1] ?? ''

    it('are created implicitly when an answer links to them, and deleted', async () => {
      const context = { speed: 'https://example.org/inline' }
      const url = linked(await query(hub, context))
      const path = url.slice(hub.url.length)
      expect((await hub.send(path)).body).to.deep.equal({ '@context': context })
      expect((await hub.send(`${path}?details=true`)).body).to.include({
        URL: url,
        kind: 'ImplicitlyCreated',
      })
      expect((await hub.send(`${CONTEXTS}?kind=ImplicitlyCreated`)).body).to.include(url)
      refused(await remove(`${path}?reload=true`), 400, 'BadRequestData')
      expect((await remove(path)).status).to.equal(204)
      refused(await hub.send(path), 404, 'ResourceNotFound')
      expect(linked(await query(hub, context))).to.equal(url)
      expect((await hub.send(path)).status).to.equal(200)
    })

    it('are not when nothing links to them', async () => {
      const before = (await hub.send(`${CONTEXTS}?kind=ImplicitlyCreated`)).body
      await create({ speed: 'https://example.org/never-linked' })
      await query(hub, { speed: 'https://example.org/in-the-body' }, 'application/ld+json')
      expect((await hub.send(`${CONTEXTS}?kind=ImplicitlyCreated`)).body).to.deep.equal(before)
    })

    it('survive a restart, as hosted ones do', async () => {
      const data = mkdtempSync(join(tmpdir(), 'hub-contexts-'))
      const first = await startTestHub({ data })
      const context = { speed: 'https://example.org/kept' }
      const { headers } = await first.send(CONTEXTS, { method: 'POST', body: { '@context': SPEED } })
      const inline = new URL(linked(await query(first, context))).pathname
      await first.running.stop()
      const second = await startTestHub({ data })
      try {
        expect((await second.send(inline)).body).to.deep.equal({ '@context': context })
        expect((await second.send(String(headers.location))).body).to.deep.equal({ '@context': SPEED })
      } finally {
        await second.stop()
        rmSync(data, { recursive: true, force: true })
      }
    })
  })
})
