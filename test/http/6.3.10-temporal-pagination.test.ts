import { expect } from 'chai'
import { at, between, EVOLUTIONS, minuteOf, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

describe('6.3.10 Pagination behaviour: temporal representations', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.instances': 5, 'limits.rows': 200 })
    const minutes = Array.from({ length: 12 }, (_, minute) => minute)
    await provide(hub, {
      id: 'urn:t:1',
      type: 'Thing',
      level: minutes.map((minute) => at(minute, minute)),
      late: [at(2, 'a'), at(20, 'b')],
    })
    await provide(hub, { id: 'urn:t:few', type: 'Few', level: [at(1, 1), at(2, 2)] })
    await provide(hub, {
      id: 'urn:t:many',
      type: 'Many',
      level: Array.from({ length: 60 }, (_, minute) => at(minute, minute)),
      more: Array.from({ length: 60 }, (_, minute) => at(minute, minute)),
      most: Array.from({ length: 60 }, (_, minute) => at(minute, minute)),
      all: Array.from({ length: 60 }, (_, minute) => at(minute, minute)),
    })
  })
  after(() => hub.stop())

  const get = (search: string, id = 'urn:t:1') =>
    hub.send(`${EVOLUTIONS}/${id}?format=temporalValues&${search}`)
  /** Nothing is left of an attribute that is an empty list. */
  const values = (body: Record<string, { values: [unknown, string][] } | []>, name: string) => {
    const told = body[name]
    return told === undefined || Array.isArray(told) ? [] : told.values.map(([value]) => value)
  }

  it('answers a part with its range, cut at the same time for all attributes', async () => {
    const { status, headers, body } = await get(`timerel=after&timeAt=${minuteOf(1)}`)
    expect(status).to.equal(206)
    expect(headers['content-range']).to.equal(`DateTime ${minuteOf(1)}-${minuteOf(5)}/*`)
    expect(values(body, 'level')).to.deep.equal([1, 2, 3, 4, 5])
    expect(values(body, 'late')).to.deep.equal(['a'])
  })

  it('leads to everything by another timeAt', async () => {
    const seen = new Set<unknown>()
    let from = minuteOf(0)
    for (let page = 0; page < 9; page++) {
      const { status, headers, body } = await get(`timerel=after&timeAt=${from}`)
      for (const name of ['level', 'late']) for (const value of values(body, name)) seen.add(value)
      if (status === 200) break
      from = /-(20\d\d-\d\d-\d\dT[\d:]+Z)\//.exec(String(headers['content-range']))?.[1] ?? ''
    }
    expect(seen).to.deep.equal(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 'a', 'b']))
  })

  it('goes back in time with lastN', async () => {
    const { status, headers, body } = await get(`lastN=8&${between(0, 30)}`)
    expect(status).to.equal(206)
    expect(String(headers['content-range'])).to.match(new RegExp(`^DateTime ${minuteOf(30)}-.*/8$`))
    expect(values(body, 'level')[0]).to.equal(11)
  })

  it('is whole, 200, where nothing is left out', async () => {
    for (const search of ['', 'lastN=5', between(0, 5)]) {
      const { status, headers } = await get(search, 'urn:t:few')
      expect([status, headers['content-range']], search).to.deep.equal([200, undefined])
    }
    expect((await get('lastN=5')).status).to.equal(200)
    expect((await get(`${between(0, 5)}`)).status).to.equal(200)
  })

  it('cuts all entities of a page at the same time', async () => {
    const search = `type=Thing,Few&timerel=after&timeAt=${minuteOf(0)}&format=temporalValues`
    const { status, body } = await hub.send(`${EVOLUTIONS}?${search}`)
    expect(status).to.equal(206)
    expect(
      body.map((one: Record<string, { values: [unknown, string][] }>) => values(one, 'level')),
    ).to.deep.equal([
      [0, 1, 2, 3, 4],
      [1, 2],
    ])
  })

  it('refuses to look at more instances than it may, and says what to narrow', async () => {
    const filtered = await hub.send(
      `${EVOLUTIONS}?type=Many&q=level>99;more>99;most>99;all>99&${between(0, 60 - 1)}`,
    )
    expect([filtered.status, filtered.body.type]).to.deep.equal([
      403,
      'https://uri.etsi.org/ngsi-ld/errors/TooComplexQuery',
    ])
    expect(filtered.body.detail).to.include('shorter time')
  })
})
