import { expect } from 'chai'
import { openEvents } from '../support/event-stream.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { operations } from '../unit/openapi/document.ts'

const EXAMPLES: Readonly<Record<string, string>> = {
  id: 'urn:m:one',
  type: 'Room',
  attribute: 'a',
  name: 'x',
  key: 'k',
}
/** Nobody knows beforehand how long they will be, and the second one has no end. */
const STREAMED = ['/hub/v1/changes', '/hub/v1/events']
const ALL = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Every path of the OpenAPI document with the methods that it has there. */
function resources(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const { path, method } of operations()) {
    if (/^\/(?:oidc|\.well-known)\//.test(path)) continue // there with access control only
    const methods = found.get(path) ?? new Set()
    methods.add(method.toUpperCase())
    if (method === 'get') methods.add('HEAD')
    found.set(path, methods)
  }
  return found
}

describe('6.2 Methods of every resource', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
    const body = { id: 'urn:m:one', type: 'Room', a: 'Thái Nguyên' }
    expect((await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body })).status).to.equal(201)
  })
  after(() => hub.stop())

  describe('answers OPTIONS, HEAD and methods that a resource does not have', () => {
    for (const [template, methods] of resources()) {
      const path = template
        .replaceAll('{type}.json', 'ServiceRequest.json')
        .replaceAll(/\{(\w+)\}/g, (_, name) => EXAMPLES[name] ?? name)

      it(`OPTIONS ${template} answers what is allowed`, async () => {
        const answer = await hub.send(path, { method: 'OPTIONS' })
        expect([answer.status, answer.text]).to.deep.equal([204, ''])
        expect(answer.headers['content-length']).to.equal(undefined)
        expect(String(answer.headers.allow).split(', ').sort()).to.deep.equal([...methods, 'OPTIONS'].sort())
      })

      it(`${template} refuses other methods, and says which it has`, async () => {
        for (const method of ALL.filter((each) => !methods.has(each))) {
          const { status, headers, body, text } = await hub.send(path, { method })
          expect([method, status]).to.deep.equal([method, 405])
          expect(String(headers.allow).split(', ')).to.include.members([...methods])
          if (method === 'HEAD') expect(text).to.equal('')
          else expect(body.type).to.match(/MethodNotAllowed$/)
        }
      })

      if (methods.has('GET')) {
        it(`HEAD ${template} answers the headers of GET and no body`, async () => {
          const get = await (path === STREAMED[1] ? begun(path) : hub.send(path))
          const head = await hub.send(path, { method: 'HEAD' })
          expect(head.text).to.equal('')
          expect(told(head.headers, template)).to.deep.equal(told(get.headers, template))
          expect(head.status).to.equal(get.status)
        })
      }
    }
  })

  /** What is answered before a stream that does not end. */
  async function begun(path: string): Promise<Pick<TestAnswer, 'status' | 'headers'>> {
    const events = await openEvents(hub.url + path)
    await events.close()
    return events
  }

  it('finds nothing at other paths, whatever the method', async () => {
    for (const method of ['GET', 'OPTIONS', 'POST'] as const)
      expect((await hub.send('/ngsi-ld/v1/nothing', { method })).status).to.equal(404)
  })

  it('answers the same with a slash at the end', async () => {
    const answer = await hub.send('/ngsi-ld/v1/entities/', { method: 'OPTIONS' })
    expect(answer.headers.allow).to.equal(
      (await hub.send('/ngsi-ld/v1/entities', { method: 'OPTIONS' })).headers.allow,
    )
    expect((await hub.send('/ngsi-ld/v1/entities/', { method: 'PUT', body: {} })).status).to.equal(405)
  })
})

/** Pages that tell how long or how much, and so change in length. */
const COUNTING: readonly string[] = ['/metrics', '/ngsi-ld/v1/info/sourceIdentity']

/** Headers but those that differ from request to request. */
function told(headers: Readonly<Record<string, unknown>>, template: string): object {
  const {
    date: _,
    connection: __,
    'keep-alive': ___,
    'x-request-id': ____,
    'transfer-encoding': _____,
    'content-length': length,
    ...rest
  } = headers
  if (STREAMED.includes(template)) expect(length).to.equal(undefined)
  else expect(length).to.match(/^\d+$/)
  return COUNTING.includes(template) ? rest : { ...rest, length }
}
