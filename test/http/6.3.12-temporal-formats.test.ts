import { expect } from 'chai'
import { at, between, EVOLUTIONS, minuteOf, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const PATH = `${EVOLUTIONS}/urn:t:1`

describe('6.3.12 Simplified or aggregated temporal representation of Entities', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.rows': 500 })
    await provide(hub, {
      id: 'urn:t:1',
      type: 'Thing',
      scope: [at(1, '/a')],
      level: [at(1, 10), at(2, 20), at(12, 40), at(3, 7, { datasetId: 'urn:d' })],
      name: [at(1, 'b'), at(2, 'a')],
      owner: [{ type: 'Relationship', object: 'urn:o:1', observedAt: minuteOf(1) }],
    })
    await provide(hub, { id: 'urn:t:2', type: 'Thing', level: [at(5, 1)] })
  })
  after(() => hub.stop())

  const aggregated = async (search: string, path = PATH) => {
    const { status, body, text } = await hub.send(`${path}?format=aggregatedValues&${search}`)
    expect(status, text).to.equal(200)
    return body
  }

  it('answers histories simplified or aggregated', async () => {
    const { body } = await hub.send(`${PATH}?format=temporalValues&attrs=name`)
    expect(body.name).to.deep.equal({
      type: 'Property',
      values: [
        ['b', minuteOf(1)],
        ['a', minuteOf(2)],
      ],
    })
    const { level } = await aggregated(`aggrMethods=avg,max&attrs=level&datasetId=@none&${between(0, 20)}`)
    expect(level).to.deep.equal({
      type: 'Property',
      avg: [[70 / 3, minuteOf(0), minuteOf(20)]],
      max: [[40, minuteOf(0), minuteOf(20)]],
    })
  })

  it('aggregates by periods from timeAt on, without those that have nothing', async () => {
    const { level } = await aggregated(
      `aggrMethods=sum,totalCount&aggrPeriodDuration=PT5M&attrs=level&datasetId=@none&${between(0, 30)}`,
    )
    expect(level).to.deep.equal({
      type: 'Property',
      sum: [
        [30, minuteOf(0), minuteOf(5)],
        [40, minuteOf(10), minuteOf(15)],
      ],
      totalCount: [
        [2, minuteOf(0), minuteOf(5)],
        [1, minuteOf(10), minuteOf(15)],
      ],
    })
  })

  it('begins with the first instance where no time is asked for, and ends with the last', async () => {
    const { level, name } = await aggregated('aggrMethods=min&attrs=level,name')
    const [plain, dataset] = level
    expect(plain.min).to.deep.equal([[10, minuteOf(1), minuteOf(12)]])
    expect([dataset.datasetId, dataset.min]).to.deep.equal(['urn:d', [[7, minuteOf(1), minuteOf(12)]]])
    expect(name.min).to.deep.equal([['a', minuteOf(1), minuteOf(2)]])
  })

  it('counts what cannot be summed up, and leaves scopes out', async () => {
    const body = await aggregated(`aggrMethods=distinctCount,totalCount&${between(0, 30)}`)
    expect(Object.keys(body).sort()).to.deep.equal(['id', 'level', 'name', 'owner', 'type'])
    expect(body.owner).to.deep.equal({
      type: 'Relationship',
      distinctCount: [[1, minuteOf(0), minuteOf(30)]],
      totalCount: [[1, minuteOf(0), minuteOf(30)]],
    })
  })

  it('takes only the last instances with lastN', async () => {
    const { level } = await aggregated(
      `aggrMethods=sum&lastN=2&attrs=level&datasetId=@none&${between(0, 30)}`,
    )
    expect(level.sum).to.deep.equal([[60, minuteOf(0), minuteOf(30)]])
  })

  it('comes to the same from totals and from instances', async () => {
    const methods = 'totalCount,sum,avg,min,max,stddev,sumsq'
    const search = `attrs=level&aggrPeriodDuration=PT10M&${between(0, 30)}`
    const fast = await aggregated(`aggrMethods=${methods}&${search}`)
    const slow = await aggregated(`aggrMethods=${methods},distinctCount&${search}`)
    const without = slow.level.map(({ distinctCount: _, ...rest }: Record<string, unknown>) => rest)
    expect(fast.level).to.deep.equal(without)
  })

  it('aggregates each entity of a query that has something in that time', async () => {
    const body = await aggregated(
      `aggrMethods=max&type=Thing&attrs=level&datasetId=@none&${between(4, 30)}`,
      EVOLUTIONS,
    )
    expect(
      body.map(({ id, level }: { id: string; level: { max: unknown } }) => [id, level.max]),
    ).to.deep.equal([
      ['urn:t:1', [[40, minuteOf(4), minuteOf(30)]]],
      ['urn:t:2', [[1, minuteOf(4), minuteOf(30)]]],
    ])
  })

  it('refuses methods that it does not know, or that suit nothing that is asked for', async () => {
    for (const [search, type] of [
      ['aggrMethods=median', 'BadRequestData'],
      ['aggrMethods=avg&aggrPeriodDuration=hour', 'BadRequestData'],
      ['aggrMethods=avg&attrs=owner', 'InvalidRequest'],
      ['', 'BadRequestData'],
    ] as const) {
      const { status, body } = await hub.send(`${PATH}?format=aggregatedValues&${between(0, 30)}&${search}`)
      expect([status, body.type], search).to.deep.equal([400, `https://uri.etsi.org/ngsi-ld/errors/${type}`])
    }
  })
})
