import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

describe('6.3.16 Expiration time for cached @contexts', () => {
  const api = useApi({ 'context.default': 'core', 'egress.mode': 'open' })
  let server: Server
  let origin = ''
  let term = 'first'
  const asked: string[] = []
  before((done) => {
    server = createServer(({ url = '' }, response) => {
      asked.push(url)
      const [, name, value] = /^([\w-]+)=(.+)$/.exec(decodeURIComponent(url.slice(1))) ?? []
      response.setHeader('Connection', 'close')
      if (name && value) response.setHeader(name, value)
      response.end(JSON.stringify({ '@context': { level: `https://example.org/${term}` } }))
    })
    server.listen(0, '127.0.0.1', () => {
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
      done()
    })
  })
  after((done) => {
    server.close(done)
  })

  /** Creates two entities with a document of this header, which changes in between; answers the names they got. */
  async function twice(header: string, wait: number): Promise<readonly (string | undefined)[]> {
    const context = `${origin}/${encodeURIComponent(header)}`
    const names: (string | undefined)[] = []
    for (const now of ['first', 'second']) {
      term = now
      const id = `urn:k:${now}:${asked.length}`
      const body = { id, type: 'Room', level: 1, '@context': context }
      const headers = { 'Content-Type': 'application/ld+json' }
      expect((await api.write('POST', ENTITIES, body, headers)).status).to.equal(201)
      names.push(Object.keys(await api.read(id)).find((name) => name.startsWith('https://example.org/')))
      await new Promise((resume) => setTimeout(resume, wait))
    }
    return names.map((name) => name?.split('/').at(-1))
  }

  for (const [title, header, wait, expected] of [
    ['keeps a copy as long as max-age says', 'Cache-Control=max-age=60', 0, ['first', 'first']],
    [
      'keeps a copy as long as s-maxage says, before max-age',
      'Cache-Control=max-age=0, s-maxage=60',
      0,
      ['first', 'first'],
    ],
    ['keeps a copy until Expires', 'Expires=Fri, 01 Jan 2100 00:00:00 GMT', 0, ['first', 'first']],
    ['keeps a copy for a time of its own when nothing is said', '', 0, ['first', 'first']],
    ['fetches a copy again that has expired', 'Cache-Control=max-age=0', 1100, ['first', 'second']],
  ] as const) {
    it(title, async () => {
      const before = asked.length
      expect(await twice(header, wait)).to.deep.equal(expected)
      expect(asked.length - before).to.equal(new Set(expected).size)
    })
  }
})
