import { expect } from 'chai'
import {
  type CollectedRequest,
  postmanCollection,
  postmanEnvironment,
} from '../../openapi/collection/postman-collection.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { document, operations } from '../unit/openapi/document.ts'

const collection = postmanCollection(document)
const requests = collection.item.flatMap(({ item }) => item)

/** Finds the request of an operation. */
function requestOf(method: string, path: string): CollectedRequest['request'] {
  const found = requests.find(
    ({ request }) => request.method === method && `/${request.url.path.join('/')}` === path,
  )
  if (!found) throw new Error(`Collection has no ${method} ${path}`)
  return found.request
}

describe('Collection of requests, as `hub openapi --collection` writes it', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'ontology' })
  })
  after(() => hub.stop())

  /** Sends a request as a program does that reads collections, with values that somebody filled in. */
  function send(
    { method, url, header, body }: CollectedRequest['request'],
    filled: { readonly query?: Readonly<Record<string, string>>; readonly body?: object } = {},
  ): Promise<TestAnswer> {
    const query = url.query.flatMap(({ key, value, disabled }) => {
      const given = filled.query?.[key]
      return given === undefined && disabled ? [] : [[key, given ?? value] as [string, string]]
    })
    const path = url.path
      .map((part) => url.variable.find(({ key }) => `:${key}` === part)?.value ?? part)
      .join('/')
    const headers = header.filter(({ disabled }) => !disabled).map(({ key, value }) => [key, value])
    return hub.send(`/${path}${query.length > 0 ? `?${new URLSearchParams(query)}` : ''}`, {
      method: method as 'GET' | 'POST', // as the document has them
      headers: Object.fromEntries(headers),
      ...(body && { body: filled.body ?? '{}' }),
    })
  }

  it('has every operation of the document once, under its tag', () => {
    const told = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`)
    const collected = requests.map(
      ({ request: { method, url } }) => `${method} /${url.path.join('/').replaceAll(/:(\w+)/g, '{$1}')}`,
    )
    expect(collected.sort()).to.deep.equal(told.sort())
    expect(collection.item.every(({ item }) => item.length > 0)).to.equal(true)
  })

  it('has bodies that are JSON where they say so, and a value for each part of a path', () => {
    for (const { name, request } of requests) {
      const { url, header, body } = request as typeof request & { body?: { raw: string } }
      const variables = url.path
        .filter((part) => part.includes(':'))
        .flatMap((part) => part.match(/:\w+/g) ?? [])
      expect(
        url.variable.map(({ key }) => `:${key}`),
        name,
      ).to.have.members(variables)
      const type = header.find(({ key }) => key === 'Content-Type')?.value
      if (body && /json$/.test(type ?? '')) expect(() => JSON.parse(body.raw), name).to.not.throw()
    }
  })

  it('sends what works: documents, a creation, a query and what there is', async () => {
    for (const path of ['/hub.json', '/health/live', '/openapi.json', '/ontology/v1/vocabulary.json'])
      expect((await send(requestOf('GET', path))).status, path).to.equal(200)
    const station = { id: 'urn:ngsi-ld:AirQualityObserved:thai-nguyen:1', type: 'AirQualityObserved' }
    const created = await send(requestOf('POST', '/ngsi-ld/v1/entities'), { body: station })
    expect(created.status, created.text).to.equal(201)
    const found = await send(requestOf('GET', '/ngsi-ld/v1/entities'), { query: { type: station.type } })
    expect(found.body, found.text).to.deep.equal([station])
    const types = await send(requestOf('GET', '/ngsi-ld/v1/types'))
    expect(types.body.typeList, types.text).to.deep.equal([station.type])
  })

  it('has an environment with the URL of a hub and room for a token', () => {
    expect(postmanEnvironment('http://127.0.0.1:1027/')).to.deep.include({ name: '127.0.0.1:1027' })
    expect(collection.auth).to.deep.include({ type: 'bearer' })
    const open = requestOf('GET', '/hub.json') as { auth?: object }
    expect(open.auth).to.deep.equal({ type: 'noauth' })
  })
})
