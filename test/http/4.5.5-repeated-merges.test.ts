import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const BATCH = '/ngsi-ld/v1/entityOperations'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'
const AT = '2026-01-01T00:00:00Z'

interface Bus {
  readonly id: string
  readonly speed: { readonly value: number }
}

describe('4.5.5 Merging what sources answer again', () => {
  let hub: TestHub
  let body = '[]'
  const source = createServer((_, response) =>
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(body),
  )
  before(async () => {
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve))
    hub = await startTestHub({ 'context.default': 'core', name: 'province' })
    const { port } = source.address() as AddressInfo // a TCP server has such an address
    const registration = {
      id: 'urn:r:1',
      type: 'ContextSourceRegistration',
      endpoint: `http://127.0.0.1:${port}`,
      information: [{ entities: [{ type: 'Bus' }] }],
    }
    expect((await hub.send(REGISTRATIONS, { method: 'POST', body: registration })).status).to.equal(201)
  })
  beforeEach(async () => {
    body = JSON.stringify([bus('a', 10, AT), bus('b', 20, AT)])
    expect(await speeds()).to.deep.equal(await speeds())
  })
  afterEach(() => hub.send(`${ENTITIES}?type=Bus&local=true`, { method: 'DELETE' }))
  after(async () => {
    source.close()
    source.closeAllConnections()
    await hub.stop()
  })

  it('shows each query its own page, and again the same', async () => {
    const pages = ['', '&limit=1', '&limit=1&offset=1', '&options=keyValues', '&q=speed<15']
    const first = await Promise.all(pages.map((page) => hub.send(`${ENTITIES}?type=Bus${page}`)))
    const second = await Promise.all(pages.map((page) => hub.send(`${ENTITIES}?type=Bus${page}`)))
    expect(second.map(({ text }) => text)).to.deep.equal(first.map(({ text }) => text))
    expect(await speeds('&limit=1')).to.deep.equal({ a: 10 })
    expect(await speeds('&limit=1&offset=1')).to.deep.equal({ b: 20 })
    expect(await speeds('&q=speed<15')).to.deep.equal({ a: 10 })
  })

  it('shows what the source has changed', async () => {
    body = JSON.stringify([bus('a', 11, AT), bus('b', 20, AT)])
    expect(await speeds()).to.deep.equal({ a: 11, b: 20 })
    body = JSON.stringify([bus('b', 20, AT)])
    expect(await speeds()).to.deep.equal({ b: 20 })
  })

  it('shows what this hub has itself meanwhile, and no more once it is gone', async () => {
    const own = [bus('a', 99, '2026-01-02T00:00:00Z'), bus('c', 30, AT)]
    expect((await hub.send(`${BATCH}/create`, { method: 'POST', body: own })).status).to.equal(201)
    for (const _ of [1, 2]) expect(await speeds()).to.deep.equal({ a: 99, b: 20, c: 30 })
    await hub.send(`${ENTITIES}?type=Bus&local=true`, { method: 'DELETE' })
    expect(await speeds()).to.deep.equal({ a: 10, b: 20 })
  })

  it('leaves out what has expired at the source or here meanwhile', async () => {
    const soon = new Date(Date.now() + 300).toISOString()
    body = JSON.stringify([bus('a', 10, AT), { ...bus('b', 20, AT), expiresAt: soon }])
    await hub.send(`${BATCH}/create`, { method: 'POST', body: [{ ...bus('c', 30, AT), expiresAt: soon }] })
    await speeds()
    await new Promise((resolve) => setTimeout(resolve, 350))
    expect(await speeds()).to.deep.equal({ a: 10 })
  })

  it('counts and tells the provenance as before', async () => {
    for (const _ of [1, 2]) {
      const { headers } = await hub.send(`${ENTITIES}?type=Bus&count=true`)
      expect(headers['ngsild-results-count']).to.equal('2')
      const { text } = await hub.send(`${ENTITIES}?type=Bus`, { headers: { 'Hub-Provenance': 'true' } })
      expect(text).to.include('"urn:r:1"')
    }
  })

  function bus(name: string, value: number, observedAt: string): object {
    const speed = { type: 'Property', value, observedAt, createdAt: AT, modifiedAt: AT }
    return { id: `urn:bus:${name}`, type: 'Bus', createdAt: AT, modifiedAt: AT, speed }
  }

  async function speeds(more = ''): Promise<Record<string, number>> {
    const { status, text } = await hub.send(`${ENTITIES}?type=Bus${more}`)
    expect(status, text).to.equal(200)
    const found = JSON.parse(text) as readonly Bus[] // a query answers a list
    return Object.fromEntries(found.map(({ id, speed }) => [id.replace('urn:bus:', ''), speed.value]))
  }
})
