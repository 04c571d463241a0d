import { expect } from 'chai'
import { at, between, EVOLUTIONS, provide } from '../support/history.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { type Source, sendJson, startSource } from '../unit/federation/support.ts'

const OPERATIONS = ['retrieveTemporal', 'queryTemporal']

describe('5.7.3 and 5.7.4 Temporal evolution over several hubs', () => {
  let province: TestHub
  /** A hub that answers no more than three instances of an attribute at once. */
  let north: TestHub
  /** A source that answers what a test says. */
  let south: Source
  let told: unknown = []
  let type: string
  let number = 0

  before(async () => {
    const start = (name: string, most: number) =>
      startTestHub({ name, 'context.default': 'core', 'limits.instances': most })
    ;[province, north] = await Promise.all([start('province', 100), start('north', 3)])
    south = await startSource((_, response, url) => {
      if (typeof told === 'number') response.writeHead(told).end()
      else sendJson(response, url.pathname.endsWith('/entities') ? [told] : told)
    })
  })
  after(() => Promise.all([province.stop(), north.stop(), south.close()]))
  beforeEach(() => {
    type = `Gauge${++number}`
    told = 404
    ;(south.asked as unknown[]).length = 0
  })
  afterEach(async () => {
    for (const name of ['north', 'south'])
      await province.send(`/ngsi-ld/v1/csourceRegistrations/urn:r:${name}:${type}`, { method: 'DELETE' })
  })

  const gauge = (name: string) => `urn:${type}:${name}`
  const warnings = ({ headers }: TestAnswer) => [headers['ngsild-warning'] ?? []].flat().join(', ')
  const retrieve = (name: string, search: string) => province.send(`${EVOLUTIONS}/${gauge(name)}?${search}`)
  const query = (search: string) => province.send(`${EVOLUTIONS}?type=${type}&${search}`)
  const levels = (entity: { level: { value: unknown }[] | { value: unknown } }) =>
    [entity.level].flat().map(({ value }) => value)

  async function register(name: string, endpoint: string, members: object = {}): Promise<void> {
    const body = {
      id: `urn:r:${name}:${type}`,
      type: 'ContextSourceRegistration',
      contextSourceAlias: name,
      endpoint,
      information: [{ entities: [{ type }] }],
      operations: OPERATIONS,
      observationInterval: { startAt: '2025-01-01T00:00:00Z' },
      ...members,
    }
    const answer = await province.send('/ngsi-ld/v1/csourceRegistrations', { method: 'POST', body })
    expect(answer.status, answer.text).to.equal(201)
  }

  it('5.7.3 puts instances of all sources together, the same one once, however many parts a source answers in', async () => {
    await provide(province, { id: gauge('a'), type, level: [at(1, 1), at(3, 3)] })
    await provide(north, {
      id: gauge('a'),
      type,
      level: [2, 3, 4, 5, 6, 7, 8, 9].map((minute) => at(minute, minute)),
    })
    await register('north', north.url)
    const answer = await retrieve('a', between(0, 59))
    expect([answer.status, warnings(answer)], answer.text).to.deep.equal([200, ''])
    expect(levels(answer.body)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(levels((await retrieve('a', `${between(0, 59)}&local=true`)).body)).to.deep.equal([1, 3])
    const last = await retrieve('a', `${between(0, 59)}&lastN=4`)
    expect(levels(last.body)).to.deep.equal([9, 8, 7, 6])
  })

  it('5.7.3 knows what only other hubs have, and asks nobody about another time', async () => {
    await provide(north, { id: gauge('b'), type, level: [at(2, 2)] })
    await register('north', north.url, {
      observationInterval: { startAt: '2025-01-01T00:00:00Z', endAt: '2027-01-01T00:00:00Z' },
    })
    expect(levels((await retrieve('b', between(0, 59))).body)).to.deep.equal([2])
    expect((await retrieve('b', 'timerel=after&timeAt=2028-01-01T00:00:00Z')).status).to.equal(404)
    expect(levels((await retrieve('b', '')).body)).to.deep.equal([2])
    expect((await retrieve('b', `${between(0, 59)}&timeproperty=modifiedAt`)).status).to.equal(404)
  })

  it('5.7.4 finds, counts and pages through the evolutions of all hubs', async () => {
    for (const [hub, names] of [
      [province, ['a', 'c', 'e']],
      [north, ['b', 'c', 'd']],
    ] as const)
      for (const name of names)
        await provide(hub, { id: gauge(name), type, level: [at(hub === north ? 2 : 1, 5)] })
    await register('north', north.url)
    const page = await query(`${between(0, 59)}&limit=2&count=true`)
    expect(page.headers['ngsild-results-count']).to.equal('5')
    const seen = page.body.map(({ id }: { id: string }) => id)
    for (let next = nextOf(page); next !== undefined; ) {
      const answer: TestAnswer = await province.send(next)
      seen.push(...answer.body.map(({ id }: { id: string }) => id))
      next = nextOf(answer)
    }
    expect(seen).to.deep.equal(['a', 'b', 'c', 'd', 'e'].map(gauge))
    expect((await query(`${between(0, 59)}&q=level==6`)).body).to.deep.equal([])
    expect(levels((await query(`${between(0, 59)}&id=${gauge('c')}`)).body[0])).to.deep.equal([5, 5])
  })

  it('5.14.5 pages through them by an EntityMap, asking each hub for those that it has', async () => {
    await provide(province, { id: gauge('a'), type, level: [at(1, 1)] })
    for (const name of ['b', 'c', 'd']) await provide(north, { id: gauge(name), type, level: [at(2, 2)] })
    await register('north', north.url)
    let answer = await query(`${between(0, 59)}&limit=1&entityMap=true`)
    expect(answer.status, answer.text).to.equal(201)
    const map = String(answer.headers['ngsild-entitymap'])
    const { entityMap } = (await province.send(map)).body
    expect(entityMap).to.deep.equal({
      [gauge('a')]: ['@none'],
      ...Object.fromEntries(['b', 'c', 'd'].map((name) => [gauge(name), [`urn:r:north:${type}`]])),
    })
    const seen = [answer.body[0].id]
    for (let next = nextOf(answer); next !== undefined; next = nextOf(answer)) {
      answer = await province.send(next)
      expect(answer.headers['ngsild-entitymap']).to.equal(map)
      seen.push(...answer.body.map(({ id }: { id: string }) => id))
    }
    expect(seen).to.deep.equal(['a', 'b', 'c', 'd'].map(gauge))
  })

  it('4.5.19 aggregates what comes together, from the instances', async () => {
    await provide(province, { id: gauge('a'), type, level: [at(1, 1), at(2, 2)] })
    await provide(north, { id: gauge('a'), type, level: [2, 3, 4, 5].map((minute) => at(minute, minute)) })
    await register('north', north.url)
    const { body } = await retrieve(
      'a',
      `${between(0, 59)}&format=aggregatedValues&aggrMethods=sum,totalCount`,
    )
    expect(body.level.sum[0][0]).to.equal(15)
    expect(body.level.totalCount[0][0]).to.equal(5)
  })

  it('6.3.10 answers a part where it is too much', async () => {
    await provide(province, { id: gauge('a'), type, level: [at(1, 1)] })
    const body = Array.from({ length: 101 }, (_, minute) => ({
      ...at(0, minute),
      observedAt: new Date(Date.UTC(2026, 0, 2) + minute * 1000).toISOString(),
    }))
    told = { id: gauge('a'), type, level: body }
    await register('south', south.endpoint)
    const { status, headers } = await retrieve('a', 'timerel=after&timeAt=2026-01-01T00:00:00Z')
    expect(status).to.equal(206)
    expect(headers['content-range']).to.match(/^DateTime 2026-01-01T00:00:00Z-2026-01-02T00:01:38Z\/\*$/)
  })

  it('6.3.17 answers without a source that fails, and warns', async () => {
    await provide(province, { id: gauge('a'), type, level: [at(1, 1)] })
    await register('south', south.endpoint)
    for (const [answer, warning] of [
      [500, /^299 province "Source south /],
      [{ id: gauge('other'), type }, /^111 province "Source south /],
    ] as const) {
      told = answer
      const found = await retrieve('a', between(0, 59))
      expect([found.status, levels(found.body)]).to.deep.equal([200, [1]])
      expect(warnings(found)).to.match(warning)
      const none = await retrieve('none', between(0, 59))
      expect(none.status).to.equal(404)
      expect(warnings(none)).to.match(warning)
    }
  })
})

function nextOf({ headers }: TestAnswer): string | undefined {
  return /<([^>]+)>;\s*rel="next"/.exec([headers.link ?? []].flat().join(', '))?.[1]
}
