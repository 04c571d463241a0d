import { expect } from 'chai'
import { CHANGES, short, type Told, toldBy } from '../support/change-lines.ts'
import { openEvents, openSocket } from '../support/event-stream.ts'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const PHONE = '0900000417'
/** Looks like the first one where only its ends are shown. */
const OTHER_PHONE = '0900111417'
const ID = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:change-0'
const HIDDEN = 'urn:ngsi-ld:Device:thai-nguyen:change-1'
const READERS = ['dpo', 'analyst', 'operator.thai-nguyen', 'public'] as const

describe('e2e: the change feed tells nobody more than a query', () => {
  let hubs: SecuredHubs
  const begins = new Map<Asker, string>()
  before(async () => {
    hubs = await startSecuredHubs()
    for (const reader of READERS) begins.set(reader, (await feed(reader)).after)
    await hubs.load([
      { id: ID, type: 'ServiceRequest', status: property('received'), reporterPhone: property(PHONE) },
      { id: HIDDEN, type: 'Device', note: property(`Gọi ${PHONE}`) },
    ])
  })
  after(() => hubs.stop())

  const send = (asker: Asker, path: string, request = {}) => hubs.send(hubs.city, asker, path, request)
  const feed = async (asker: Asker, query = ''): Promise<Told> =>
    toldBy(await send(asker, `${CHANGES}?${query}`))
  const all = (asker: Asker, query = '') => feed(asker, `after=${begins.get(asker)}&${query}`)
  /** What a change of the report tells each reader. */
  const toldOf = async (change: () => Promise<unknown>) => {
    const tokens = await Promise.all(READERS.map(async (reader) => (await feed(reader)).after))
    await change()
    const told: Partial<Record<Asker, readonly string[]>> = {}
    for (const [at, reader] of READERS.entries())
      told[reader] = short(await feed(reader, `after=${tokens[at]}`))
    return told
  }
  const patch = async (body: object) => {
    const { status, text } = await send('feeds', `${ENTITIES}/${ID}/attrs`, { method: 'PATCH', body })
    expect(status, text).to.equal(204)
  }

  for (const reader of READERS) {
    it(`shows ${reader} what it sees of an entity, masks included`, async () => {
      for (const search of [
        '',
        'options=sysAttrs',
        'format=simplified',
        'format=concise&pick=id,status,reporterPhone',
      ]) {
        const { changes, text } = await all(reader, `type=ServiceRequest&${search}`)
        const { body } = await send(reader, `${ENTITIES}/${ID}?${search}`)
        expect(changes.map(({ entity }) => entity)).to.deep.equal([body])
        expect(text.includes(PHONE), search).to.equal(reader === 'dpo')
      }
    })
  }

  it('shows an entity to those alone who see it', async () => {
    for (const reader of READERS) {
      const ids = (await all(reader)).changes.map(({ id }) => id)
      expect(ids, reader).to.deep.equal(reader === 'public' ? [ID] : [ID, HIDDEN])
    }
  })

  it('gives no oracle: a filter on what is masked selects nothing of it', async () => {
    for (const search of [
      `q=reporterPhone=="${PHONE}"`,
      `q=reporterPhone~="${PHONE}"`,
      `q=note~="${PHONE}"&attrs=note`,
    ]) {
      expect((await all('dpo', search)).changes, search).to.have.length(1)
      for (const reader of ['analyst', 'operator.thai-nguyen', 'public'] as const)
        expect((await all(reader, search)).changes, `${reader} ${search}`).to.deep.equal([])
    }
    // what nobody sees has not changed
    expect((await all('public', 'watchedAttributes=reporterPhone')).changes).to.deep.equal([])
    expect((await all('public', 'q=!reporterPhone')).changes).to.have.length(1)
  })

  it('tells of a change to those alone who see a difference', async () => {
    const told = await toldOf(() => patch({ reporterPhone: property(OTHER_PHONE) }))
    expect(told).to.deep.equal({
      dpo: ['updated change-0 reporterPhone updated'],
      // under another pseudonym
      analyst: ['updated change-0 reporterPhone updated'],
      'operator.thai-nguyen': [],
      public: [],
    })
  })

  it('names no attribute that somebody does not see', async () => {
    const change = () => patch({ status: property('resolved'), reporterPhone: property(PHONE) })
    const told = await toldOf(change)
    expect(told.dpo).to.deep.equal(['updated change-0 reporterPhone updated status updated'])
    expect(told.public).to.deep.equal(['updated change-0 status updated'])
    expect(told['operator.thai-nguyen']).to.deep.equal(['updated change-0 status updated'])
  })

  it('ends a wait for nobody who sees no difference', async () => {
    const { after } = await feed('public')
    const waiting = feed('public', `after=${after}&wait=2`)
    await patch({ reporterPhone: property(OTHER_PHONE) })
    expect((await waiting).changes).to.deep.equal([])
  })

  it('masks old records with the rights of now: whoever brings the token of somebody else gains nothing', async () => {
    const token = begins.get('dpo')
    const { changes, text } = await feed('public', `after=${token}&type=ServiceRequest`)
    expect(changes).to.not.have.length(0)
    expect(text).not.to.contain('reporterPhone').and.not.to.contain(PHONE)
  })

  it('tells of subscriptions to those who may read them', async () => {
    const begin = (await feed('dpo', 'collections=subscription')).after
    const body = {
      id: 'urn:ngsi-ld:Subscription:change',
      type: 'Subscription',
      entities: [{ type: 'ServiceRequest' }],
      notification: { endpoint: { uri: 'https://receiver.example/notify' } },
    }
    const { status, text } = await send('analyst', '/ngsi-ld/v1/subscriptions', { method: 'POST', body })
    expect(status, text).to.equal(201)
    const ids = async (asker: Asker) =>
      (await feed(asker, `after=${begin}&collections=subscription`)).changes.map(({ id }) => id)
    expect(await ids('dpo')).to.deep.equal([body.id])
    expect(await ids('analyst')).to.deep.equal([body.id])
    expect(await ids('operator.thai-nguyen')).to.deep.equal([])
  })

  it('streams to each reader what the feed tells it, by either way', async () => {
    for (const reader of READERS) {
      const path = `/hub/v1/events?after=${begins.get(reader)}&type=ServiceRequest`
      const { changes } = await all(reader, 'type=ServiceRequest')
      const withToken = { headers: hubs.as(reader) }
      const streams = [
        await openEvents(hubs.city.url + path, withToken.headers),
        await openSocket(hubs.city.url + path, withToken),
        await openSocket(hubs.city.url + path, {
          protocols: ['hub.events', `bearer.${withToken.headers.Authorization?.slice('Bearer '.length)}`],
        }),
      ]
      for (const stream of streams) {
        await stream.has(changes.length)
        expect(stream.changes.map(({ after: _, ...told }) => told)).to.deep.equal(
          changes.map(({ after: _, ...told }) => told),
        )
        expect(stream.text().includes(PHONE), reader).to.equal(reader === 'dpo')
        await stream.close()
      }
    }
    const stranger = await openSocket(`${hubs.city.url}/hub/v1/events`)
    expect(stranger.status).to.equal(401)
    const bad = await openSocket(`${hubs.city.url}/hub/v1/events`, {
      protocols: ['hub.events', 'bearer.x.y.z'],
    })
    expect(bad.status).to.equal(401)
  })

  it('streams the notifications of a subscription with the rights of who listens, if it may read it', async () => {
    const path = '/hub/v1/events?subscription=urn:ngsi-ld:Subscription:change'
    const analyst = await openEvents(hubs.city.url + path, hubs.as('analyst'))
    const dpo = await openEvents(hubs.city.url + path, hubs.as('dpo'))
    for (const reader of ['operator.thai-nguyen', 'public'] as const) {
      const refused = await openEvents(hubs.city.url + path, hubs.as(reader))
      expect(refused.status, reader).to.be.oneOf([403, 404])
    }
    await patch({ reporterPhone: property(PHONE) })
    await analyst.has(1)
    await dpo.has(1)
    expect(dpo.text()).to.contain(PHONE)
    expect(analyst.text()).to.contain('reporterPhone').and.not.to.contain(PHONE)
    await Promise.all([analyst.close(), dpo.close()])
  })

  it('opens no stream by a ticket for whoever did not get it itself', async () => {
    const { status } = await send('anonymous', '/hub/v1/events/tickets', { method: 'POST' })
    expect(status).to.equal(401)
    const { body } = await send('public', '/hub/v1/events/tickets', { method: 'POST' })
    const path = `/hub/v1/events?after=${begins.get('dpo')}&type=ServiceRequest&ticket=${body.ticket}`
    // the ticket says who asks, whatever token comes along
    const events = await openEvents(hubs.city.url + path, hubs.as('dpo'))
    await events.has(1)
    expect(events.text()).not.to.contain('reporterPhone')
    await events.close()
  })

  it('is there for those alone who may read at all', async () => {
    const statuses = async (asker: Asker, query: string) => (await send(asker, `${CHANGES}?${query}`)).status
    expect(await statuses('anonymous', '')).to.equal(401)
    expect(await statuses('feeds', 'collections=registration')).to.equal(403)
    expect(await statuses('analyst', 'collections=entity,registration')).to.equal(403)
    expect(await statuses('public', 'collections=subscription')).to.equal(403)
    expect(await statuses('public', 'collections=context')).to.equal(200)
  })
})
