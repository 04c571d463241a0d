import { expect } from 'chai'
import { airQualityBand } from '../../../broker/core/indicators/air-quality-level.ts'
import { daysEndingAt, endOfPeriod } from '../../../broker/core/indicators/cycle.ts'
import { nowCast } from '../../../broker/core/indicators/now-cast.ts'
import { type HourlyMeans, roundHalfUp } from '../../../broker/core/indicators/readings.ts'
import { type Breakpoints, subIndex } from '../../../broker/core/indicators/sub-index.ts'
import { eightHourMean, vnAqiOfDay, vnAqiOfHour } from '../../../broker/core/indicators/vn-aqi.ts'
import { HOUR } from '../../../broker/core/model/time.ts'

/** The end of a day in Vietnam: 2025-11-16 00:00. */
const END = Date.parse('2025-11-15T17:00:00Z') * 1000

/** Hourly means of which the last is that of the hour that ends then. */
function endingAt(end: number, values: readonly (number | undefined)[]): HourlyMeans {
  return new Map(
    values.flatMap((value, at) =>
      value === undefined ? [] : [[end - (values.length - 1 - at) * HOUR, value] as const],
    ),
  )
}

function steady(value: number, hours = 24): HourlyMeans {
  return endingAt(END, Array(hours).fill(value))
}

