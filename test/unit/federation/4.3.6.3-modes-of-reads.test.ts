import { expect } from 'chai'
import type { Entity } from '../../../broker/core/model/entity.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { combineCopies, copiesOf } from '../../../broker/federation/combine/combine-copies.ts'
import type { FederatedQuery, Federation } from '../../../broker/federation/federation.ts'
import { decodeAnswer } from '../../../broker/federation/forward/decode-answer.ts'
import { createEgress } from '../../../security/egress/create-egress.ts'
import { anyone, federationOver, iri, type Source, sendJson, startSource, table } from './support.ts'

const TYPES = { kind: 'type', type: iri('Bus') } as const
const ID = 'urn:b:1'

/** A bus as JSON; all values of one source are the same number. */
const bus = (value: number, ...names: readonly string[]): JsonObject => ({
  id: ID,
  type: 'Bus',
  ...Object.fromEntries(names.map((name) => [name, { type: 'Property', value }])),
})

describe('4.3.6.3 Modes of registrations in reads', () => {
  const egress = createEgress({ mode: 'open' })
  const sources: Source[] = []
  after(() => egress.close())
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.close()
  })

  /** Starts a source that answers a bus by id and in queries; undefined: it is not there. */
  async function source(body: JsonObject | undefined): Promise<Source> {
    const started = await startSource((_, response, url) => {
      if (!body) return void response.writeHead(404).end()
      sendJson(response, url.pathname.includes(encodeURIComponent(ID)) ? body : [body])
    })
    sources.push(started)
    return started
  }

  const federation = (...members: readonly JsonObject[]): Federation => federationOver(members, { egress })

  const read = { tenant: DEFAULT_TENANT, caller: anyone, table, via: undefined }
  const query = (hub: Federation, more: Partial<FederatedQuery> = {}) =>
    hub.query({
      ...read,
      query: { types: TYPES },
      parameters: new URLSearchParams(),
      limit: 10,
      pushable: true,
      ...more,
    })

  const own: Entity = decodeAnswer(bus(0, 'speed', 'line', 'colour'), table)

  /** What comes out of both reads, this hub's own copy among it: values by attribute; null: nothing. */
  async function both(hub: Federation): Promise<Record<string, JsonValue | undefined> | null> {
    const [one, many] = await Promise.all([hub.retrieve({ ...read, id: ID }), query(hub)])
    const values = [one, many].map((answer) => {
      const copies = copiesOf(own, answer)
      if (copies.length === 0) return null
      const found = Object.entries(combineCopies(copies).attributes)
      return Object.fromEntries(found.map(([name, [first]]) => [table.compact(name), first?.value]))
    })
    expect(values[0]).to.deep.equal(values[1])
    return values[0] ?? null
  }

  const exclusive = (...names: readonly string[]): JsonObject => ({
    mode: 'exclusive',
    information: [{ entities: [{ type: iri('Bus'), id: ID }], propertyNames: names.map(iri) }],
  })

  it('what is exclusive comes from its source alone, the rest from all the others', async () => {
    const [one, other] = [await source(bus(1, 'speed', 'line')), await source(bus(2, 'speed', 'seats'))]
    const hub = federation({ endpoint: one.endpoint, ...exclusive('speed') }, { endpoint: other.endpoint })
    expect(await both(hub)).to.deep.equal({ speed: 1, line: 0, colour: 0, seats: 2 })
    for (const { url } of one.asked) expect(url.searchParams.get('attrs')).to.equal('speed')
  })

  it('what is exclusive is not asked elsewhere', async () => {
    const [one, other] = [await source(bus(1, 'speed')), await source(bus(2, 'speed', 'seats'))]
    const information = [{ entities: [{ type: iri('Bus') }], propertyNames: [iri('speed'), iri('seats')] }]
    const hub = federation(
      { endpoint: one.endpoint, ...exclusive('speed') },
      { endpoint: other.endpoint, information },
    )
    await hub.retrieve({ ...read, id: ID })
    expect(other.asked.map(({ url }) => url.searchParams.get('attrs'))).to.deep.equal(['seats'])
    await hub.retrieve({ ...read, id: ID, attributes: [iri('speed')] })
    expect(other.asked).to.have.length(1)
  })

  const silent: readonly [string, JsonObject][] = [
    ['does not have it', {}],
    ['does not offer to be read', { operations: ['updateOps'] }],
  ]
  for (const [title, members] of silent) {
    it(`what is exclusive is absent when its source ${title}`, async () => {
      const [one, other] = [await source(undefined), await source(bus(2, 'speed'))]
      const hub = federation(
        { endpoint: one.endpoint, ...exclusive('speed'), ...members },
        { endpoint: other.endpoint },
      )
      expect(await both(hub)).to.deep.equal({ line: 0, colour: 0 })
      expect(one.asked).to.have.length(members.operations ? 0 : 2)
    })
  }

  it('and when its source fails, with a warning', async () => {
    const failing = await startSource((_, response) => response.writeHead(500).end())
    sources.push(failing)
    const hub = federation({ endpoint: failing.endpoint, ...exclusive('speed') })
    expect(await both(hub)).to.deep.equal({ line: 0, colour: 0 })
    expect((await hub.retrieve({ ...read, id: ID })).warnings[0]).to.match(/^299 /)
  })

  it('all redirect sources share what they take, and nobody else is asked or shown', async () => {
    const [one, two, other] = [
      await source(bus(1, 'speed')),
      await source(bus(2, 'line')),
      await source(bus(3, 'speed')),
    ]
    const hub = federation(
      { endpoint: one.endpoint, mode: 'redirect' },
      { endpoint: two.endpoint, mode: 'redirect' },
      { endpoint: other.endpoint },
      { endpoint: other.endpoint, mode: 'auxiliary' },
    )
    expect(await both(hub)).to.deep.equal({ speed: 1, line: 2 })
    expect(other.asked).to.deep.equal([])
  })

  it('nothing is shown of an entity that is redirected to where it is not', async () => {
    const { endpoint } = await source(undefined)
    expect(await both(federation({ endpoint, mode: 'redirect' }))).to.equal(null)
  })

  it('a redirection of some attributes leaves the others here', async () => {
    const { endpoint } = await source(bus(1, 'speed', 'line'))
    const information = [{ entities: [{ type: iri('Bus') }], propertyNames: [iri('speed')] }]
    expect(await both(federation({ endpoint, mode: 'redirect', information }))).to.deep.equal({
      speed: 1,
      line: 0,
      colour: 0,
    })
  })

  it('4.3.6.2 an auxiliary source only fills in what is missing', async () => {
    const [other, helper] = [await source(bus(1, 'seats')), await source(bus(2, 'speed', 'seats', 'doors'))]
    const hub = federation({ endpoint: helper.endpoint, mode: 'auxiliary' }, { endpoint: other.endpoint })
    expect(await both(hub)).to.deep.equal({ speed: 0, line: 0, colour: 0, seats: 1, doors: 2 })
  })

  it('tells that an answer is more, or less, than this hub has', async () => {
    const { endpoint } = await source(undefined)
    const asked = { ...read, query: { types: TYPES }, parameters: new URLSearchParams() }
    expect(federation().asks(asked)).to.equal(false)
    expect(federation({ endpoint, mode: 'redirect', operations: ['updateOps'] }).asks(asked)).to.equal(true)
    const { alone, own: left } = await query(federation())
    expect(alone).to.equal(true)
    expect(left).to.equal(undefined)
  })

  it('no filter goes to a source that has named attributes of redirected entities only', async () => {
    const { endpoint, asked } = await source(bus(1, 'speed'))
    const information = [{ entities: [{ type: iri('Bus') }], propertyNames: [iri('speed')] }]
    const q = { kind: 'exists', path: { attributes: [iri('speed')] } } as const
    const filtered = { query: { types: TYPES, q }, parameters: new URLSearchParams({ q: 'speed' }) }
    await query(federation({ endpoint, mode: 'redirect', information }), filtered)
    await query(federation({ endpoint, mode: 'redirect' }), filtered)
    expect(asked.map(({ url }) => url.searchParams.get('q'))).to.deep.equal([null, 'speed'])
  })
})
