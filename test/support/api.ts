import { expect } from 'chai'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from './hub.ts'

export const ENTITIES = '/ngsi-ld/v1/entities'
export const OPERATIONS = '/ngsi-ld/v1/entityOperations'
export const CORE = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld'

type Headers = Readonly<Record<string, string>>
type Method = NonNullable<TestRequest['method']>

/** The API of a hub that the tests of one suite share: short ways to ask, and to say what must come back. */
export interface Api {
  readonly hub: TestHub
  send(path: string, request?: TestRequest): Promise<TestAnswer>
  /** Sends a body with a method. */
  write(method: Method, path: string, body?: unknown, headers?: Headers): Promise<TestAnswer>
  /** Creates an entity of type `Room` unless told otherwise, which has to succeed; answers its path. */
  create(id: string, members?: object, headers?: Headers): Promise<string>
  /** Answers the body of an entity that has to be there. */
  read(id: string, query?: string, headers?: Headers): Promise<TestAnswer['body']>
  /** Answers the ids that a query finds, sorted. */
  ids(query: string, headers?: Headers): Promise<readonly string[]>
  /** Expects a problem document of this status and type, which says nothing of an @context. */
  refused(
    answer: TestAnswer | Promise<TestAnswer>,
    status: number,
    type: string,
    says?: RegExp,
  ): Promise<TestAnswer>
  /** Expects that there is no such entity. */
  absent(id: string, headers?: Headers): Promise<void>
}

/** Starts a hub before the tests of a suite and stops it afterwards; names have no @context but the core one. */
export function useApi(settings: Parameters<typeof startTestHub>[0] = { 'context.default': 'core' }): Api {
  let hub: TestHub | undefined
  before(async () => {
    hub = await startTestHub(settings)
  })
  after(() => hub?.stop())
  const running = (): TestHub => {
    if (!hub) throw new Error('Hub of the suite is not started')
    return hub
  }
  const send: Api['send'] = (path, request) => running().send(path, request)
  const write: Api['write'] = (method, path, body, headers = {}) => send(path, { method, body, headers })
  return {
    get hub() {
      return running()
    },
    send,
    write,
    create: async (id, members = {}, headers) => {
      const answer = await write('POST', ENTITIES, { id, type: 'Room', ...members }, headers)
      expect(answer.status, answer.text).to.equal(201)
      return String(answer.headers.location)
    },
    read: async (id, query = '', headers = {}) => {
      const answer = await send(`${ENTITIES}/${encodeURIComponent(id)}${query}`, { headers })
      expect(answer.status, answer.text).to.equal(200)
      return answer.body
    },
    ids: async (query, headers = {}) => {
      const answer = await send(`${ENTITIES}?${query}`, { headers })
      expect(answer.status, answer.text).to.equal(200)
      return answer.body.map(({ id }: { id: string }) => id).sort()
    },
    refused: (answer, status, type, says) => expectProblem(answer, status, type, says),
    absent: async (id, headers = {}) => {
      const answer = send(`${ENTITIES}/${encodeURIComponent(id)}`, { headers })
      await expectProblem(answer, 404, 'ResourceNotFound')
    },
  }
}

async function expectProblem(
  awaited: TestAnswer | Promise<TestAnswer>,
  status: number,
  type: string,
  says?: RegExp,
): Promise<TestAnswer> {
  const answer = await awaited
  expect([answer.status, answer.body?.type], answer.text).to.deep.equal([
    status,
    type.includes(':') ? type : `https://uri.etsi.org/ngsi-ld/errors/${type}`,
  ])
  expect(answer.headers['content-type']).to.equal('application/json')
  expect(answer.headers).to.not.have.property('link')
  if (says) expect(answer.body.detail).to.match(says)
  return answer
}

/** Tests that an entity is refused, and not created, because of what its attribute `a` is. */
export function refusesAttributes(api: Api, rows: readonly (readonly [title: string, a: unknown])[]): void {
  describe('refuses members that do not fit the kind', () => {
    for (const [title, a] of rows) {
      it(title, async () => {
        const body = { id: 'urn:refused:1', type: 'Room', a }
        await api.refused(api.write('POST', ENTITIES, body), 400, 'BadRequestData')
        await api.absent('urn:refused:1')
      })
    }
  })
}

/** Writes a Link header that names an @context. */
export function linkTo(url: string): Headers {
  return { Link: `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"` }
}

/** Writes a query, each value percent-encoded. */
export function query(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}
