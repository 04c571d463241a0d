import { expect } from 'chai'
import { type Api, useApi } from '../support/api.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

const MOST = 65_536
const IDS = Array.from({ length: 12 }, (_, at) => `urn:b:${at}`)

describe('hub: size of notifications', () => {
  const api: Api = useApi({ 'context.default': 'core', 'limits.pageBytes': MOST })
  let receiver: Receiver
  before(async () => {
    receiver = await startReceiver()
  })
  after(() => receiver.close())
  beforeEach(() => receiver.clear())

  async function subscribe(type: string, members: object): Promise<void> {
    const { status, text } = await api.write('POST', '/ngsi-ld/v1/subscriptions', {
      type: 'Subscription',
      entities: [{ type }],
      notification: { endpoint: { uri: receiver.url } },
      ...members,
    })
    expect(status, text).to.equal(201)
  }
  const create = (id: string, type: string, length: number) =>
    api.create(id, { type, text: { type: 'Property', value: 'x'.repeat(length) } })
  const sizes = () => receiver.received.map(({ body }) => JSON.stringify(body).length)
  const told = () => receiver.received.map(({ body }) => body.data.map(({ id }: { id: string }) => id))

  it('is bounded where changes are gathered: what does not fit comes with the next, under another id', async () => {
    await subscribe('Bus', { throttling: 0.3 })
    for (const id of IDS) await create(id, 'Bus', 20_000)
    await until('all of them', () => told().flat().length >= IDS.length)
    expect(told().flat()).to.have.members(IDS)
    expect(Math.max(...sizes())).to.be.lessThan(MOST)
    expect(new Set(receiver.received.map(({ body }) => body.id)).size).to.equal(receiver.received.length)
  })

  it('is bounded where all that is selected is told: of what fits', async () => {
    for (const id of IDS) await create(`${id}:ferry`, 'Ferry', 20_000)
    await subscribe('Ferry', { timeInterval: 1 })
    await receiver.wait(1)
    expect(told()[0]).to.have.length(3)
    expect(sizes()[0]).to.be.within(60_000, MOST)
  })

  it('leaves room for what is joined', async () => {
    const endpoint = { uri: receiver.url }
    await subscribe('Car', { throttling: 0.3, notification: { endpoint, join: 'flat' } })
    const ids = IDS.slice(0, 6).map((id) => `${id}:car`)
    for (const id of ids) {
      await create(`${id}:owner`, 'Owner', 20_000)
      const owner = { type: 'Relationship', object: `${id}:owner` }
      await api.create(id, { type: 'Car', text: { type: 'Property', value: 'x'.repeat(20_000) }, owner })
    }
    const cars = () =>
      told()
        .flat()
        .filter((id) => id.includes('car'))
    await until('all of them', () => cars().length >= 2 * ids.length)
    expect(cars()).to.have.members([...ids, ...ids.map((id) => `${id}:owner`)])
  })

  it('is that of one entity at least', async () => {
    await subscribe('Tram', { throttling: 0.3 })
    await create('urn:t:1', 'Tram', 2 * MOST)
    await create('urn:t:2', 'Tram', 2 * MOST)
    const trams = () => told().filter(([id]) => id.startsWith('urn:t'))
    await until('both', () => trams().length >= 2)
    expect(trams()).to.deep.equal([['urn:t:1'], ['urn:t:2']])
  })
})
