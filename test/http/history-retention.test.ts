import { expect } from 'chai'
import { EVOLUTIONS, provide, values } from '../support/history.ts'
import { startTestHub, type TestHub, testConfig } from '../support/hub.ts'
import { rejection } from '../support/rejection.ts'
import { itEmbedded, retain } from '../support/store-of-tests.ts'

const ID = 'urn:t:kept'
const NO_TOTALS = 'MongoDB keeps no totals of what is gone'
const at = (day: number, hour: number, value: unknown, minute = 0) => ({
  type: 'Property',
  value,
  observedAt: timeOf(day, hour, minute),
})
const timeOf = (day: number, hour = 0, minute = 0): string =>
  new Date(Date.UTC(2020, 0, day, hour, minute)).toISOString().replace('.000', '')
const between = (from: string, to: string) => `timerel=between&timeAt=${from}&endTimeAt=${to}`

describe('history.retain', () => {
  let hub: TestHub
  const aggregated = async (search: string, path = `${EVOLUTIONS}/${ID}`) => {
    const { status, body, text } = await hub.send(`${path}?format=aggregatedValues&${search}`)
    expect(status, text).to.equal(200)
    return body
  }
  before(async () => {
    hub = await startTestHub({
      'history.retain': [{ types: ['Thing'], attributes: ['level', 'text'], instances: 'P90D' }],
    })
    await provide(hub, {
      id: ID,
      type: 'Thing',
      level: [at(1, 0, 1), at(1, 1, 3), at(1, 1, 5, 30), at(3, 12, 7), at(3, 13, 'none')],
      text: [at(1, 0, 'a')],
      other: [at(1, 0, 9)],
    })
    await provide(hub, { id: 'urn:t:old', type: 'Thing', level: [at(2, 0, 2)] })
    await retain(hub.running.store)
  })
  after(() => hub.stop())

  it('removes instances that are too old, and no others', async () => {
    expect(await values(hub, ID, 'level')).to.equal(undefined)
    expect(await values(hub, ID, 'text')).to.equal(undefined)
    expect(await values(hub, ID, 'other')).to.have.length(1)
    const { body } = await hub.send(`${EVOLUTIONS}/urn:t:old?lastN=1`)
    expect(body).to.deep.equal({ id: 'urn:t:old', type: 'Thing' })
  })

  itEmbedded(
    'leaves totals of the numbers: of hours, each in the period in which it begins',
    NO_TOTALS,
    async () => {
      const window = between(timeOf(1), timeOf(4))
      const { level } = await aggregated(
        `aggrMethods=sum,totalCount&aggrPeriodDuration=P1D&${window}&pick=level`,
      )
      expect(level).to.deep.equal({
        type: 'Property',
        sum: [
          [9, timeOf(1), timeOf(2)],
          [7, timeOf(3), timeOf(4)],
        ],
        totalCount: [
          [3, timeOf(1), timeOf(2)],
          [1, timeOf(3), timeOf(4)],
        ],
      })
      const hours = await aggregated(`aggrMethods=sum&aggrPeriodDuration=PT1H&${window}&pick=level`)
      expect(hours.level.sum.map(([value]: [number]) => value)).to.deep.equal([1, 8, 7])
      const cut = await aggregated(
        `aggrMethods=sum&${between(timeOf(1, 0, 30), timeOf(1, 1, 10))}&pick=level`,
      )
      expect(cut.level.sum.map(([value]: [number]) => value)).to.deep.equal([8])
    },
  )

  itEmbedded(
    'tells them beside what other attributes have, without a time, and in queries',
    NO_TOTALS,
    async () => {
      expect(Object.keys(await aggregated('aggrMethods=max'))).to.deep.equal(['id', 'type', 'level', 'other'])
      const found = await aggregated(
        `type=Thing&attrs=level&aggrMethods=avg&timerel=before&timeAt=${timeOf(4)}`,
        EVOLUTIONS,
      )
      expect(
        found.map(({ id, level }: { id: string; level: { avg: number[][] } }) => [id, level.avg[0]?.[0]]),
      ).to.deep.equal([
        [ID, 4],
        ['urn:t:old', 2],
      ])
      const { status, body } = await hub.send(
        `${EVOLUTIONS}?type=Thing&attrs=level&format=aggregatedValues&aggrMethods=avg&timerel=after&timeAt=${timeOf(5)}`,
      )
      expect([status, body]).to.deep.equal([200, []])
    },
  )

  itEmbedded('counts what comes late at once, and takes it into the totals later', NO_TOTALS, async () => {
    const path = `${EVOLUTIONS}/${ID}/attrs`
    const { status } = await hub.send(path, { method: 'POST', body: { level: [at(1, 1, 2, 45)] } })
    expect(status).to.equal(204)
    const search = `aggrMethods=sum,max&${between(timeOf(1), timeOf(2))}&pick=level`
    const before = await aggregated(search)
    expect(before.level.sum[0][0]).to.equal(11)
    await retain(hub.running.store)
    expect(await values(hub, ID, 'level')).to.equal(undefined)
    expect(await aggregated(search)).to.deep.equal(before)
  })

  itEmbedded(
    'does not tell how many values were distinct where nobody knows any more',
    NO_TOTALS,
    async () => {
      const window = between(timeOf(1), timeOf(4))
      const body = await aggregated(`aggrMethods=distinctCount,totalCount&${window}&pick=level,other`)
      expect(Object.keys(body.level)).to.deep.equal(['type', 'totalCount'])
      expect(body.other.distinctCount[0][0]).to.equal(1)
    },
  )

  itEmbedded('erases totals with their attribute', NO_TOTALS, async () => {
    const { status } = await hub.send(`${EVOLUTIONS}/urn:t:old/attrs/level?deleteAll=true`, {
      method: 'DELETE',
    })
    expect(status).to.equal(204)
    expect(await aggregated('aggrMethods=max', `${EVOLUTIONS}/urn:t:old`)).to.deep.equal({
      id: 'urn:t:old',
      type: 'Thing',
    })
  })

  const wrong: readonly (readonly [string, object, object, string])[] = [
    ['totals for less time than instances', { instances: 'P90D', hourly: 'P1M' }, {}, 'keeps hourly for P1M'],
    [
      'days for less time than hours',
      { instances: 'P1D', daily: 'P1Y' },
      {},
      'keeps daily for P1Y, but hourly for ever',
    ],
    ['totals of instances for ever', { hourly: 'P1M' }, {}, 'but instances for ever'],
    ['nothing at all', { instances: 'P0D' }, {}, 'for no day'],
    ['hours', { instances: 'PT12H' }, {}, 'must match pattern'],
    ['names of its own', { instance: 'P1D' }, {}, '(instance)'],
    [
      'totals on MongoDB',
      { instances: 'P1D', hourly: 'P1D', daily: 'P1D' },
      { 'store.kind': 'mongodb', 'store.mongodb.url': 'mongodb://127.0.0.1' },
      'store mongodb has none',
    ],
  ]
  for (const [what, rule, settings, text] of wrong) {
    it(`refuses ${what}`, async () => {
      const error = await rejection(testConfig({ 'history.retain': [rule], ...settings }))
      expect(String(error)).to.include(text)
    })
  }
})
