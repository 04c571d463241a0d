import { expect } from 'chai'
import type { FeedQuality } from '../../../adapters/kit/definition/feed-definition.ts'
import { dayOf, slotOf, slotsIn, startOf } from '../../../adapters/kit/quality/days.ts'
import type { Judgement } from '../../../adapters/kit/quality/judgement.ts'
import { isOutlier } from '../../../adapters/kit/quality/outlier.ts'
import { QualityAccount } from '../../../adapters/kit/quality/quality-account.ts'
import { rulesOf } from '../../../adapters/kit/quality/rules.ts'
import { type EntityDocument, listed } from '../../../adapters/kit/values/entity-document.ts'
import type { JsonMap } from '../../../adapters/kit/values/json.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** The first instant of 15 November 2025 in Việt Nam. */
const MIDNIGHT = Date.parse('2025-11-14T17:00:00Z')
const TODAY = dayOf(MIDNIGHT + HOUR)

const QUALITY: FeedQuality = {
  period: 'PT1H',
  varying: { attributes: ['pm25'], after: 4 },
  outliers: { attributes: ['pm25'], window: 8, deviations: 6 },
}

/** What a station observes at an hour of the day. */
function air(
  hour: number,
  value: number,
  more: { station?: string; attribute?: string } = {},
): EntityDocument {
  const observedAt = new Date(MIDNIGHT + hour * HOUR).toISOString()
  const { station = 'a', attribute = 'pm25' } = more
  return {
    id: `urn:x:${station}`,
    type: 'AirQualityObserved',
    [attribute]: { type: 'Property', value, observedAt },
  }
}

/** An account that has taken documents, each group as it came five minutes after the last of it was observed. */
function accountOf(quality: FeedQuality, ...groups: EntityDocument[][]): QualityAccount {
  const account = new QualityAccount(rulesOf(quality))
  for (const group of groups) take(account, group)
  return account
}

function judge(account: QualityAccount, documents: readonly EntityDocument[], cameAt: number): Judgement {
  return account.judge(documents.map(listed), cameAt)
}

function take(account: QualityAccount, documents: EntityDocument[], lateBy = 300_000): void {
  const times = documents.map((one) =>
    Date.parse(String((one.pm25 as JsonMap | undefined)?.observedAt ?? '')),
  )
  judge(account, documents, Math.max(...times.filter((time) => !Number.isNaN(time))) + lateBy).keep()
}

/** What is told of pm25 when a day is over. */
function told(account: QualityAccount, day = TODAY, now = startOf(day + 1)) {
  return account.due(now).find((one) => one.day === day && one.attribute === 'pm25')
}

const hourly = (from: number, to: number, value = (hour: number) => 20 + (hour % 5)): EntityDocument[] =>
  Array.from({ length: to - from + 1 }, (_, at) => air(from + at, value(from + at)))

describe('quality of feeds: days and slots', () => {
  it('midnight in Việt Nam ends a day', () => {
    expect(dayOf(MIDNIGHT)).to.equal(TODAY - 1)
    expect(dayOf(MIDNIGHT + 1)).to.equal(TODAY)
    expect(dayOf(MIDNIGHT + DAY)).to.equal(TODAY)
    expect(startOf(TODAY)).to.equal(MIDNIGHT)
  })

  it('has as many slots as periods, in step with the first observation', () => {
    const row = { since: MIDNIGHT - 3 * DAY + 17 * 60_000, period: HOUR }
    expect(slotsIn(TODAY, MIDNIGHT + DAY, row)).to.equal(24)
    expect(slotsIn(TODAY, MIDNIGHT + 6 * HOUR, row)).to.equal(6)
    expect(slotsIn(TODAY - 4, MIDNIGHT, row)).to.equal(0)
    const began = { since: MIDNIGHT + 20 * HOUR, period: HOUR }
    expect(slotsIn(TODAY, MIDNIGHT + DAY, began), 'the day it began').to.equal(5)
    expect(slotsIn(TODAY + 1, MIDNIGHT + 2 * DAY, began)).to.equal(24)
  })

  it('jitter of nearly half a period leaves an observation in its slot', () => {
    const row = { since: MIDNIGHT + HOUR, period: HOUR }
    for (const minutes of [-29, 0, 29])
      expect(slotOf(MIDNIGHT + 5 * HOUR + minutes * 60_000, row)).to.deep.equal({ day: TODAY, place: 4 })
    expect(slotOf(MIDNIGHT - HOUR, row)).to.equal(undefined)
  })
})

