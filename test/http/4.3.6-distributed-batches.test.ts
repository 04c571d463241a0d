import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const BATCH = '/ngsi-ld/v1/entityOperations'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'

const ALL = ['createBatch', 'upsertBatch', 'updateBatch', 'mergeBatch', 'deleteBatch']
const ERRORS = 'https://uri.etsi.org/ngsi-ld/errors/'

interface Asked {
  readonly call: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any
}

type Answers = (asked: Asked) => { readonly status: number; readonly body?: unknown } | undefined

describe('4.3.6 Distributed batches', () => {
  let hub: TestHub
  let number = 0
  let answers: Answers = () => undefined
  let asked: Asked[] = []
  const source = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const one = {
      call: `${request.method} ${decodeURIComponent(request.url ?? '')}`,
      body: text === '' ? undefined : JSON.parse(text),
    }
    asked.push(one)
    const { status, body } = answers(one) ?? { status: 204 }
    response.writeHead(status, { 'Content-Type': 'application/json' })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  })
  let endpoint = ''
  before(async () => {
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(source.address() as AddressInfo).port}` // a TCP server has such an address
    hub = await startTestHub({ 'context.default': 'core', name: 'province' })
  })
  after(async () => {
    source.close()
    source.closeAllConnections()
    await hub.stop()
  })
  const registered: string[] = []
  beforeEach(() => {
    asked = []
    answers = () => undefined
  })
  afterEach(async () => {
    await hub.send(`${ENTITIES}?type=Bus&local=true`, { method: 'DELETE' })
    for (const id of registered.splice(0)) await hub.send(`${REGISTRATIONS}/${id}`, { method: 'DELETE' })
  })

  async function register(mode: string, information: object, members: object = {}): Promise<string> {
    const id = `urn:r:${++number}`
    const body = {
      id,
      type: 'ContextSourceRegistration',
      mode,
      endpoint: `${endpoint}/${mode}`,
      information: [information],
      operations: ALL,
      ...members,
    }
    const { status, text } = await hub.send(REGISTRATIONS, { method: 'POST', body })
    expect(status, text).to.equal(201)
    registered.push(id)
    return id
  }
  const newIds = () => [1, 2].map(() => `urn:b:${++number}`)
  const bus = (id: string, members: object = {}) => ({ id, type: 'Bus', ...members })
  const value = (speed: number) => ({ type: 'Property', value: speed })
  const send = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    hub.send(`${BATCH}/${path}`, { method: 'POST', body, headers })
  const here = async (id: string) => (await hub.send(`${ENTITIES}/${id}?local=true`)).body
  const keep = async (id: string, members: object = {}) => {
    const { status, text } = await hub.send(`${ENTITIES}?local=true`, {
      method: 'POST',
      body: bus(id, members),
    })
    expect(status, text).to.equal(201)
  }
  const buses = { entities: [{ type: 'Bus' }] }
  const exclusiveOf = (ids: readonly string[]) => ({
    entities: ids.map((id) => ({ type: 'Bus', id })),
    propertyNames: ['speed'],
  })
  const calls = () => asked.map(({ call }) => call)

  it('sends all entities of a source together, and keeps them here too where it is inclusive', async () => {
    await register('inclusive', buses)
    const [a, b] = newIds() as [string, string]
    answers = () => ({ status: 201, body: [a, b] })
    const entities = [bus(a, { speed: value(1) }), bus(b, { speed: value(2) })]
    const created = await send('create', [...entities, { id: 'urn:t:1', type: 'Tram' }])
    expect(created.status).to.equal(201)
    expect(created.body).to.deep.equal([a, b, 'urn:t:1'])
    expect(asked).to.deep.equal([
      { call: 'POST /inclusive/ngsi-ld/v1/entityOperations/create', body: entities },
    ])
    expect((await here(a)).speed).to.deep.equal(value(1))
    await send('delete', ['urn:t:1'])
  })

  it('takes away what is exclusive, with id and type, and keeps the rest', async () => {
    const ids = newIds()
    const [a, b] = ids as [string, string]
    await register('exclusive', exclusiveOf(ids))
    answers = () => ({ status: 204 })
    const line = { type: 'Property', value: 'L1' }
    const entities = [a, b].map((id) => bus(id, { speed: value(3), line }))
    expect((await send('upsert', entities)).status).to.equal(201)
    expect(asked).to.deep.equal([
      {
        call: 'POST /exclusive/ngsi-ld/v1/entityOperations/upsert',
        body: [a, b].map((id) => bus(id, { speed: value(3) })),
      },
    ])
    expect(await here(a)).to.deep.equal(bus(a, { line }))
    asked = []
    expect((await send('merge', [{ id: a, speed: value(4) }])).status).to.equal(204)
    expect(asked[0]).to.deep.equal({
      call: 'POST /exclusive/ngsi-ld/v1/entityOperations/merge',
      body: [{ id: a, speed: value(4) }],
    })
    expect((await send('update?options=noOverwrite', [{ id: a, speed: value(5) }])).status).to.equal(204)
    expect(asked[1]?.call).to.equal('POST /exclusive/ngsi-ld/v1/entityOperations/update?options=noOverwrite')
    expect((await send('delete', [a, b])).status).to.equal(204)
    expect(asked[2]).to.deep.equal({
      call: 'POST /exclusive/ngsi-ld/v1/entityOperations/delete',
      body: [a, b],
    })
    expect((await here(a)).status).to.equal(404)
  })

  it('keeps nothing of what is redirected, to however many', async () => {
    await register('redirect', buses)
    await register('redirect', buses)
    const [a, b] = newIds() as [string, string]
    answers = () => ({ status: 201 })
    const { status, body } = await send('upsert?options=update', [bus(a), bus(b)])
    expect(status).to.equal(201)
    expect(body).to.deep.equal([a, b])
    expect(calls()).to.deep.equal(
      Array(2).fill('POST /redirect/ngsi-ld/v1/entityOperations/upsert?options=update'),
    )
    expect((await here(a)).status).to.equal(404)
  })

  it('sends nothing with local=true, nor what is of no source', async () => {
    await register('inclusive', buses)
    const [a] = newIds() as [string]
    expect((await send('create?local=true', [bus(a)])).status).to.equal(201)
    expect((await send('create', [{ id: `${a}:tram`, type: 'Tram' }])).status).to.equal(201)
    expect(asked).to.deep.equal([])
  })

  it('tells of each entity what its source said of it, in words of this hub', async () => {
    const id = await register('redirect', buses)
    const [a, b] = newIds() as [string, string]
    const c = `${b}:c`
    answers = () => ({
      status: 207,
      body: {
        success: [a],
        errors: [
          { entityId: b, error: { type: `${ERRORS}AlreadyExists`, title: 'secret', detail: 'of 10.0.0.1' } },
        ],
      },
    })
    const { status, body, text } = await send('create', [bus(a), bus(b), bus(c)])
    expect(status).to.equal(207)
    expect(body.success).to.deep.equal([a])
    const told = body.errors.map(
      (each: { entityId: string; registrationId: string; error: { type: string } }) => [
        each.entityId,
        each.registrationId,
        each.error.type,
      ],
    )
    expect(told).to.deep.equal([
      [b, id, `${ERRORS}AlreadyExists`],
      [c, id, 'urn:urban-data-hub:errors:BadGateway'],
    ])
    expect(text).to.not.include('secret').and.not.include('10.0.0.1')
  })

  it('tells of a source that fails, beside what was done here', async () => {
    const id = await register('inclusive', buses)
    const [a, b] = newIds() as [string, string]
    answers = () => ({ status: 500 })
    const { status, body } = await send('create', [bus(a), bus(b)])
    expect(status).to.equal(207)
    expect(body.success).to.deep.equal([a, b])
    expect(body.errors.map((each: { registrationId: string }) => each.registrationId)).to.deep.equal([id, id])
    expect((await here(b)).id).to.equal(b)
  })

  it('hands on nothing of an entity that this hub refuses', async () => {
    await register('inclusive', buses)
    const [a, b] = newIds() as [string, string]
    answers = () => ({ status: 201 })
    const { status, body } = await send('create', [{ id: a }, bus(b), { id: 'no URI', type: 'Bus' }])
    expect(status).to.equal(207)
    expect(body.success).to.deep.equal([b])
    expect(asked.map(({ body: sent }) => sent)).to.deep.equal([[bus(b)]])
  })

  it('sends what is twice in a batch one after the other', async () => {
    await register('redirect', buses)
    const [a] = newIds() as [string]
    answers = () => ({ status: 204 })
    expect(
      (await send('upsert', [bus(a, { speed: value(1) }), bus(a, { speed: value(2) })])).status,
    ).to.equal(204)
    expect(asked.map(({ body }) => body[0].speed.value)).to.deep.equal([1, 2])
  })

  const WHOLE = [
    ['5.6.7', 'create', 'createBatch', ['createEntity']],
    ['5.6.8', 'upsert', 'upsertBatch', ['createEntity']],
    ['5.6.9', 'update', 'updateBatch', ['updateEntity']],
    ['5.6.10', 'delete', 'deleteBatch', ['deleteEntity']],
    ['5.6.20', 'merge', 'mergeBatch', ['mergeEntity']],
  ] as const
  for (const [clause, path, whole, singles] of WHOLE) {
    describe(`${clause} of a batch`, () => {
      it('forwards what registrations match of a batch, whole or one by one', async () => {
        const ids = newIds()
        const body = path === 'delete' ? ids : ids.map((id) => bus(id, { speed: value(1) }))
        for (const [operations, count] of [[[whole], 1] as const, [singles, 2] as const]) {
          await register('redirect', buses, { operations })
          answers = () => ({ status: path === 'create' ? 201 : 204 })
          const { status, text } = await send(path, body)
          expect(status, text).to.be.within(201, 204)
          expect(asked.filter(({ call }) => call.includes(`/entityOperations/${path}`))).to.have.length(
            count === 1 ? 1 : 0,
          )
          expect(asked).to.have.length(count)
          asked = []
          await hub.send(`${REGISTRATIONS}/${registered.pop()}`, { method: 'DELETE' })
        }
      })
    })
  }

  describe('4.20 where a source does not offer the batch operation', () => {
    const there: Answers = ({ call }) =>
      call.startsWith('POST') ? { status: 409, body: { type: `${ERRORS}AlreadyExists` } } : { status: 204 }
    const cases: readonly [string, string, readonly string[], Answers, readonly string[]][] = [
      ['create', 'create', ['createEntity'], () => ({ status: 201 }), ['POST /entities']],
      [
        'an upsert by creation',
        'upsert',
        ['createEntity', 'replaceEntity'],
        () => ({ status: 201 }),
        ['POST /entities'],
      ],
      [
        'an upsert by replacement of what is there',
        'upsert',
        ['createEntity', 'replaceEntity', 'updateEntity'],
        there,
        ['POST /entities', 'PUT /entities/ID'],
      ],
      [
        'an upsert by update of what is there',
        'upsert?options=update',
        ['createEntity', 'replaceEntity', 'updateEntity'],
        there,
        ['POST /entities', 'PATCH /entities/ID/attrs/'],
      ],
      [
        'an upsert by replacement alone',
        'upsert',
        ['replaceEntity'],
        () => ({ status: 204 }),
        ['PUT /entities/ID'],
      ],
      ['an update', 'update', ['updateEntity'], () => ({ status: 204 }), ['PATCH /entities/ID/attrs/']],
      [
        'an update that overwrites nothing',
        'update?options=noOverwrite',
        ['appendAttrs'],
        () => ({ status: 204 }),
        ['POST /entities/ID/attrs/?options=noOverwrite'],
      ],
      ['a merge', 'merge', ['mergeEntity'], () => ({ status: 204 }), ['PATCH /entities/ID']],
    ]
    for (const [title, path, operations, answer, expected] of cases) {
      it(`does ${title} one by one`, async () => {
        const ids = newIds()
        await register('exclusive', exclusiveOf(ids), { operations })
        answers = answer
        const { status, text } = await send(
          path,
          ids.map((id) => bus(id, { speed: value(1) })),
        )
        if (path.startsWith('upsert') || path === 'create') expect(status, text).to.be.oneOf([201, 204])
        for (const id of ids) {
          const own = asked.filter(({ call, body }) => call.includes(id) || body?.id === id)
          expect(
            own.map(({ call }) => call.replace('/exclusive/ngsi-ld/v1', '').replace(id, 'ID')),
          ).to.deep.equal(expected)
        }
      })
    }

    it('does a deletion one by one', async () => {
      const ids = newIds()
      await register('exclusive', exclusiveOf(ids), { operations: ['deleteEntity'] })
      expect((await send('delete', ids)).status).to.equal(204)
      expect(calls().map((call) => call.replace(/urn:b:\d+/, 'ID'))).to.deep.equal(
        Array(2).fill('DELETE /exclusive/ngsi-ld/v1/entities/ID'),
      )
    })

    it('says Conflict of each entity that an exclusive one cannot be asked for, and nothing of inclusive ones', async () => {
      const ids = newIds()
      const id = await register('exclusive', exclusiveOf(ids), { operations: ['retrieveOps'] })
      await register('inclusive', buses, { operations: ['retrieveOps'] })
      for (const one of ids) await keep(one)
      const { status, body } = await send(
        'update',
        ids.map((one) => ({ id: one, speed: value(1) })),
      )
      expect(status).to.equal(207)
      expect(body.success).to.deep.equal([])
      for (const error of body.errors) {
        expect(error).to.include({ registrationId: id })
        expect(error.error.type).to.equal(`${ERRORS}Conflict`)
      }
      expect(body.errors).to.have.length(2)
      expect(asked).to.deep.equal([])
      expect(await here(ids[0] ?? '')).to.not.have.property('speed')
    })

    it('says OperationNotSupported where it cannot change what is there', async () => {
      const ids = newIds()
      await register('exclusive', exclusiveOf(ids), { operations: ['createEntity'] })
      answers = () => ({ status: 409, body: { type: `${ERRORS}AlreadyExists` } })
      const { status, body } = await send(
        'upsert',
        ids.map((id) => bus(id, { speed: value(1) })),
      )
      expect(status).to.equal(207)
      expect(body.errors.map(({ error }: { error: { type: string } }) => error.type)).to.deep.equal(
        Array(2).fill(`${ERRORS}OperationNotSupported`),
      )
    })
  })

  it('6.3.18 does nothing twice that came through this hub already', async () => {
    await register('redirect', buses)
    const [a] = newIds() as [string]
    const { status, body } = await send('create', [bus(a)], { via: '1.1 province' })
    expect(status).to.equal(207)
    expect(body.errors[0].error.status).to.equal(508)
    expect(asked).to.deep.equal([])
  })
})
