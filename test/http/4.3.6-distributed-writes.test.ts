import { expect } from 'chai'
import { startTestHub, type TestAnswer, type TestHub, type TestRequest } from '../support/hub.ts'
import { startWriteSource, type WriteSource } from '../support/write-source.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'
const ERRORS = 'https://uri.etsi.org/ngsi-ld/errors/'
const DEFAULT = 'https://uri.etsi.org/ngsi-ld/default-context/'

describe('4.3.6 Distributed writes', () => {
  let hub: TestHub
  let city: WriteSource
  let other: WriteSource
  let number = 0
  const registered: string[] = []
  let id = ''
  before(async () => {
    const settings = { name: 'province', 'context.default': 'core', 'federation.timeout': 15_000 }
    ;[hub, city, other] = await Promise.all([startTestHub(settings), startWriteSource(), startWriteSource()])
  })
  after(() => Promise.all([hub.stop(), city.stop(), other.stop()]))
  beforeEach(() => {
    id = `urn:b:${++number}`
  })
  afterEach(async () => {
    for (const at of registered.splice(0)) await hub.send(`${REGISTRATIONS}/${at}`, { method: 'DELETE' })
    for (const source of [city, other]) {
      source.reply = undefined
      source.lines()
    }
  })

  /** Registers a source for the entity of this test; with attributes for those only. */
  async function register(
    mode: string,
    {
      source = city,
      attributes = [] as readonly string[],
      operations = ['redirectionOps'],
      ...members
    }: {
      readonly source?: WriteSource
      readonly attributes?: readonly string[]
      readonly operations?: readonly string[]
      readonly [member: string]: unknown
    } = {},
  ): Promise<string> {
    const at = `urn:r:${number}-${registered.length}`
    const body = {
      id: at,
      type: 'ContextSourceRegistration',
      endpoint: source.endpoint,
      mode,
      operations,
      information: [
        { entities: [{ type: 'Bus', id }], ...(attributes.length > 0 && { propertyNames: attributes }) },
      ],
      ...members,
    }
    const answer = await hub.send(REGISTRATIONS, { method: 'POST', body })
    expect(answer.status, answer.text).to.equal(201)
    registered.push(at)
    return at
  }

  const write = (method: TestRequest['method'] & string, path: string, body?: unknown, headers = {}) =>
    hub.send(`${ENTITIES}${path}`, { method, headers, ...(body !== undefined && { body }) })
  const bus = (members: object = {}) => ({ id, type: 'Bus', ...members })
  const keep = async (members: object): Promise<void> => {
    const { status, text } = await write('POST', '?local=true', bus(members))
    expect(status, text).to.equal(201)
  }
  const local = async (search = '') => hub.send(`${ENTITIES}/${id}?local=true&options=keyValues${search}`)
  const statuses = ({ body }: TestAnswer) =>
    body.errors.map(({ error, registrationId }: { error: { status: number }; registrationId?: string }) =>
      [error.status, ...(registrationId === undefined ? [] : [registrationId])].join(' '),
    )
  const property = (value: unknown) => ({ type: 'Property', value })

  describe('5.6.1 Create Entity', () => {
    it('4.3.6.2 is done here and at an inclusive source alike', async () => {
      await register('inclusive')
      const { status, headers, text } = await write(
        'POST',
        '',
        bus({ speed: 5, line: { object: 'urn:l:1' } }),
      )
      expect([status, headers.location, text]).to.deep.equal([201, `${ENTITIES}/${id}`, ''])
      const [told] = city.told
      expect(told?.line).to.equal('POST /entities')
      expect(told?.body).to.deep.equal(
        bus({ speed: property(5), line: { type: 'Relationship', object: 'urn:l:1' } }),
      )
      expect(told?.headers).to.include({ via: '1.1 province', 'content-type': 'application/json' })
      expect(told?.headers.link).to.include('json-ld#context')
      expect(told?.headers).to.not.have.any.keys('if-none-match', 'idempotency-key', 'ngsild-tenant')
      expect((await local()).body).to.include({ speed: 5, line: 'urn:l:1' })
    })

    it('4.3.6.3 leaves to an exclusive source what is its own, and keeps the rest', async () => {
      await register('exclusive', { attributes: ['speed'] })
      expect((await write('POST', '', bus({ speed: 5, colour: 'red', scope: '/a' }))).status).to.equal(201)
      expect(city.told[0]?.body).to.deep.equal(bus({ speed: property(5), scope: '/a' }))
      const { body } = await local()
      expect(body).to.include({ colour: 'red' }).and.not.have.property('speed')
    })

    it('4.3.6.3 leaves nothing here where all of it is elsewhere', async () => {
      await register('exclusive', { attributes: ['speed'] })
      expect((await write('POST', '', bus({ speed: 5 }))).status).to.equal(201)
      expect((await local()).status).to.equal(404)
    })

    it('4.3.6.3 goes to every redirect, and not here', async () => {
      await register('redirect')
      await register('redirect', { source: other })
      expect((await write('POST', '', bus({ speed: 5 }))).status).to.equal(201)
      expect([city.lines(), other.lines()]).to.deep.equal([['POST /entities'], ['POST /entities']])
      expect((await local()).status).to.equal(404)
    })

    it('4.3.6.2 never goes to an auxiliary source, and to no source of another type or id', async () => {
      await register('auxiliary', { operations: ['retrieveOps'] })
      await register('inclusive', { information: [{ entities: [{ type: 'Tram' }] }] })
      await register('inclusive', { information: [{ entities: [{ type: 'Bus', id: 'urn:b:other' }] }] })
      expect((await write('POST', '', bus({ speed: 5 }))).status).to.equal(201)
      expect(city.lines()).to.deep.equal([])
    })

    it('6.3.18 stays here with local=true', async () => {
      await register('redirect')
      expect((await write('POST', '?local=true', bus({ speed: 5 }))).status).to.equal(201)
      expect(city.lines()).to.deep.equal([])
      expect((await write('POST', '?local=maybe', bus())).status).to.equal(400)
    })

    it('says which part failed: here, there, or both', async () => {
      const at = await register('inclusive')
      await keep({ speed: 1 })
      const here = await write('POST', '', bus({ speed: 2 }))
      expect([here.status, statuses(here), here.body.success]).to.deep.equal([207, ['409'], [id]])
      expect(here.body.errors[0]).to.deep.include({ entityId: id })
      city.reply = {
        status: 409,
        body: { type: `${ERRORS}AlreadyExists`, title: 'secret', detail: 'secret' },
      }
      const both = await write('POST', '', bus({ speed: 3 }))
      expect([both.status, statuses(both), both.body.success]).to.deep.equal([207, ['409', `409 ${at}`], []])
      expect(both.text).to.not.include('secret')
      expect((await local()).body.speed).to.equal(1)
      await write('DELETE', `/${id}?local=true`)
      const there = await write('POST', '', bus({ speed: 4 }))
      expect([there.status, statuses(there), there.body.success]).to.deep.equal([207, [`409 ${at}`], [id]])
      expect((await local()).body.speed).to.equal(4)
    })

    it('asks nobody when this hub refuses the content', async () => {
      await register('inclusive')
      expect((await write('POST', '', { id: 'no uri', type: 'Bus' })).status).to.equal(400)
      expect((await write('POST', '', bus({ speed: 'x'.repeat(1_100_000) }))).status).to.be.oneOf([400, 413])
      expect(city.lines()).to.deep.equal([])
    })

    it('5.6.1.4 conflicts where the holder does not support it, and passes over others that do not', async () => {
      const at = await register('exclusive', { attributes: ['speed'], operations: ['retrieveOps'] })
      const all = await write('POST', '', bus({ speed: 5 }))
      expect([all.status, all.body.type]).to.deep.equal([409, `${ERRORS}Conflict`])
      const some = await write('POST', '', bus({ speed: 5, colour: 'red' }))
      expect([some.status, statuses(some)]).to.deep.equal([207, [`409 ${at}`]])
      expect((await local()).body)
        .to.include({ colour: 'red' })
        .and.not.have.property('speed')
      await register('inclusive', { operations: ['retrieveOps'] })
      expect((await write('POST', '', bus({ colour: 'red' }))).status).to.equal(409)
      expect(city.lines()).to.deep.equal([])
    })
  })

  describe('6.3.17 What is answered for a single source that holds it all', () => {
    const cases: readonly [string, WriteSource['reply'], number, string][] = [
      ['no answer in time is 504', 'silent', 504, 'GatewayTimeout'],
      ['not found is 404', { status: 404 }, 404, 'ResourceNotFound'],
      ['a conflict is 409', { status: 409 }, 409, 'Conflict'],
      ['a loop is 508', { status: 508 }, 508, 'LoopDetected'],
      ['a refusal is 502', { status: 403, body: { title: 'secret' } }, 502, 'BadGateway'],
      ['a failure is 502', { status: 500 }, 502, 'BadGateway'],
    ]
    for (const [title, reply, status, code] of cases) {
      it(title, async () => {
        await register('redirect', reply === 'silent' ? { management: { timeout: 1500 } } : {})
        city.reply = reply
        const { status: answered, body, text } = await write('PATCH', `/${id}/attrs`, { speed: 5 })
        expect(answered, text).to.equal(status)
        expect(body.type).to.match(new RegExp(`[:/]${code}$`))
        expect(text).to.not.include('secret')
        expect(city.lines()).to.deep.equal([`PATCH /entities/${id}/attrs/`])
      })
    }

    it('a source that cannot be reached is 502, and 504 while it is left alone', async () => {
      const dead = await startWriteSource()
      await dead.stop()
      await register('redirect', { source: dead, management: { cooldown: 60_000 } })
      const first = await write('DELETE', `/${id}`)
      expect(first.status, first.text).to.equal(502)
      expect((await write('DELETE', `/${id}`)).status).to.equal(504)
    })
  })

  describe('6.3.18 A request that comes round', () => {
    it('is refused with 508, and nothing is done again', async () => {
      await register('inclusive')
      await keep({ speed: 1 })
      const answer = await write('DELETE', `/${id}`, undefined, { via: '1.1 city, 1.1 province' })
      expect([answer.status, city.lines()]).to.deep.equal([508, []])
      expect((await local()).status).to.equal(200)
    })

    it('does not go to a source that had it before', async () => {
      await register('inclusive', { contextSourceAlias: 'city' })
      const headers = { via: '1.1 city' }
      expect((await write('POST', '', bus({ speed: 1 }), headers)).status).to.equal(201)
      expect(city.lines()).to.deep.equal([])
    })

    it('is 508 when that is the only one to hold it', async () => {
      await register('redirect', { contextSourceAlias: 'city' })
      const answer = await write('DELETE', `/${id}`, undefined, { via: '1.1 city' })
      expect([answer.status, city.lines()]).to.deep.equal([508, []])
    })

    it('passes over an inclusive source that leads back', async () => {
      await register('inclusive')
      city.reply = { status: 508 }
      expect((await write('POST', '', bus({ speed: 1 }), { via: '1.1 far' })).status).to.equal(201)
      expect(city.told[0]?.headers.via).to.equal('1.1 far, 1.1 province')
    })
  })

  describe('5.6.6 Delete Entity', () => {
    it('is done here and there', async () => {
      await register('inclusive')
      await keep({ speed: 1 })
      expect((await write('DELETE', `/${id}`)).status).to.equal(204)
      expect(city.lines()).to.deep.equal([`DELETE /entities/${id}`])
      expect((await local()).status).to.equal(404)
    })

    it('tells of the part that was not there', async () => {
      const at = await register('inclusive')
      const here = await write('DELETE', `/${id}`)
      expect([here.status, statuses(here)]).to.deep.equal([207, ['404']])
      await keep({ speed: 1 })
      city.reply = { status: 404 }
      const there = await write('DELETE', `/${id}`)
      expect([there.status, statuses(there), there.body.success]).to.deep.equal([207, [`404 ${at}`], [id]])
      expect((await write('DELETE', `/${id}`)).status).to.equal(404)
    })

    it('of what a source holds needs nothing here', async () => {
      await register('exclusive', { attributes: ['speed'] })
      expect((await write('DELETE', `/${id}`)).status).to.equal(204)
      await keep({ colour: 'red' })
      expect((await write('DELETE', `/${id}`)).status).to.equal(204)
      expect((await local()).status).to.equal(404)
    })

    it('does what it can when the holder does not support it', async () => {
      const at = await register('exclusive', { attributes: ['speed'], operations: ['retrieveOps'] })
      await keep({ colour: 'red' })
      const answer = await write('DELETE', `/${id}`)
      expect([answer.status, statuses(answer)]).to.deep.equal([207, [`409 ${at}`]])
      expect((await write('DELETE', `/${id}`)).status).to.equal(409)
      expect(city.lines()).to.deep.equal([])
    })

    it('keeps a source to the types that are meant', async () => {
      await register('inclusive', { information: [{ entities: [{ type: 'Bus' }] }] })
      await write('DELETE', `/${id}`)
      await write('DELETE', `/${id}?type=Bus`)
      await write('DELETE', `/${id}?type=Tram`)
      expect(city.lines()).to.deep.equal([
        `DELETE /entities/${id}?type=Bus`,
        `DELETE /entities/${id}?type=Bus`,
      ])
    })
  })

  describe('5.6.2, 5.6.3 and 5.6.17 to 5.6.18 The content goes where it belongs', () => {
    const content = { speed: property(9), colour: property('red') }
    const cases: readonly [string, 'POST' | 'PATCH' | 'PUT', string, string, object][] = [
      ['append', 'POST', '/attrs', '/attrs/', {}],
      ['append without overwriting', 'POST', '/attrs?options=noOverwrite', '/attrs/?options=noOverwrite', {}],
      ['update', 'PATCH', '/attrs', '/attrs/', {}],
      [
        'merge',
        'PATCH',
        '?lang=vi&observedAt=2026-01-01T00:00:00Z',
        '?observedAt=2026-01-01T00:00:00Z&lang=vi',
        {},
      ],
      ['replace', 'PUT', '', '', { id: true, type: 'Bus' }],
    ]
    for (const [title, method, path, asked, members] of cases) {
      it(`${title}: an exclusive source gets its attributes, this hub the others`, async () => {
        await register('exclusive', { attributes: ['speed'] })
        await keep({ seats: 40 })
        const body = { ...('type' in members && { type: 'Bus' }), ...content }
        const answer = await write(method, `/${id}${path}`, body)
        expect(answer.status, answer.text).to.equal(204)
        expect(city.told[0]?.body).to.deep.equal({
          ...members,
          ...('id' in members && { id }),
          speed: property(9),
        })
        expect(city.lines()).to.deep.equal([`${method} /entities/${id}${asked}`])
        const kept = (await local()).body
        expect(kept).to.include({ colour: 'red' }).and.not.have.property('speed')
        expect('seats' in kept).to.equal(method !== 'PUT')
      })

      it(`${title}: an inclusive source gets all that this hub gets`, async () => {
        await register('inclusive')
        await keep({ seats: 40 })
        const body = { ...('type' in members && { type: 'Bus' }), ...content }
        expect((await write(method, `/${id}${path}`, body)).status).to.equal(204)
        expect(city.told[0]?.body).to.include.keys('speed', 'colour')
        expect((await local()).body).to.include({ speed: 9, colour: 'red' })
      })

      it(`${title}: a redirect has it alone`, async () => {
        await register('redirect')
        const body = { ...('type' in members && { type: 'Bus' }), ...content }
        expect((await write(method, `/${id}${path}`, body)).status).to.equal(204)
        expect(city.told[0]?.body).to.include.keys('speed', 'colour')
        expect((await local()).status).to.equal(404)
      })
    }

    it('hands on bare values and deletions as what they are', async () => {
      await register('redirect')
      await write('PATCH', `/${id}?format=simplified`, { speed: 7, colour: 'urn:ngsi-ld:null' })
      await write('PATCH', `/${id}/attrs`, { colour: 'urn:ngsi-ld:null', scope: '/a' })
      expect(city.told.map(({ line, body }) => [line, body])).to.deep.equal([
        [`PATCH /entities/${id}?options=keyValues`, { speed: 7, colour: 'urn:ngsi-ld:null' }],
        [`PATCH /entities/${id}/attrs/`, { scope: '/a', colour: 'urn:ngsi-ld:null' }],
      ])
    })

    it('an inclusive source gets the instances that it registered', async () => {
      await register('inclusive', { datasetId: ['urn:d:1'] })
      await keep({})
      const speed = [property(1), { ...property(2), datasetId: 'urn:d:1' }]
      expect((await write('POST', `/${id}/attrs`, { speed })).status).to.equal(204)
      expect((await write('POST', `/${id}/attrs`, { speed: 3 })).status).to.equal(204)
      expect(city.told.map(({ body }) => body)).to.deep.equal([
        { speed: { ...property(2), datasetId: 'urn:d:1' } },
      ])
    })

    it('an exclusive source takes the instances that it registered, and this hub keeps the others', async () => {
      await register('exclusive', { attributes: ['speed'], datasetId: ['urn:d:1'] })
      await keep({})
      const speed = [property(1), { ...property(2), datasetId: 'urn:d:1' }]
      expect((await write('POST', `/${id}/attrs`, { speed })).status).to.equal(204)
      expect((await write('PUT', `/${id}/attrs/speed`, [property(3), speed[1]])).status).to.equal(204)
      expect((await write('DELETE', `/${id}/attrs/speed?datasetId=urn:d:1`)).status).to.equal(204)
      expect(city.told.map(({ body }) => body)).to.deep.equal([{ speed: speed[1] }, speed[1], undefined])
      expect((await local()).body.speed).to.equal(3)
    })

    it('6.6.3 tells attribute by attribute what was not done, and by whom', async () => {
      const at = await register('exclusive', { attributes: ['speed'] })
      await keep({ colour: 'blue' })
      city.reply = { status: 404 }
      const failed = await write('PATCH', `/${id}/attrs`, content)
      expect([failed.status, failed.body.updated]).to.deep.equal([207, [`${DEFAULT}colour`]])
      expect(failed.body.notUpdated).to.have.length(1)
      expect(failed.body.notUpdated[0]).to.include({ attributeName: `${DEFAULT}speed`, registrationId: at })
      city.reply = {
        status: 207,
        body: { updated: [], notUpdated: [{ attributeName: `${DEFAULT}speed`, reason: 'secret' }] },
      }
      const left = await write('POST', `/${id}/attrs?options=noOverwrite`, content)
      expect(left.status).to.equal(207)
      expect(left.body.updated).to.deep.equal([])
      expect(
        left.body.notUpdated.map(({ attributeName, registrationId }: Record<string, string>) => [
          attributeName,
          registrationId,
        ]),
      ).to.have.deep.members([
        [`${DEFAULT}colour`, undefined],
        [`${DEFAULT}speed`, at],
      ])
      expect(left.text).to.not.include('secret')
    })

    it('an answer of 207 that says nothing is a part that failed', async () => {
      await register('redirect')
      await register('redirect', { source: other })
      city.reply = { status: 207 }
      expect((await write('POST', `/${id}/attrs`, content)).status).to.equal(207)
      expect((await write('PUT', `/${id}`, { type: 'Bus', ...content })).status).to.equal(207)
    })

    it('nobody knowing the entity is 404, one knowing it is not', async () => {
      await register('inclusive')
      city.reply = { status: 404 }
      expect((await write('PATCH', `/${id}/attrs`, content)).status).to.equal(404)
      city.reply = undefined
      const answer = await write('PATCH', `/${id}/attrs`, content)
      expect(answer.status).to.equal(207)
      expect(answer.body.updated).to.have.length(2)
      expect(
        answer.body.notUpdated.map(({ registrationId }: { registrationId?: string }) => registrationId),
      ).to.deep.equal([undefined, undefined])
    })
  })

  describe('5.6.4, 5.6.5 and 5.6.19 One attribute', () => {
    it('goes to its holder alone, under its name there', async () => {
      await register('exclusive', { attributes: ['speed'] })
      await keep({ colour: 'red' })
      const speed = `/${id}/attrs/speed`
      expect((await write('PATCH', speed, { value: 6 })).status).to.equal(204)
      expect((await write('PUT', speed, { type: 'Property', value: 7 })).status).to.equal(204)
      expect((await write('DELETE', `${speed}?deleteAll=true`)).status).to.equal(204)
      expect((await write('DELETE', `${speed}?datasetId=urn:d:1`)).status).to.equal(204)
      expect(city.told.map(({ line, body }) => [line, body])).to.deep.equal([
        [`PATCH /entities/${id}/attrs/speed`, property(6)],
        [`PUT /entities/${id}/attrs/speed`, property(7)],
        [`DELETE /entities/${id}/attrs/speed?deleteAll=true`, undefined],
        [`DELETE /entities/${id}/attrs/speed?datasetId=urn:d:1`, undefined],
      ])
      city.lines()
      expect((await write('PATCH', `/${id}/attrs/colour`, { value: 'blue' })).status).to.equal(204)
      expect(city.lines()).to.deep.equal([])
    })

    it('is changed here and at inclusive sources, and each tells of itself', async () => {
      await register('inclusive')
      await keep({ colour: 'red' })
      expect((await write('PATCH', `/${id}/attrs/colour`, { value: 'blue' })).status).to.equal(204)
      for (const method of ['PATCH', 'PUT'] as const) {
        const answer = await write(method, `/${id}/attrs/speed`, { type: 'Property', value: 6 })
        expect([answer.status, answer.body.updated]).to.deep.equal([207, [`${DEFAULT}speed`]])
        expect(answer.body.notUpdated[0]).to.not.have.property('registrationId')
      }
      expect((await write('DELETE', `/${id}/attrs/speed`)).status).to.equal(207)
      expect((await write('DELETE', `/${id}/attrs/colour`)).status).to.equal(204)
      expect(city.told).to.have.length(5)
    })

    it('the scope is a matter of who registered the entity', async () => {
      await register('inclusive', { attributes: ['speed'] })
      await register('inclusive', { source: other })
      await keep({ scope: '/a' })
      expect((await write('DELETE', `/${id}/attrs/scope`)).status).to.equal(204)
      expect([city.lines(), other.lines()]).to.deep.equal([[], [`DELETE /entities/${id}/attrs/scope`]])
    })
  })

  describe('5.6.21 Purge Entities', () => {
    const purge = (search: string, headers = {}) => write('DELETE', `?${search}`, undefined, headers)
    const named = (type: string, members: object = {}) => ({
      information: [{ entities: [{ type }], ...members }],
    })

    it('goes to every source that matches, narrowed to what it registered, and is done here', async () => {
      const type = `Purged${number}`
      await register('inclusive', named(type))
      await register('redirect', { source: other, ...named(type) })
      await write('POST', '?local=true', { id, type })
      expect((await purge(`type=${type},Other&q=speed==1;line!=2&drop=speed,line`)).status).to.equal(204)
      expect((await purge(`type=${type}`)).status).to.equal(204)
      for (const source of [city, other]) {
        expect(source.lines().map((line) => line.replaceAll('+', ' '))).to.deep.equal([
          `DELETE /entities?type=${type}&q=speed==1;line!=2&drop=speed,line`,
          `DELETE /entities?type=${type}`,
        ])
      }
      expect((await local()).status).to.equal(404)
      expect((await purge(`type=${type}&local=true`)).status).to.equal(204)
      expect((await purge('type=*')).status).to.equal(204)
      expect([city.lines(), other.lines()]).to.deep.equal([[], []])
    })

    it('of a source that registered attributes takes away those at most', async () => {
      const type = `Purged${number}`
      await register('inclusive', named(type, { propertyNames: ['speed', 'line'] }))
      await purge(`type=${type}&drop=speed,colour`)
      await purge(`type=${type}&keep=speed`)
      await purge(`type=${type}&drop=colour`)
      await purge(`type=${type}&attrs=speed,colour`)
      expect(city.lines()).to.deep.equal([
        `DELETE /entities?type=${type}&drop=speed`,
        `DELETE /entities?type=${type}&drop=line`,
        `DELETE /entities?type=${type}&attrs=speed`,
      ])
    })

    it('does not go where a filter looks at what the source did not register', async () => {
      const type = `Purged${number}`
      const at = await register('inclusive', named(type, { propertyNames: ['speed'] }))
      const answer = await purge(`type=${type}&q=!colour`)
      expect([answer.status, statuses(answer), answer.body.errors[0].entityId]).to.deep.equal([
        207,
        [`409 ${at}`],
        at,
      ])
      expect(city.lines()).to.deep.equal([])
    })

    it('tells what a source did not do, beside what was done here', async () => {
      const type = `Purged${number}`
      const at = await register('inclusive', named(type))
      await write('POST', '?local=true', { id, type })
      city.reply = { status: 500 }
      const answer = await purge(`type=${type}`)
      expect([answer.status, statuses(answer), answer.body.success]).to.deep.equal([207, [`502 ${at}`], [id]])
    })

    it('conflicts where the only holder does not support it, and comes round once', async () => {
      const type = `Purged${number}`
      await register('redirect', { ...named(type), operations: ['retrieveOps'] })
      expect((await purge(`type=${type}`)).status).to.equal(409)
      expect((await purge(`type=${type}`, { via: '1.1 province' })).status).to.equal(508)
    })
  })

  describe('4.3.6.4 to 4.3.6.6 What goes along', () => {
    it('4.3.6.5 a source gets headers and tenant of its registration, and no tenant of the client', async () => {
      await register('redirect', {
        tenant: 'north',
        management: { localOnly: true },
        contextSourceInfo: [
          { key: 'X-City', value: 'one' },
          { key: 'Authorization', value: 'urn:ngsi-ld:request' },
        ],
      })
      const headers = { authorization: 'Bearer of-the-client', 'ngsild-tenant': 'default' }
      await write('DELETE', `/${id}`, undefined, { authorization: headers.authorization })
      const [told] = city.told
      expect(told?.headers).to.include({
        'ngsild-tenant': 'north',
        'x-city': 'one',
        authorization: 'Bearer of-the-client',
      })
      expect(told?.line).to.equal(`DELETE /entities/${id}?local=true`)
    })

    it('the @context of the client, inside the body where the registration wants JSON-LD', async () => {
      await register('redirect', {
        contextSourceInfo: [{ key: 'contentType', value: 'application/ld+json' }],
      })
      await write('POST', '', bus({ speed: 5 }))
      const [told] = city.told
      expect(told?.headers['content-type']).to.equal('application/ld+json')
      expect(told?.headers).to.not.have.property('link')
      expect(told?.body).to.include.keys('@context', 'speed')
    })
  })

  describe('4.3.6.6 The @context of a write', () => {
    const names = { velocity: 'https://example.org/speed', Vehicle: 'https://example.org/Bus' }
    const ours = { speed: 'https://example.org/speed', Bus: 'https://example.org/Bus' }
    const linkedData = { 'content-type': 'application/ld+json' }
    const written = () => ({ '@context': ours, ...bus({ speed: 5 }) })
    const about = { information: [{ entities: [{ type: 'https://example.org/Bus' }] }] }

    it('goes on inside the body that it came in', async () => {
      await register('redirect', about)
      expect((await write('POST', '', written(), linkedData)).status).to.equal(201)
      const [told] = city.told
      expect(told?.body).to.deep.equal({ '@context': ours, ...bus({ speed: property(5) }) })
      expect(told?.headers).to.include(linkedData).and.not.have.property('link')
    })

    it('is exchanged for the one that the registration names, in content, path and parameters', async () => {
      const hosted = await hub.send('/ngsi-ld/v1/jsonldContexts', {
        method: 'POST',
        body: { '@context': names },
      })
      const url = `${hub.url}${hosted.headers.location}`
      await register('redirect', { ...about, contextSourceInfo: [{ key: 'jsonldContext', value: url }] })
      const other = { velocity: property(5) }
      await write('POST', '', written(), linkedData)
      await write('PATCH', `/${id}/attrs/speed`, { '@context': ours, value: 6 }, linkedData)
      await write('PATCH', `/${id}/attrs?type=Bus`, { '@context': ours, speed: 7 }, linkedData)
      expect(city.told.map(({ line, body }) => [line, body])).to.deep.equal([
        ['POST /entities', { id, type: 'Vehicle', ...other }],
        [`PATCH /entities/${id}/attrs/velocity?type=Vehicle`, property(6)],
        [`PATCH /entities/${id}/attrs/?type=Vehicle`, { velocity: property(7) }],
      ])
      for (const { headers } of city.told) {
        expect(headers['content-type']).to.equal('application/json')
        expect(headers.link).to.include(url)
      }
    })
  })

  describe('Preconditions and repetition', () => {
    it('If-Match is judged on what this hub holds, before anybody is asked', async () => {
      await register('inclusive')
      await keep({ speed: 1 })
      const refused = await write('DELETE', `/${id}`, undefined, { 'if-match': '"other"' })
      expect([refused.status, city.lines()]).to.deep.equal([412, []])
      const tag = String((await local()).headers.etag)
      expect((await write('DELETE', `/${id}`, undefined, { 'if-match': tag })).status).to.equal(204)
      expect(city.told[0]?.headers).to.not.have.property('if-match')
    })

    it('If-Match names no state of what other hubs hold', async () => {
      await register('redirect')
      for (const tag of ['"any"', '*'])
        expect((await write('PATCH', `/${id}`, { speed: 1 }, { 'if-match': tag })).status).to.equal(412)
      expect(city.lines()).to.deep.equal([])
      expect((await write('PATCH', `/${id}`, { speed: 1 }, { 'if-none-match': '"any"' })).status).to.equal(
        204,
      )
    })

    it('If-None-Match: * rules out what this hub has; of a source it is the creation itself that does', async () => {
      await register('inclusive')
      await keep({ speed: 1 })
      const headers = { 'if-none-match': '*' }
      const refused = await write('POST', '', bus({ speed: 2 }), headers)
      expect([refused.status, city.lines()]).to.deep.equal([412, []])
      await write('DELETE', `/${id}?local=true`)
      expect((await write('POST', '', bus({ speed: 2 }), headers)).status).to.equal(201)
    })

    it('under one Idempotency-Key nobody is asked twice, and a partial answer is answered again', async () => {
      const at = await register('inclusive')
      city.reply = { status: 500 }
      const headers = { 'idempotency-key': `"${id}"` }
      for (let again = 0; again < 2; again++) {
        const answer = await write('POST', '', bus({ speed: 2 }), headers)
        expect([answer.status, statuses(answer)]).to.deep.equal([207, [`502 ${at}`]])
      }
      expect(city.lines()).to.deep.equal(['POST /entities'])
    })
  })
})