describe('VN_AQI (Decision 1459/QĐ-TCMT)', () => {
  describe('NowCast (2.2.1 a)', () => {
    const official = [20.6, 19.6, 22.4, 20.3, 16.5, 19.0, 16.5, 19.5, 23.5, 20.5, 24.7, 26.9]
    const cases: readonly [string, readonly (number | undefined)[], number | undefined][] = [
      ['worked example of the Decision', official, 20.26576501],
      ['unsteady hours: a weight of one half', [90, 70, 40, 30, 25, 20, 20, 20, 18, 18, 15, 15], 70.78412698],
      ['hours that are missing weigh nothing', [35, undefined, 33, 31], 33.2461689],
      [
        'missing hours do not make an unsteady mean smaller',
        [60, undefined, 25, 20, 20, 20, 20, 20, 20, 20, 20, 20],
        47.50895474,
      ],
      ['one of the newest three is too little', [35, undefined, undefined, 30, 30, 30, 30], undefined],
      ['the newest may be the one that is missing', [undefined, 30, 30], 30],
      ['nothing in the air', [0, 0, 0], 0],
      ['nothing known', [], undefined],
      ['a thirteenth hour does not count', [...Array(12).fill(30), 3000], 30],
    ]
    for (const [title, hours, expected] of cases)
      it(title, () => {
        const value = nowCast(hours)
        if (expected === undefined) expect(value).to.equal(undefined)
        else expect(value).to.be.closeTo(expected, 1e-8)
      })
  })

  describe('index of a pollutant (2.2.1 b, table 2, 2.3)', () => {
    const cases: readonly [Breakpoints, number, number, number][] = [
      // worked examples; the Decision prints 60 for the second, which its own formula does not give
      ['o3', 136.1, 42.53125, 43],
      ['no2', 118.7, 59.35, 59],
      ['pm25', 20.3, 40.6, 41],
      ['o3EightHours', 89.3, 44.65, 45],
      ['o3', 114.6, 35.8125, 36],
      ['no2', 130.8, 65.4, 65],
      ['pm25', 55.7, 109.5, 110],
      // on breakpoints, between them without gaps, and beyond
      ['pm25', 25, 50, 50],
      ['pm25', 25.05, 50.1, 50],
      ['pm25', 50, 100, 100],
      ['pm10', 350, 200, 200],
      ['pm10', 420, 300, 300],
      ['co', 150_000, 500, 500],
      ['so2', 99_999, 500, 500],
      ['o3EightHours', 400, 300, 300],
      ['pm10', 0, 0, 0],
      ['pm10', -0.4, 0, 0],
    ]
    for (const [column, concentration, exact, rounded] of cases)
      it(`${column} of ${concentration} µg/m³: ${rounded}`, () => {
        const index = subIndex(column, concentration) ?? Number.NaN
        expect(index).to.be.closeTo(exact, 1e-9)
        expect(roundHalfUp(index)).to.equal(rounded)
      })

    it('has none for ozone of eight hours above 400 µg/m³', () => {
      expect(subIndex('o3EightHours', 400.1)).to.equal(undefined)
    })
  })

  describe('hour (2.2.1 c)', () => {
    const pm25 = endingAt(END, [26.9, 24.7, 20.5, 23.5, 19.5, 16.5, 19.0, 16.5, 20.3, 22.4, 19.6, 20.6])
    const o3 = endingAt(END, [136.1])
    const no2 = endingAt(END, [118.7])

    it('is the highest index, with band, colour and what decided', () => {
      expect(vnAqiOfHour({ pm25, o3, no2 }, END)).to.deep.equal({
        index: 59,
        level: 'moderate',
        upTo: 100,
        colour: '#ffff00',
        parts: { pm25: 41, o3: 43, no2: 59 },
        decisive: 'no2',
      })
    })
    it('is there with one kind of particles alone', () => {
      expect(vnAqiOfHour({ pm25 }, END)?.index).to.equal(41)
      expect(vnAqiOfHour({ pm10: pm25 }, END)?.parts).to.deep.equal({ pm10: 20 })
    })
    it('is not there without particles', () => {
      expect(vnAqiOfHour({ o3, no2 }, END)).to.equal(undefined)
      expect(vnAqiOfHour({ o3, no2, pm25: endingAt(END - 3 * HOUR, [20, 20, 20]) }, END)).to.equal(undefined)
    })
    it('takes gases of that hour only', () => {
      expect(vnAqiOfHour({ pm25, no2: endingAt(END - HOUR, [118.7]) }, END)?.parts).to.deep.equal({
        pm25: 41,
      })
    })
  })

  describe('day (2.2.2)', () => {
    it('is the highest index of the worked example', () => {
      // an hour of 114.6 among hours that make eight of 89.3
      const o3 = endingAt(END, [...Array(7).fill((8 * 89.3 - 114.6) / 7), 114.6])
      const no2 = endingAt(END, [130.8, 10])
      expect(vnAqiOfDay({ pm25: steady(55.7), o3, no2 }, END)).to.include({ index: 110, decisive: 'pm25' })
      expect(vnAqiOfDay({ pm25: steady(55.7), o3, no2 }, END)?.parts).to.deep.equal({
        pm25: 110,
        o3: 45,
        no2: 65,
      })
    })
    it('takes the mean of 24 hours of particles, from 01:00 to 00:00', () => {
      const pm25 = endingAt(END, [9999, ...Array(12).fill(10), ...Array(12).fill(30)])
      expect(vnAqiOfDay({ pm25 }, END)?.index).to.equal(40)
    })
    it('takes a day that is known for three quarters, or for what is asked for', () => {
      const hours = (count: number) => endingAt(END, Array(count).fill(30))
      expect(vnAqiOfDay({ pm25: hours(18) }, END)?.index).to.equal(60)
      expect(vnAqiOfDay({ pm25: hours(17) }, END)).to.equal(undefined)
      expect(vnAqiOfDay({ pm25: hours(1) }, END, { ofDay: 1, ofEightHours: 1 })?.index).to.equal(60)
    })
    it('has no part of particles that are known for too little', () => {
      const parts = vnAqiOfDay({ pm25: steady(30), pm10: steady(500, 10), co: steady(800) }, END)?.parts
      expect(parts).to.deep.equal({ pm25: 60, co: 4 })
    })
    it('leaves ozone of eight hours above 400 µg/m³ to the highest hour', () => {
      expect(vnAqiOfDay({ pm25: steady(10), o3: steady(420) }, END)?.parts.o3).to.equal(205)
    })
  })

  describe('means of eight hours (2.2.2 a)', () => {
    const hourly = [
      15.7, 14.2, 17.7, 18.9, 19.3, 15.7, 19.7, 22.6, 27.1, 29.0, 31.9, 25.3, 34.7, 35.2, 41.6, 45.7, 49.2,
      55.8, 69.6, 78.3, 91.5, 97.7, 81.2, 71.8, 43.5, 34.3, 21.5, 20.5, 19.4, 20.4, 21.3,
    ]
    const printed = [
      18.0, 19.4, 21.2, 23.0, 23.8, 25.8, 28.2, 30.9, 33.8, 36.6, 39.9, 44.7, 51.3, 58.4, 66.2, 71.1, 74.4,
      73.7, 71.0, 65.0, 57.8, 48.7, 39.1, 31.6,
    ]
    const o3 = endingAt(END, hourly)

    it('are those of the worked example, from 01:00 to 00:00', () => {
      const means = printed.map((_, at) => eightHourMean(o3, END - (23 - at) * HOUR, 8) ?? Number.NaN)
      means.forEach((value, at) => {
        expect(value, `hour ${at + 1}`).to.be.closeTo(printed[at] ?? Number.NaN, 0.065)
      })
      expect(roundHalfUp(Math.max(...means), 1)).to.equal(74.4)
    })
    it('reach into the day before', () => {
      const before = endingAt(END - 20 * HOUR, Array(8).fill(110))
      expect(vnAqiOfDay({ pm25: steady(1), o3: before }, END)?.parts.o3).to.equal(75)
    })
  })

  describe('bands (table 1)', () => {
    for (const [index, level, colour] of [
      [0, 'good', '#00e400'],
      [50, 'good', '#00e400'],
      [51, 'moderate', '#ffff00'],
      [101, 'poor', '#ff7e00'],
      [200, 'bad', '#ff0000'],
      [201, 'veryBad', '#8f3f97'],
      [301, 'hazardous', '#7e0023'],
      [500, 'hazardous', '#7e0023'],
    ] as const)
      it(`${index}: ${level}`, () => {
        expect(airQualityBand(index)).to.include({ level, colour })
      })
  })

  it('rounds half up, whatever binary fractions say', () => {
    expect([0.5, 59.5, 59.499999, 1.005 * 100].map((value) => roundHalfUp(value))).to.deep.equal([
      1, 60, 59, 101,
    ])
  })

  it('counts midnight in Vietnam to the day that ends', () => {
    expect(endOfPeriod(daysEndingAt(0), END)).to.equal(END)
    expect(endOfPeriod(daysEndingAt(0), END + 1)).to.equal(END + 24 * HOUR)
  })
})