describe('quality of feeds: outliers', () => {
  it('are far from the median by the spread of the others', () => {
    const before = [20, 21, 19, 20, 22, 18, 21, 20]
    expect(isOutlier(95, before, 6)).to.equal(true)
    expect(isOutlier(-60, before, 6)).to.equal(true)
    expect(isOutlier(24, before, 6)).to.equal(false)
    expect(isOutlier(95, [20, 300, 19, 21, 400, 20, 22, 18], 6), 'spikes before it hide none').to.equal(true)
  })

  it('are not looked for where nothing has moved', () => {
    expect(isOutlier(12, [0, 0, 0, 0, 0, 0, 0, 3], 6)).to.equal(false)
  })
})

describe('quality of feeds: account', () => {
  it('tells of a full day when it is over, and not before', () => {
    const account = accountOf(QUALITY, hourly(1, 24))
    expect(told(account, TODAY, MIDNIGHT + DAY - 1)).to.equal(undefined)
    const day = told(account)
    expect(day?.shares).to.deep.equal({ live: 0.0417, complete: 1, correct: 1, clean: 1 })
    expect(day?.expected).to.equal(24)
  })

  it('what came too late is complete and not live', () => {
    const account = new QualityAccount(rulesOf(QUALITY))
    for (const one of hourly(1, 12)) take(account, [one])
    for (const one of hourly(13, 24)) take(account, [one], 2 * HOUR)
    expect(told(account)?.shares).to.include({ live: 0.5, complete: 1 })
  })

  it('a gap is missing, until what fills it comes', () => {
    const whole = hourly(1, 24)
    const account = accountOf(QUALITY, [...whole.slice(0, 5), ...whole.slice(11)])
    expect(told(account)?.shares.complete).to.equal(0.75)
    take(account, whole.slice(5, 11))
    expect(told(account)?.shares.complete).to.equal(1)
  })

  it('what comes again changes nothing', () => {
    const account = accountOf(QUALITY, hourly(1, 24))
    const before = account.toText()
    take(account, hourly(1, 24))
    expect(account.toText()).to.equal(before)
    take(account, [air(24, 99)])
    expect(told(account)?.counts.values, 'a correction is no further value').to.equal(24)
  })

  it('counts what came twice at once, values out of range, and stuck sensors', () => {
    const { outliers: _, ...quality } = QUALITY
    const readings = [...hourly(1, 10), air(10, 23), ...hourly(11, 13, () => -4), ...hourly(14, 24, () => 7)]
    const account = accountOf(quality, readings)
    const day = told(account)
    expect(day?.counts).to.include({ values: 24, repeated: 1, invalid: 3, stuck: 8 })
    expect(day?.shares).to.include({ correct: 0.875, clean: 0.64 })
  })

  it('marks an outlier and a stuck sensor, and leaves the value', () => {
    const account = accountOf(QUALITY, hourly(1, 8))
    const spike = air(9, 700)
    const marked = judge(account, [spike], MIDNIGHT + 9 * HOUR).marked(spike)
    expect(marked.pm25).to.deep.include({ value: 700, qualityFlag: { type: 'Property', value: 'outlier' } })
    const still = hourly(9, 13, () => 22)
    const flags = still.map(
      (one) => (judge(account, still, MIDNIGHT + DAY).marked(one).pm25 as JsonMap).qualityFlag,
    )
    expect(flags.slice(0, 3)).to.deep.equal([undefined, undefined, undefined])
    expect(flags[3]).to.deep.equal({ type: 'Property', value: 'stuck' })
    expect(judge(account, still, 0).marked(still[0]!), 'what is not doubtful is the same document').to.equal(
      still[0],
    )
  })

  it('a judgement that is not kept changes nothing, so that a batch that is sent again is judged alike', () => {
    const account = accountOf(QUALITY, hourly(1, 8))
    const before = account.toText()
    judge(account, hourly(9, 20), 0)
    expect(account.toText()).to.equal(before)
  })

  it('goes on over a restart as if there had been none', () => {
    const [one, other] = [new QualityAccount(rulesOf(QUALITY)), new QualityAccount(rulesOf(QUALITY))]
    take(one, hourly(1, 24))
    take(other, hourly(1, 9))
    const resumed = new QualityAccount(rulesOf(QUALITY), other.toText())
    take(resumed, hourly(10, 24))
    expect(told(resumed)?.counts).to.deep.equal({ ...told(one)?.counts, timely: 2 })
    expect(judge(resumed, [air(25, 700)], 0).marked(air(25, 700)).pm25).to.have.property('qualityFlag')
  })

  it('expects of a silent feed what it brought before, and of a station that is gone nothing after a week', () => {
    const account = accountOf(QUALITY, hourly(1, 24))
    account.closeDays(MIDNIGHT + 3 * DAY + HOUR)
    const silent = told(account, TODAY + 1, MIDNIGHT + 3 * DAY + HOUR)
    expect(silent?.shares).to.deep.equal({ live: 0, complete: 0 })
    const two = accountOf(QUALITY, [...hourly(1, 24), air(24, 5, { station: 'gone' })])
    for (let day = 1; day <= 10; day++) take(two, hourly(1 + day * 24, 24 + day * 24))
    expect(told(two, TODAY + 7)?.expected).to.equal(48)
    expect(told(two, TODAY + 8, startOf(TODAY + 11))?.expected).to.equal(24)
  })

  it('tells of a day once, and again when it has changed', () => {
    const account = accountOf(QUALITY, hourly(1, 23))
    account.told(account.due(MIDNIGHT + DAY))
    expect(account.due(MIDNIGHT + DAY)).to.deep.equal([])
    take(account, hourly(24, 24))
    expect(told(account)?.shares.complete).to.equal(1)
  })

  it('tells of a new day whatever is expected, and later only what came of it, also over a restart', () => {
    const account = accountOf(QUALITY, [...hourly(1, 24), air(24, 3, { attribute: 'pm10' })])
    take(account, hourly(25, 47))
    const due = (from: QualityAccount): unknown =>
      from.due(MIDNIGHT + 2 * DAY).map(({ attribute, day, shares }) => [attribute, day, shares.complete])
    expect(due(account)).to.deep.equal([
      ['pm25', TODAY, 1],
      ['pm10', TODAY, 1],
      ['pm25', TODAY + 1, 0.9583],
      ['pm10', TODAY + 1, 0],
    ])
    account.told(account.due(MIDNIGHT + 2 * DAY))
    take(account, hourly(48, 48))
    for (const one of [account, new QualityAccount(rulesOf(QUALITY), account.toText())])
      expect(due(one)).to.deep.equal([['pm25', TODAY + 1, 1]])
  })

  it('counts the records of a day by when they came', () => {
    const account = new QualityAccount(rulesOf(QUALITY))
    account.count({ read: 90, faulty: 2 }, MIDNIGHT + HOUR)
    account.count({ read: 10, faulty: 3 }, MIDNIGHT + 2 * HOUR)
    expect(account.due(MIDNIGHT + HOUR)).to.deep.equal([])
    const [all] = account.due(MIDNIGHT + DAY + 1)
    expect(all).to.deep.include({ records: { read: 100, faulty: 5 }, shares: { correct: 0.95 } })
    account.told([all!])
    expect(account.due(MIDNIGHT + DAY + 1)).to.deep.equal([])
  })

  it('says how an attribute does now', () => {
    const account = accountOf(QUALITY, [...hourly(1, 12), air(4, 5, { station: 'b' })])
    const [now] = account.figures(MIDNIGHT + 13 * HOUR)
    expect(now).to.deep.equal({
      subject: { type: 'AirQualityObserved', attribute: 'pm25' },
      shares: { live: 0.5, complete: 0.619, correct: 1, clean: 1 },
      newest: MIDNIGHT + 12 * HOUR,
    })
  })

  it('keeps no account of what may tell of a person, of what the ontology does not know, nor of places', () => {
    const observedAt = new Date(MIDNIGHT).toISOString()
    const documents: EntityDocument[] = [
      {
        id: 'urn:x:m',
        type: 'WaterConsumptionObserved',
        waterConsumption: { type: 'Property', value: 3, observedAt },
      },
      {
        id: 'urn:x:n',
        type: 'AirQualityObserved',
        somethingElse: { type: 'Property', value: 3, observedAt },
      },
      { id: 'urn:x:o', type: 'Unknown', pm25: { type: 'Property', value: 3, observedAt } },
    ]
    const account = accountOf(QUALITY, documents)
    expect(account.size).to.equal(0)
    expect(accountOf(QUALITY, [air(1, 5)]).toText()).not.to.include('urn:x')
  })

  it('attributes have their own period, or none', () => {
    const quality: FeedQuality = { ...QUALITY, periods: { pm25: 'PT2H', pm10: 'none' } }
    const account = accountOf(quality, [...hourly(1, 24), air(24, 3, { attribute: 'pm10' })])
    const due = account.due(MIDNIGHT + DAY)
    expect(due.map(({ attribute, expected }) => [attribute, expected])).to.deep.equal([
      ['pm25', 12],
      ['pm10', undefined],
    ])
  })
})
