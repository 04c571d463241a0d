import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { until } from '../support/until.ts'

const ENTITIES = '/ngsi-ld/v1/entities'

describe('HTTP: pages that are kept', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const room = (id: string, members: object = {}) => ({
    id: `urn:t:${id}`,
    type: 'Room',
    level: { type: 'Property', value: 1 },
    ...members,
  })
  const create = async (body: object, headers: Record<string, string> = {}) => {
    expect((await hub.send(ENTITIES, { method: 'POST', body, headers })).status).to.equal(201)
  }
  const ids = async (query: string, headers: Record<string, string> = {}): Promise<readonly string[]> => {
    const { status, body } = await hub.send(`${ENTITIES}?type=Room&${query}`, { headers })
    expect(status).to.equal(200)
    return body.map(({ id }: { id: string }) => id.slice('urn:t:'.length))
  }

  it('show every change at once', async () => {
    expect(await ids('q=level==1')).to.deep.equal([])
    await create(room('1'))
    expect(await ids('q=level==1')).to.deep.equal(['1'])
    expect(await ids('q=level==1')).to.deep.equal(['1'])
    await create(room('2'))
    expect(await ids('q=level==1')).to.deep.equal(['1', '2'])
    const body = { level: { type: 'Property', value: 2 } }
    await hub.send(`${ENTITIES}/urn:t:1/attrs`, { method: 'PATCH', body })
    expect(await ids('q=level==1')).to.deep.equal(['2'])
    await hub.send(`${ENTITIES}/urn:t:2`, { method: 'DELETE' })
    expect(await ids('q=level==1')).to.deep.equal([])
    expect(await ids('q=level==2')).to.deep.equal(['1'])
  })

  it('are not those of another query, page, form or tenant', async () => {
    for (const id of ['p1', 'p2', 'p3']) await create(room(id, { level: { type: 'Property', value: 9 } }))
    expect(await ids('q=level==9&limit=2')).to.deep.equal(['p1', 'p2'])
    expect(await ids('q=level==9&limit=2&offset=1')).to.deep.equal(['p2', 'p3'])
    expect(await ids('q=level==9&limit=1')).to.deep.equal(['p1'])
    expect(await ids('q=level==8&limit=2')).to.deep.equal([])
    const simple = await hub.send(`${ENTITIES}?type=Room&q=level==9&limit=2&format=simplified`)
    expect(simple.body[0]).to.deep.equal({ id: 'urn:t:p1', type: 'Room', level: 9 })
    const counted = await hub.send(`${ENTITIES}?type=Room&q=level==9&limit=2&count=true`)
    expect(counted.headers['ngsild-results-count']).to.equal('3')
    const plain = await hub.send(`${ENTITIES}?type=Room&q=level==9&limit=2`)
    expect(plain.headers['ngsild-results-count']).to.equal(undefined)
    await create(room('other'), { 'NGSILD-Tenant': 'other' })
    expect(await ids('q=level==9&limit=2', { 'NGSILD-Tenant': 'other' })).to.deep.equal([])
  })

  it('end when something that was looked at expires', async () => {
    const level = { type: 'Property', value: 5 }
    const look = async () => [
      await ids('q=level==5'),
      await ids('q=level==5;wet==true'),
      await ids('q=level==5;wet!=true'),
      await ids('q=level==5'),
    ]
    /** Looks before the end; answers nothing if the end came first. */
    const lookWithin = async (milliseconds: number) => {
      const end = Date.now() + milliseconds
      const expiresAt = new Date(end).toISOString()
      const body = [
        room('whole', { level, expiresAt }),
        room('part', { level, wet: { type: 'Property', value: true, expiresAt } }),
      ]
      await hub.send('/ngsi-ld/v1/entityOperations/upsert', { method: 'POST', body })
      const seen = await look()
      return Date.now() < end ? { seen, end } : undefined
    }
    let early: Awaited<ReturnType<typeof lookWithin>>
    for (let patience = 400; early === undefined; patience *= 3) early = await lookWithin(patience)
    expect(early.seen).to.deep.equal([['whole', 'part'], ['part'], [], ['whole', 'part']])
    const { end } = early
    await until('the end', () => Date.now() > end)
    expect(await look()).to.deep.equal([['part'], [], [], ['part']])
  })
})
