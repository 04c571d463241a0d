import { expect } from 'chai'
import { at, between, EVOLUTIONS, provide } from '../support/history.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const MAPS = '/ngsi-ld/v1/temporal/entityMaps'

describe('5.14.5 Create EntityMap for Query Temporal Evolution of Entities', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    for (const name of ['a', 'b', 'c'])
      await provide(hub, { id: `urn:t:${name}`, type: 'Thing', level: [at(1, 1)] })
    await provide(hub, { id: 'urn:t:late', type: 'Thing', level: [at(30, 1)] })
  })
  after(() => hub.stop())

  const idsOf = ({ body }: TestAnswer): readonly string[] => body.map(({ id }: { id: string }) => id)
  const using = (location: unknown) => ({ headers: { 'NGSILD-EntityMap': String(location) } })

  it('keeps which entities have instances at that time', async () => {
    for (const answer of [
      await hub.send(`${MAPS}?type=Thing&${between(0, 9)}`),
      await hub.send(MAPS, {
        method: 'POST',
        body: {
          type: 'Query',
          entities: [{ type: 'Thing' }],
          temporalQ: { timerel: 'before', timeAt: '2026-01-01T00:09:00Z' },
        },
      }),
    ]) {
      expect(answer.status, answer.text).to.equal(201)
      expect(Object.keys(answer.body.entityMap)).to.deep.equal(['urn:t:a', 'urn:t:b', 'urn:t:c'])
      const kept = await hub.send(String(answer.headers['ngsild-entitymap']))
      expect(kept.body.id).to.equal(answer.body.id)
    }
    expect((await hub.send(`${MAPS}?type=Thing&${between(50, 59)}`)).body.entityMap).to.deep.equal({})
  })

  it('refuses a query without time, or too wide a one', async () => {
    for (const search of ['type=Thing', between(0, 9)])
      expect((await hub.send(`${MAPS}?${search}`)).status, search).to.equal(400)
  })

  it('fixes what a query pages through', async () => {
    const first = await hub.send(`${EVOLUTIONS}?type=Thing&${between(0, 9)}&entityMap=true&limit=1`)
    expect([first.status, idsOf(first)]).to.deep.equal([201, ['urn:t:a']])
    const location = first.headers['ngsild-entitymap']
    await provide(hub, { id: 'urn:t:aa', type: 'Thing', level: [at(2, 2)] })
    const seen: string[] = []
    let next = /<([^>]+)>;\s*rel="next"/.exec([first.headers.link].flat().join(', '))?.[1]
    while (next !== undefined) {
      const page: TestAnswer = await hub.send(next)
      expect(page.status, page.text).to.equal(200)
      expect(page.headers['ngsild-entitymap']).to.equal(location)
      seen.push(...idsOf(page))
      next = /<([^>]+)>;\s*rel="next"/.exec([page.headers.link].flat().join(', '))?.[1]
    }
    expect(seen).to.deep.equal(['urn:t:b', 'urn:t:c'])
    const wider = await hub.send(`${EVOLUTIONS}?type=Thing&${between(0, 59)}`, using(location))
    expect([wider.status, idsOf(wider)]).to.deep.equal([200, ['urn:t:a', 'urn:t:b', 'urn:t:c']])
    const turned = await hub.send(
      `${EVOLUTIONS}?type=Thing&${between(0, 59)}&orderBy=id;desc&limit=2`,
      using(location),
    )
    expect(idsOf(turned)).to.deep.equal(['urn:t:c', 'urn:t:b'])
  })

  it('is made anew where it is not there any more', async () => {
    const answer = await hub.send(
      `${EVOLUTIONS}?type=Thing&${between(0, 9)}`,
      using('urn:ngsi-ld:EntityMap:none'),
    )
    expect(answer.status).to.equal(201)
    expect(answer.headers['ngsild-entitymap']).to.be.a('string').and.not.include('none')
  })

  it('is told of where one entity is retrieved', async () => {
    const { status, headers } = await hub.send(`${EVOLUTIONS}/urn:t:a?entityMap=true`)
    expect(status).to.equal(200)
    const { body } = await hub.send(String(headers['ngsild-entitymap']))
    expect(body.entityMap).to.deep.equal({ 'urn:t:a': ['@none'] })
  })
})
