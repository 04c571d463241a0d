import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import {
  type ContextService,
  type ContextServiceOptions,
  createContextService,
} from '../../../broker/contexts/context-service.ts'
import { CORE_CONTEXT, CORE_CONTEXT_URL, CORE_CONTEXT_URLS } from '../../../broker/contexts/core-context.ts'
import { coreDefinitions } from '../../../broker/contexts/core-definitions.ts'
import { readDefinitions } from '../../../broker/contexts/read-definitions.ts'
import { DEFAULT_CONTEXT, NGSI_LD } from '../../../broker/core/model/iri.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { loopbackEgress } from './loopback-egress.ts'

interface Page {
  readonly body: string
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly delayMs?: number
}

describe('contexts: context service', () => {
  let server: Server
  let origin = ''
  let now = 1_760_000_000_000_000
  let asked: string[] = []
  const pages = new Map<string, Page>()

  const put = (path: string, context: JsonValue, more: Partial<Page> = {}): string => {
    pages.set(path, { body: JSON.stringify({ '@context': context }), ...more })
    return origin + path
  }

  const respond = (url: string, response: ServerResponse): void => {
    asked.push(url)
    const page = pages.get(url) ?? { status: 404, body: '{}' }
    response.writeHead(page.status ?? 200, { Connection: 'close', ...page.headers })
    response.end(page.body)
  }

  const service = (more: Partial<ContextServiceOptions> = {}): ContextService =>
    createContextService({
      egress: loopbackEgress,
      publicUrl: 'https://hub.example',
      clock: () => now,
      ...more,
    })

  const refusal = async (work: Promise<unknown>): Promise<Problem> => {
    const outcome = await work.then(
      () => 'nothing was refused',
      (error: unknown) => error,
    )
    if (outcome instanceof Problem) return outcome
    throw new Error(`expected a Problem, got ${String(outcome)}`)
  }

  before((done) => {
    server = createServer((request, response) => {
      const url = request.url ?? ''
      setTimeout(respond, pages.get(url)?.delayMs ?? 0, url, response)
    }).listen(0, '127.0.0.1', () => {
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
      done()
    })
  })
  after((done) => {
    server.closeAllConnections()
    server.close(done)
  })
  beforeEach(() => {
    asked = []
    pages.clear()
  })

  describe('5.5.5 core @context', () => {
    it('is the same in the tables that start the hub and in the JSON-LD library', async () => {
      const sorted = (list: readonly { readonly term: string }[]) =>
        [...list].sort((a, b) => (a.term < b.term ? -1 : 1))
      const processed = await readDefinitions([], 'of the test')
      expect(sorted(coreDefinitions())).to.deep.equal(sorted(processed))
      expect(processed).to.have.length(209)
    })

    it('is what a request without @context gets', async () => {
      const contexts = service()
      expect(await contexts.resolve(undefined)).to.equal(contexts.core)
      expect(contexts.core.url).to.equal(`${NGSI_LD}v1/ngsi-ld-core-context-v1.9.jsonld`)
      expect(contexts.core.compact(`${NGSI_LD}observedAt`)).to.equal('observedAt')
      expect(contexts.core.expand('Vehicle')).to.equal(`${DEFAULT_CONTEXT}Vehicle`)
    })

    it('answers all its published URLs from memory, alone or in an array', async () => {
      const contexts = service()
      expect(CORE_CONTEXT_URLS.size).to.equal(11)
      for (const url of CORE_CONTEXT_URLS) {
        for (const source of [url, [url], [url, url]]) {
          const table = await contexts.resolve(source)
          expect(table.hash).to.equal(contexts.core.hash)
          expect(table.source).to.equal(source)
        }
      }
      expect((await contexts.resolve([CORE_CONTEXT_URL])).url).to.equal(CORE_CONTEXT_URL)
    })

    it('does not take a URL for the core because it starts like it', async () => {
      const url = `${NGSI_LD}v1/ngsi-ld-core-context-non-existing.jsonld`
      expect(await refusal(service().resolve(url))).to.include({ code: 'LdContextNotAvailable' })
    })

    it('wins over user terms wherever it stands, and over protected ones', async () => {
      const user = {
        '@protected': true,
        location: 'https://evil.example/location',
        observedAt: null,
        speed: 'ngsi-ld:mph',
      }
      for (const source of [user, [user, CORE_CONTEXT_URL], [CORE_CONTEXT_URL, user]]) {
        const table = await service().resolve(source)
        expect(table.expand('location')).to.equal(`${NGSI_LD}location`)
        expect(table.expand('observedAt')).to.equal(`${NGSI_LD}observedAt`)
        expect(table.expand('speed')).to.equal(`${NGSI_LD}mph`)
        expect(table.compact('https://evil.example/location')).to.equal('https://evil.example/location')
      }
    })

    it('keeps its vocabulary when the user context has another', async () => {
      const table = await service().resolve({ '@vocab': 'https://vocab.example/', own: {} })
      expect(table.expand('unknown')).to.equal(`${DEFAULT_CONTEXT}unknown`)
      expect(table.expand('own')).to.equal('https://vocab.example/own')
    })

    it('replaces names of the configured default only when a request names none', async () => {
      const contexts = service({ defaultContext: { speed: 'https://example.org/speed' } })
      expect((await contexts.resolve(undefined)).expand('speed')).to.equal('https://example.org/speed')
      expect((await contexts.resolve(CORE_CONTEXT_URL)).expand('speed')).to.equal(`${DEFAULT_CONTEXT}speed`)
    })
  })

  describe('resolution', () => {
    it('fetches a URL once for requests at the same time, and not again while it is fresh', async () => {
      const url = put(
        '/a',
        { speed: 'https://example.org/speed' },
        { delayMs: 20, headers: { 'Cache-Control': 'max-age=60' } },
      )
      const contexts = service()
      const [one, two] = await Promise.all([
        contexts.resolve(url),
        contexts.resolve(url),
        contexts.resolve([url]),
      ])
      now += 59_000_000
      expect(await contexts.resolve(url)).to.equal(one)
      expect(two).to.equal(one)
      expect(asked).to.deep.equal(['/a'])
      now += 2_000_000
      expect(await contexts.resolve(url)).to.equal(one)
      expect(asked).to.deep.equal(['/a', '/a'])
    })

    it('takes up a changed document once the old one is stale', async () => {
      const url = put(
        '/a',
        { speed: 'https://example.org/old' },
        { headers: { 'Cache-Control': 'public, s-maxage=5, max-age=90' } },
      )
      const contexts = service()
      const old = await contexts.resolve(url)
      put('/a', { speed: 'https://example.org/new' })
      now += 6_000_000
      const fresh = await contexts.resolve(url)
      expect([old.expand('speed'), fresh.expand('speed')]).to.deep.equal([
        'https://example.org/old',
        'https://example.org/new',
      ])
      expect(fresh.hash).to.not.equal(old.hash)
    })

    it('goes on with the old copy while the server is away, and asks again later', async () => {
      const url = put(
        '/a',
        { speed: 'https://example.org/speed' },
        { headers: { Expires: 'Thu, 01 Jan 1970 00:00:00 GMT' } },
      )
      const contexts = service()
      const table = await contexts.resolve(url)
      pages.set('/a', { status: 503, body: '' })
      now += 2_000_000
      expect(await contexts.resolve(url)).to.equal(table)
      expect(await contexts.resolve(url)).to.equal(table)
      expect(asked).to.have.length(2)
      now += 61_000_000
      await contexts.resolve(url)
      expect(asked).to.have.length(3)
    })

    it('follows nested and relative URLs, @import and redirects', async () => {
      put('/dir/terms', { speed: 'https://example.org/speed', shared: 'https://example.org/shared' })
      put('/dir/base', { '@import': 'terms', shared: 'https://example.org/mine' })
      put('/outer', ['dir/base', { extra: 'https://example.org/extra' }])
      pages.set('/moved', { status: 302, body: '', headers: { Location: '/outer' } })
      const table = await service().resolve(`${origin}/moved`)
      expect(['speed', 'shared', 'extra'].map(table.expand)).to.deep.equal([
        'https://example.org/speed',
        'https://example.org/mine',
        'https://example.org/extra',
      ])
    })

    it('names equal content by equal hashes and different content by others', async () => {
      const url = put('/a', { speed: 'https://example.org/speed' })
      const contexts = service()
      const tables = await Promise.all(
        [
          url,
          [url, CORE_CONTEXT_URL],
          { speed: 'https://example.org/speed' },
          { speed: 'https://example.org/other' },
        ].map((source) => contexts.resolve(source)),
      )
      const [first, second, third, fourth] = tables.map((table) => table.hash)
      expect([second, third]).to.deep.equal([first, first])
      expect(fourth).to.not.equal(first)
      expect(first).to.match(/^[\w-]{43}$/)
    })

    it('answers built-in documents without any call', async () => {
      const url = 'https://ontology.example/context.jsonld'
      const builtIn = new Map([[url, { '@context': { speed: 'https://example.org/speed' } }]])
      const table = await service({ builtIn }).resolve(url)
      expect(table.expand('speed')).to.equal('https://example.org/speed')
    })
  })

  describe('5.13 inline contexts', () => {
    it('are hosted under a URL that resolves to them again', async () => {
      const contexts = service()
      const source = { speed: 'https://example.org/speed' }
      const table = await contexts.resolve(source)
      expect(table.url).to.match(/^https:\/\/hub\.example\/ngsi-ld\/v1\/jsonldContexts\/[\w-]{43}$/)
      expect(contexts.inline(table.url.split('/').at(-1) ?? '')).to.deep.equal(source)
      expect((await contexts.resolve(table.url)).hash).to.equal(table.hash)
      expect(contexts.inline('unknown')).to.equal(undefined)
    })

    it('are not hosted when one URL says the same', async () => {
      const url = put('/a', { speed: 'https://example.org/speed' })
      const contexts = service()
      expect((await contexts.resolve([url, CORE_CONTEXT_URL])).url).to.equal(url)
      expect((await contexts.resolve([])).url).to.equal(CORE_CONTEXT_URL)
    })

    it('are forgotten, oldest first, when there are too many', async () => {
      const contexts = service({ limits: { cacheEntries: 2 } })
      const tables = []
      for (const index of [1, 2, 3])
        tables.push(await contexts.resolve({ speed: `https://example.org/${index}` }))
      const held = tables.map((table) => contexts.inline(table.url.split('/').at(-1) ?? '') !== undefined)
      expect(held).to.deep.equal([false, true, true])
    })
  })

  describe('refusals', () => {
    it('tell a context that cannot be had, naming the URL', async () => {
      const cases: readonly (readonly [string, string])[] = [
        [`${origin}/missing`, 'its server answered 404'],
        ['http://127.0.0.1:1/a', 'its server cannot be reached'],
        ['http://10.0.0.1/a', 'the hub may not call that address'],
      ]
      for (const [url, why] of cases) {
        const problem = await refusal(
          service().resolve(['https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld', url]),
        )
        expect(problem).to.include({
          code: 'LdContextNotAvailable',
          message: `@context ${url} is not available: ${why}`,
        })
      }
    })

    it('tell a server that is too slow', async () => {
      const url = put('/slow', {}, { delayMs: 300 })
      const problem = await refusal(service({ limits: { timeoutMs: 30 } }).resolve(url))
      expect(problem.code).to.equal('LdContextNotAvailable')
      expect(problem.message).to.match(/did not answer in \d+ ms/)
    })

    it('do not stop the next attempt', async () => {
      const contexts = service()
      await refusal(contexts.resolve(`${origin}/late`))
      const url = put('/late', { speed: 'https://example.org/speed' })
      expect((await contexts.resolve(url)).expand('speed')).to.equal('https://example.org/speed')
    })

    it('tell documents that are no context', async () => {
      pages.set('/text', { body: 'hello' })
      pages.set('/array', { body: '[]' })
      pages.set('/bare', { body: '{"speed":"https://example.org/speed"}' })
      put('/number', 5)
      put('/loop', [{ a: 'https://example.org/a' }, '/loop'])
      put('/broken', { speed: { '@id': 'https://example.org/speed', '@container': '@nonsense' } })
      put('/big', { speed: `https://example.org/${'x'.repeat(5000)}` })
      for (let level = 0; level < 9; level++) put(`/level${level}`, `/level${level + 1}`)
      put(
        '/many',
        Array.from({ length: 40 }, (_, index) => ({ [`t${index}`]: 'https://example.org/t' })),
      )
      for (const path of [
        '/text',
        '/array',
        '/bare',
        '/number',
        '/loop',
        '/broken',
        '/big',
        '/level0',
        '/many',
      ]) {
        const problem = await refusal(service({ limits: { maxBytes: 4000 } }).resolve(origin + path))
        expect(problem.code, path).to.equal('BadRequestData')
        expect(problem.message, path).to.include(origin)
      }
    })

    const invalid: Readonly<Record<string, JsonValue>> = {
      'a number': 5,
      'JSON null': null,
      'a term that is a number': { speed: 5 },
      'a relative URL': 'context.jsonld',
      'another scheme': 'ftp://example.org/context.jsonld',
      'a nested array': [[{ speed: 'https://example.org/speed' }]],
      'a cyclic definition': { a: 'b:x', b: 'a:y' },
      'a keyword as a term': { '@id': 'https://example.org/id' },
      'a term that breaks look-ups': { hasOwnProperty: 'https://example.org/x' },
      'a scoped context': {
        speed: { '@id': 'https://example.org/speed', '@context': { value: 'https://example.org/value' } },
      },
      'a context that ends at the first level': { '@propagate': false, speed: 'https://example.org/speed' },
      'the term __proto__': JSON.parse('{"__proto__": {"speed": "https://example.org/speed"}}'),
    }
    for (const [what, source] of Object.entries(invalid)) {
      it(`tell ${what} in the request`, async () => {
        expect(await refusal(service().resolve(source))).to.include({ code: 'BadRequestData' })
      })
    }

    it('leave the built-in core as it is', async () => {
      const before = JSON.stringify(CORE_CONTEXT)
      await service().resolve(
        JSON.parse('{"constructor": "https://example.org/c", "toString": "https://example.org/t"}'),
      )
      expect(JSON.stringify(CORE_CONTEXT)).to.equal(before)
      const probe: JsonObject = {}
      expect(probe.speed).to.equal(undefined)
    })
  })
})
