import { expect } from 'chai'
import { OPERATION_NAMES } from '../../broker/federation/registry/operation-names.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { until } from '../support/until.ts'

const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'
const ENTITIES = '/ngsi-ld/v1/entities'

interface Info {
  readonly entities?: readonly object[]
  readonly propertyNames?: readonly string[]
}

describe('5.9.2 Modes of Context Source Registrations', () => {
  let hub: TestHub
  let number = 0
  before(async () => {
    hub = await startTestHub({
      'context.default': 'core',
      name: 'province',
      'federation.askIdentity': true,
    })
  })
  after(() => hub.stop())

  const nextId = (kind = 'r') => `urn:${kind}:${++number}`
  const register = (mode: string | undefined, information: readonly Info[], members: object = {}) => {
    const id = nextId()
    const body = {
      id,
      type: 'ContextSourceRegistration',
      endpoint: 'http://source.example:1026',
      information,
      ...(mode && { mode }),
      ...members,
    }
    return hub.send(REGISTRATIONS, { method: 'POST', body }).then((answer) => ({ ...answer, id }))
  }
  const patch = (id: string, body: object) => hub.send(`${REGISTRATIONS}/${id}`, { method: 'PATCH', body })
  const read = async (id: string) => (await hub.send(`${REGISTRATIONS}/${id}`)).body
  const keep = async (id: string, attributes: object = {}, type = 'Bus') => {
    const body = { id, type, ...attributes }
    const { status, text } = await hub.send(`${ENTITIES}?local=true`, { method: 'POST', body })
    expect(status, text).to.equal(201)
  }

  async function refused(answer: Promise<TestAnswer & { readonly id?: string }>, status: 400 | 409) {
    const { body, id, ...rest } = await answer
    expect(rest.status, rest.text).to.equal(status)
    const type = status === 400 ? 'BadRequestData' : 'Conflict'
    expect(body.type).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
    if (id) expect((await hub.send(`${REGISTRATIONS}/${id}`)).status).to.equal(404)
    return String(body.detail)
  }

  async function accepted(answer: ReturnType<typeof register>): Promise<string> {
    const { status, text, id } = await answer
    expect(status, text).to.equal(201)
    return id
  }

  const speedOf = (id: string, type = 'Bus'): readonly Info[] => [
    { entities: [{ type, id }], propertyNames: ['speed'] },
  ]

  const demands: readonly [string, string, readonly Info[], object?][] = [
    ['exclusive without attributes', 'exclusive', [{ entities: [{ type: 'Bus', id: 'urn:b:0' }] }]],
    ['exclusive by type alone', 'exclusive', [{ entities: [{ type: 'Bus' }], propertyNames: ['speed'] }]],
    [
      'exclusive by a pattern',
      'exclusive',
      [{ entities: [{ type: 'Bus', idPattern: '^urn:b:' }], propertyNames: ['speed'] }],
    ],
    ['exclusive without entities', 'exclusive', [{ propertyNames: ['speed'] }]],
    [
      'exclusive with one part that is open',
      'exclusive',
      [...speedOf('urn:b:0'), { entities: [{ type: 'Bus' }], propertyNames: ['line'] }],
    ],
    ['auxiliary that writes', 'auxiliary', [{ entities: [{ type: 'Bus' }] }], { operations: ['updateOps'] }],
    [
      'auxiliary that also does more than reading',
      'auxiliary',
      [{ entities: [{ type: 'Bus' }] }],
      { operations: ['retrieveOps', 'queryBatch'] },
    ],
  ]
  for (const [title, mode, information, members] of demands) {
    it(`refuses ${title}, also as a change`, async () => {
      await refused(register(mode, information, members), 400)
      const id = await accepted(register(undefined, information, members))
      await refused(patch(id, { mode }), 400)
      expect(await read(id)).to.not.have.property('mode')
    })
  }

  for (const operations of [undefined, ['retrieveOps'], ['retrieveEntity', 'queryEntity']]) {
    it(`accepts an auxiliary one with ${operations ?? 'no'} operations, whatever is there`, async () => {
      const id = nextId('b')
      await keep(id, { speed: 1 })
      await accepted(register('auxiliary', speedOf(id), operations ? { operations } : {}))
    })
  }

  describe('4.3.6.3 what an exclusive one takes', () => {
    const overlaps: readonly [string, string, (id: string) => readonly Info[], boolean][] = [
      ['an exclusive one of the same', 'exclusive', speedOf, true],
      ['an exclusive one of another type', 'exclusive', (id) => speedOf(id, 'Coach'), true],
      ['a redirect one of the same', 'redirect', speedOf, true],
      [
        'a redirect one of all its attributes',
        'redirect',
        (id) => [{ entities: [{ type: 'Bus', id }] }],
        true,
      ],
      [
        'a redirect one by a pattern',
        'redirect',
        (id) => [{ entities: [{ type: 'Bus', idPattern: `^${id}$` }] }],
        true,
      ],
      [
        'an exclusive one of another attribute',
        'exclusive',
        (id) => [{ entities: [{ type: 'Bus', id }], propertyNames: ['line'] }],
        false,
      ],
      ['an exclusive one of another entity', 'exclusive', (id) => speedOf(`${id}:other`), false],
      ['a redirect one of another type', 'redirect', () => [{ entities: [{ type: 'Ferry' }] }], false],
      ['an inclusive one', 'inclusive', speedOf, false],
      ['an auxiliary one', 'auxiliary', speedOf, false],
    ]
    for (const [title, mode, information, conflict] of overlaps) {
      it(`${conflict ? 'leaves nothing for' : 'leaves room for'} ${title}, whichever comes first`, async () => {
        const id = nextId('b')
        const first = await accepted(register('exclusive', speedOf(id)))
        const later = register(mode, information(id))
        if (conflict) expect(await refused(later, 409)).to.include(first)
        else await accepted(later)

        const other = nextId('b')
        const there = await accepted(register(mode, information(other)))
        const exclusive = register('exclusive', speedOf(other))
        if (conflict) expect(await refused(exclusive, 409)).to.include(there)
        else await accepted(exclusive)
      })
    }

    it('is free again once it is deleted, and never conflicts with itself', async () => {
      const id = nextId('b')
      const first = await accepted(register('exclusive', speedOf(id)))
      expect((await patch(first, { description: 'the same' })).status).to.equal(204)
      await hub.send(`${REGISTRATIONS}/${first}`, { method: 'DELETE' })
      await accepted(register('exclusive', speedOf(id)))
    })

    it('5.9.3 cannot be taken by a change, which changes nothing then', async () => {
      const id = nextId('b')
      await accepted(register('exclusive', speedOf(id)))
      const other = await accepted(register('inclusive', speedOf(id)))
      await refused(patch(other, { mode: 'exclusive', description: 'never' }), 409)
      expect(await read(other))
        .to.include({ mode: 'inclusive' })
        .and.not.have.property('description')
    })

    it('is taken by one alone of many that want it at once', async () => {
      const id = nextId('b')
      const answers = await Promise.all(Array.from({ length: 8 }, () => register('exclusive', speedOf(id))))
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, ...Array(7).fill(409)])
    })
  })

  it('lets redirect ones overlap each other', async () => {
    const information = [{ entities: [{ type: 'Cable' }] }]
    await accepted(register('redirect', information))
    await accepted(register('redirect', information))
  })

  describe('5.9.2.4 what this hub holds itself', () => {
    const held: readonly [string, string, (id: string, type: string) => readonly Info[], boolean][] = [
      ['an exclusive one of an attribute that is there', 'exclusive', speedOf, true],
      [
        'an exclusive one of another type, of an attribute that is there',
        'exclusive',
        (id) => speedOf(id),
        true,
      ],
      [
        'an exclusive one of an attribute that is not there',
        'exclusive',
        (id, type) => [{ entities: [{ type, id }], propertyNames: ['line'] }],
        false,
      ],
      ['a redirect one of the entity', 'redirect', (id, type) => [{ entities: [{ type, id }] }], true],
      ['a redirect one of the type', 'redirect', (_, type) => [{ entities: [{ type }] }], true],
      [
        'a redirect one by a pattern',
        'redirect',
        (id, type) => [{ entities: [{ type, idPattern: `${id}$` }] }],
        true,
      ],
      ['a redirect one of another type', 'redirect', (id) => [{ entities: [{ type: 'Raft', id }] }], false],
      [
        'a redirect one of an attribute that is not there',
        'redirect',
        (_, type) => [{ entities: [{ type }], propertyNames: ['line'] }],
        false,
      ],
      [
        'a redirect one of two types',
        'redirect',
        (_, type) => [{ entities: [{ type: [type, 'Raft'] }] }],
        false,
      ],
    ]
    for (const [title, mode, information, conflict] of held) {
      it(`${conflict ? 'is not given to' : 'is not touched by'} ${title}, nor by a change`, async () => {
        const id = nextId('b')
        const type = `Kind${number}`
        await keep(id, { speed: 1 }, type)
        const answer = register(mode, information(id, type))
        if (conflict) {
          expect(await refused(answer, 409)).to.not.include(id)
          const later = await accepted(register('inclusive', information(id, type)))
          await refused(patch(later, { mode }), 409)
        } else await accepted(answer)
      })
    }

    it('does not stand against a source of history', async () => {
      const id = nextId('b')
      await keep(id, { speed: 1 })
      const observationInterval = { startAt: '2020-01-01T00:00:00Z' }
      await accepted(register('exclusive', speedOf(id), { observationInterval }))
    })

    it('does not stand against it once it has expired', async () => {
      const id = nextId('b')
      await keep(id, { speed: 1, expiresAt: new Date(Date.now() + 200).toISOString() })
      await new Promise((resolve) => setTimeout(resolve, 250))
      await accepted(register('exclusive', speedOf(id)))
    })
  })

  describe('4.20 operations', () => {
    it('knows every name of an operation, and its groups, in registrations', async () => {
      const operations = [...OPERATION_NAMES]
      const id = await accepted(register(undefined, [{ entities: [{ type: 'Barge' }] }], { operations }))
      expect((await read(id)).operations).to.deep.equal(operations)
      expect(operations).to.have.length(48)
      await refused(
        register(undefined, [{ entities: [{ type: 'Barge' }] }], { operations: ['updateOp'] }),
        400,
      )
    })
  })

  describe('5.15.1 a source whose pseudonym nobody gave', () => {
    let city: TestHub
    before(async () => {
      city = await startTestHub({ 'context.default': 'core', name: 'city' })
    })
    after(() => city.stop())

    const sources = async () => (await hub.send('/hub/v1/federation')).body
    const aliasOf = async (id: string): Promise<string | undefined> =>
      (await sources()).sources.find((source: { id: string }) => source.id === id)?.alias

    it('is asked for it beside requests, which counts nowhere', async () => {
      const id = await accepted(
        register(undefined, [{ entities: [{ type: 'Kite' }] }], { endpoint: city.url }),
      )
      await until('the pseudonym', async () => (await aliasOf(id)) === 'city')
      expect(await read(id)).to.not.have.any.keys('contextSourceAlias', 'timesSent', 'status')
      expect((await patch(id, { description: 'changed' })).status).to.equal(204)
      await until('the pseudonym', async () => (await aliasOf(id)) === 'city')
    })

    it('is asked for that of its tenant', async () => {
      await city.send(`${ENTITIES}`, {
        method: 'POST',
        body: { id: 'urn:k:1', type: 'Kite' },
        headers: { 'NGSILD-Tenant': 'river' },
      })
      const information = [{ entities: [{ type: 'Raft' }] }]
      const id = await accepted(register(undefined, information, { endpoint: city.url, tenant: 'river' }))
      await until('the pseudonym', async () => (await aliasOf(id)) === 'city.river')
    })

    it('is not asked where it offers no identity, or has a pseudonym', async () => {
      const information = [{ entities: [{ type: 'Ski' }] }]
      const id = await accepted(
        register(undefined, information, { endpoint: city.url, operations: ['retrieveOps'] }),
      )
      const named = await accepted(
        register(undefined, information, { endpoint: city.url, contextSourceAlias: 'given' }),
      )
      const later = await accepted(register(undefined, information, { endpoint: city.url }))
      await until('the pseudonym', async () => (await aliasOf(later)) === 'city')
      expect(await aliasOf(id)).to.equal(undefined)
      expect(await aliasOf(named)).to.equal('given')
    })
  })
})
