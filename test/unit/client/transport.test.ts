import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { badRequestData, Problem } from '../../../broker/core/model/problem.ts'
import { problemDocument } from '../../../broker/http/encode/problem-document.ts'
import {
  createClient,
  HubProblem,
  type ProblemCode,
  type TransportOptions,
} from '../../../openapi/client/client.ts'
import { readEvents, readLines } from '../../../openapi/client/transport/lines.ts'
import { PROBLEM_TYPES } from '../../../openapi/problem-types.ts'

/** What a server of this test does with one request after the other; the last one stays. */
type Answer = (response: ServerResponse, request: IncomingMessage) => void
const says =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(body)
const breaks: Answer = (response) => void response.destroy()
const FOUND = says(200, { 'content-type': 'application/json' }, '[]')
const ID = 'urn:ngsi-ld:Device:1'

describe('client: the way to the hub', () => {
  let server: Server
  let answers: Answer[]
  let asked: {
    readonly method: string
    readonly path: string
    readonly headers: IncomingMessage['headers']
  }[]
  before(async () => {
    server = createServer((request, response) => {
      asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers })
      request
        .resume()
        .on('end', () => (answers.length > 1 ? answers.shift() : answers[0])?.(response, request))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  after(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  beforeEach(() => {
    asked = []
  })
  const client = (options: TransportOptions = {}) =>
    createClient({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      retry: { longestWait: 20 },
      ...options,
    }) // it listens on a port
  const caught = (run: Promise<unknown>): Promise<unknown> =>
    run.then(
      () => undefined,
      (fault: unknown) => fault,
    )

  const REPEATED: readonly (readonly [
    string,
    readonly Answer[],
    (hub: ReturnType<typeof client>) => Promise<unknown>,
  ])[] = [
    [
      'a read that the hub has no time for',
      [says(503), says(503, { 'retry-after': '0' }), FOUND],
      (hub) => hub.entities.query('*').all(),
    ],
    [
      'a read that comes too often',
      [says(429, { 'retry-after': '0' }), FOUND],
      (hub) => hub.entities.query('*').all(),
    ],
    ['a read whose answer is lost', [breaks, breaks, FOUND], (hub) => hub.entities.query('*').all()],
    [
      'a creation whose answer is lost, under the same key',
      [breaks, says(201)],
      (hub) => hub.entities.create({ id: ID, type: 'Device' }),
    ],
    [
      'a creation that is under way',
      [says(409, { 'retry-after': '0' }), says(201)],
      (hub) => hub.entities.create({ id: ID, type: 'Device' }),
    ],
    ['a deletion whose answer is lost', [breaks, says(204)], (hub) => hub.entities.delete(ID)],
    [
      'a query in a body',
      [breaks, FOUND],
      (hub) => hub.api.POST('/ngsi-ld/v1/entityOperations/query', { body: { type: 'Query' } }),
    ],
  ]
  for (const [what, script, run] of REPEATED)
    it(`sends again ${what}`, async () => {
      answers = [...script]
      await run(client())
      expect(asked).to.have.length(script.length)
      expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).to.equal(1)
    })

  const ONCE: readonly (readonly [string, Answer, (hub: ReturnType<typeof client>) => Promise<unknown>])[] = [
    ['a merge whose answer is lost', breaks, (hub) => hub.entities.merge('Device', ID, {})],
    [
      'a merge that comes too often',
      says(429, { 'retry-after': '0' }),
      (hub) => hub.entities.merge('Device', ID, {}),
    ],
    ['a deletion of many whose answer is lost', breaks, (hub) => hub.entities.deleteAll([ID])],
    [
      'what is written on one state, when its answer is lost',
      breaks,
      (hub) => hub.entities.delete(ID, { ifMatch: '"1"' }),
    ],
    ['what is one too many', says(429), (hub) => hub.entities.create({ id: ID, type: 'Device' })],
    ['what is refused', says(403), (hub) => hub.entities.query('*').all()],
    [
      'what would have to wait too long',
      says(429, { 'retry-after': '60' }),
      (hub) => hub.entities.query('*').all(),
    ],
  ]
  for (const [what, answer, run] of ONCE)
    it(`never sends again ${what}`, async () => {
      answers = [answer]
      expect(await caught(run(client()))).to.be.instanceOf(Error)
      expect(asked).to.have.length(1)
    })

  it('gives up after some tries, with the last refusal', async () => {
    answers = [says(503)]
    const fault = await caught(
      client({ retry: { again: 2, longestWait: 5 } })
        .entities.query('*')
        .all(),
    )
    expect(fault).to.be.instanceOf(HubProblem).and.include({ status: 503, code: 'HTTP', type: 'about:blank' })
    expect(asked).to.have.length(3)
  })

  it('ends at once when it is given up, also while it waits', async () => {
    answers = [says(429, { 'retry-after': '20' })]
    const stop = new AbortController()
    const fault = caught(client({ retry: {} }).entities.query('*', { signal: stop.signal }).all())
    setTimeout(() => stop.abort(new Error('not wanted any more')), 50)
    expect(await fault).to.have.property('message', 'not wanted any more')
    expect(asked).to.have.length(1)
  })

  it('asks for another token once when one is refused, and no more', async () => {
    const wanted: (string | undefined)[] = []
    const token = async ({ refused }: { readonly refused?: string }) => {
      wanted.push(refused)
      return refused === undefined ? 'old' : 'new'
    }
    answers = [says(401), FOUND]
    await client({ token }).entities.query('*').all()
    expect(wanted).to.deep.equal([undefined, 'old'])
    expect(asked.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer old', 'Bearer new'])
    answers = [says(401)]
    expect(await caught(client({ token }).entities.query('*').all())).to.include({ status: 401 })
    expect(asked).to.have.length(4)
  })

  it('sends its token to the hub alone, wherever a link leads', async () => {
    const next = 'http://elsewhere.example/ngsi-ld/v1/entities?type=Device&after=sealed'
    const page = (id: string, link: string): Answer =>
      says(200, { 'content-type': 'application/json', link }, JSON.stringify([{ id, type: 'Device' }]))
    answers = [
      page('urn:x:1', `<https://c.example/c>; rel="context", <${next}>; rel="next"; type="a,b"`),
      page('urn:x:2', ''),
    ]
    const all = await client({ token: 'secret', tenant: 'schools', context: 'https://c.example/c' })
      .entities.query('Device')
      .all()
    expect(all.map(({ id }) => id)).to.deep.equal(['urn:x:1', 'urn:x:2'])
    expect(asked[1]?.path).to.equal('/ngsi-ld/v1/entities?type=Device&after=sealed')
    for (const { headers } of asked) {
      expect(headers).to.include({ authorization: 'Bearer secret', 'ngsild-tenant': 'schools' })
      expect(headers.link).to.match(
        /^<https:\/\/c\.example\/c>; rel="http:\/\/www\.w3\.org\/ns\/json-ld#context"/,
      )
    }
  })

  it('has a code for each kind of refusal that the hub knows', async () => {
    const codes: Readonly<Record<ProblemCode, object>> = PROBLEM_TYPES
    for (const code of Object.keys(codes) as ProblemCode[]) {
      const document = problemDocument(new Problem(code, 'Thing is wrong'), '7')
      answers = [
        says(document.status, { 'content-type': 'application/problem+json' }, JSON.stringify(document)),
      ]
      const fault = await caught(client({ retry: { again: 0 } }).entities.delete(ID))
      expect(fault, code)
        .to.be.instanceOf(HubProblem)
        .and.include({ ...document, code, message: 'Thing is wrong' })
    }
  })

  it('does not take a write for done that one of several hubs refused', async () => {
    const error = problemDocument(new Problem('Forbidden', 'Neighbour does not let this hub write'))
    const registrationId = 'urn:ngsi-ld:ContextSourceRegistration:1'
    const result = { success: [ID], errors: [{ entityId: ID, error, registrationId }] }
    answers = [says(207, { 'content-type': 'application/json' }, JSON.stringify(result))]
    const hub = client().entities
    for (const write of [
      () => hub.create({ id: ID, type: 'Device' }),
      () => hub.merge('Device', ID, {}),
      () => hub.replace({ id: ID, type: 'Device' }),
      () => hub.delete(ID),
    ]) {
      const fault = await caught(write())
      if (!HubProblem.is(fault, 'Forbidden')) throw fault
      expect([fault.status, fault.members]).to.deep.equal([403, result])
    }
    expect(await hub.deleteAll([ID])).to.deep.equal(result)
    answers = [says(207, { 'content-type': 'application/json' }, '{"success":["urn:x:1"],"errors":[]}')]
    expect(await caught(hub.delete(ID))).to.equal(undefined)
  })

  it('narrows a refusal to its kind', async () => {
    const document = problemDocument(badRequestData('Text stops at character 7', { position: 7 }))
    answers = [says(400, {}, JSON.stringify(document))]
    const fault = await caught(client().entities.query('*').all())
    if (!HubProblem.is(fault, 'BadRequestData', 'Gone')) throw new Error('Fault is another one')
    expect(fault.is('Gone')).to.equal(false)
    if (!fault.is('BadRequestData')) throw new Error('Fault is another one')
    const position: number | undefined = fault.members.position
    expect(position).to.equal(7)
    expect(Object.keys(fault.members)).to.deep.equal(['position'])
    expect([
      HubProblem.is(fault),
      HubProblem.is(fault, 'Gone'),
      HubProblem.is(new Error('no')),
    ]).to.deep.equal([true, false, false])
  })
})

describe('client: streams', () => {
  const body = (...pieces: readonly (string | Uint8Array)[]) =>
    new Response(
      new ReadableStream({
        start: (controller) => {
          for (const piece of pieces)
            controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece)
          controller.close()
        },
      }),
    ).body
  const all = async (items: AsyncIterable<unknown>) => {
    const list: unknown[] = []
    for await (const item of items) list.push(item)
    return list
  }

  it('are read line by line, wherever they are cut into pieces', async () => {
    const bytes = new TextEncoder().encode('{"a":"ệ"}\n\n[1]\n')
    for (let at = 0; at <= bytes.length; at++)
      expect(await all(readLines(body(bytes.slice(0, at), bytes.slice(at)))), `${at}`).to.deep.equal([
        { a: 'ệ' },
        [1],
      ])
  })

  it('are not taken for whole when they break off', async () => {
    const failed = await all(readLines(body('[1]\n[2'))).then(() => undefined, String)
    expect(failed).to.match(/breaks off/)
  })

  it('are read event by event, whatever their ends of lines', async () => {
    const wanted = [{ id: '1', data: 'a\nb' }, { id: '2' }, { event: 'end', data: '{}' }]
    for (const end of ['\n', '\r\n', '\r']) {
      const text = [
        'id: 1',
        'data: a',
        'data:b',
        '',
        ': sign',
        'id: 2',
        '',
        'event: end',
        'data: {}',
        '',
        'id: cut off',
      ].join(end)
      for (let at = 0; at <= text.length; at++)
        expect(await all(readEvents(body(text.slice(0, at), text.slice(at)))), `${at}`).to.deep.equal(wanted)
    }
  })
})
