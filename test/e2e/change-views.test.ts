import { expect } from 'chai'
import { CHANGES, short, type Told, toldBy } from '../support/change-lines.ts'
import { property } from './leak-entities.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const PHONE = '0900000417'
/** Looks like the first one where only its ends are shown. */
const OTHER_PHONE = '0900111417'
const ID = 'urn:ngsi-ld:ServiceRequest:thai-nguyen:change-0'
const HIDDEN = 'urn:ngsi-ld:Device:thai-nguyen:change-1'
const READERS = ['dpo', 'analyst', 'operator.thai-nguyen', 'public'] as const

describe('e2e: the change feed tells nobody more than a query', function () {
  this.timeout(30_000)
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

  it('is there for those alone who may read at all', async () => {
    const statuses = async (asker: Asker, query: string) => (await send(asker, `${CHANGES}?${query}`)).status
    expect(await statuses('anonymous', '')).to.equal(401)
    expect(await statuses('feeds', 'collections=registration')).to.equal(403)
    expect(await statuses('analyst', 'collections=entity,registration')).to.equal(403)
    expect(await statuses('public', 'collections=subscription')).to.equal(403)
    expect(await statuses('public', 'collections=context')).to.equal(200)
  })
})
