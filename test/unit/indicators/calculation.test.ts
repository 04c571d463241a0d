import { expect } from 'chai'
import {
  type CalculationSettings,
  calculationOf,
  concernedEnds,
} from '../../../broker/core/indicators/calculation.ts'
import type { Reading } from '../../../broker/core/indicators/readings.ts'
import { HOUR } from '../../../broker/core/model/time.ts'

const at = (text: string): number => Date.parse(text) * 1000
const END = at('2025-11-15T17:00:00Z')
const LATER = at('2026-01-01T00:00:00Z')

/** Hourly readings of which the last is at that instant. */
function endingAt(end: number, values: readonly number[], unitCode?: string): readonly Reading[] {
  return values.map((value, place) => ({
    at: end - (values.length - 1 - place) * HOUR,
    value,
    ...(unitCode && { unitCode }),
  }))
}

function derived(settings: CalculationSettings, readings: readonly Reading[], end: number, name = 'pm25') {
  return calculationOf(settings)?.derive({ [name]: readings }, end)
}

describe('calculations', () => {
  it('VN_AQI of a day: the index with its band, what decided, and the parts', () => {
    expect(derived({ kind: 'vn-aqi-day' }, endingAt(END, Array(24).fill(55.7), 'GQ'), END)).to.deep.equal({
      value: 110,
      details: {
        indexMethod: 'VN_AQI',
        airQualityLevel: 'poor',
        decisiveParameter: 'pm25',
        subIndices: { pm25: 110 },
      },
    })
  })
  it('VN_AQI takes mg/m³ as what they are, and leaves out what is no mass in air', () => {
    const settings = { kind: 'vn-aqi-hour' } as const
    expect(derived(settings, endingAt(END, [0.0557, 0.0557], 'GP'), END)?.value).to.equal(110)
    expect(derived(settings, endingAt(END, [55.7, 55.7], '59'), END)).to.equal(undefined)
  })
  it('VN_AQI of a day: as many hours as are asked for, and that is told in its method', () => {
    const readings = endingAt(END, Array(17).fill(30))
    expect(derived({ kind: 'vn-aqi-day' }, readings, END)).to.equal(undefined)
    expect(derived({ kind: 'vn-aqi-day', minimumHours: 17 }, readings, END)?.value).to.equal(60)
    expect(calculationOf({ kind: 'vn-aqi-day', minimumHours: 17 })?.method).to.contain('at least 17 hours')
  })
  it('rain of a day: what fell from 19:00 to 19:00 in Vietnam', () => {
    const end = at('2025-11-15T12:00:00Z')
    const readings = endingAt(end + HOUR, [100, ...Array(22).fill(0), 0.2, 0.1, 50], 'MMT')
    expect(derived({ kind: 'rain-day' }, readings, end)).to.deep.equal({
      value: 0.3,
      unitCode: 'MMT',
      details: { coveredHours: 24 },
    })
  })
  it('rain of a day of a gauge that adds up since 19:00: its last reading, whatever a gauge that begins anew shows', () => {
    const end = at('2025-11-15T12:00:00Z')
    const settings = { kind: 'rain-day', accumulated: true } as const
    const of = (values: readonly number[], last = end) =>
      derived(settings, endingAt(last, values, 'MMT'), end)?.value
    expect(of([99, ...Array(22).fill(0), 0.2, 42.6])).to.equal(42.6)
    expect(of([99, ...Array(22).fill(0), 42.6, 0])).to.equal(42.6)
    expect(of([300, 42.6], end - HOUR), 'corrected').to.equal(42.6)
    expect(of([7], end)).to.equal(7)
    expect(of([42.6, 1.5], end + HOUR), 'the next day').to.equal(42.6)
    expect(of([12], end + HOUR)).to.equal(undefined)
    expect(calculationOf(settings)?.method).not.to.equal(calculationOf({ kind: 'rain-day' })?.method)
  })
  it('moving average: of the hours before, in one unit', () => {
    const settings = { kind: 'moving-average', hours: 3 } as const
    expect(derived(settings, endingAt(END, [99, 1, 2, 6], 'CEL'), END)).to.deep.equal({
      value: 3,
      unitCode: 'CEL',
      details: { coveredHours: 3 },
    })
    const mixed = [...endingAt(END - HOUR, [1], 'CEL'), ...endingAt(END, [2], 'FAH')]
    expect(derived(settings, mixed, END)).to.equal(undefined)
    expect(derived(settings, [], END)).to.equal(undefined)
  })
  it('noise of a night: by energy, hour by hour, where three quarters are known', () => {
    const settings = { kind: 'noise', part: 'night' } as const
    const end = at('2025-11-14T23:00:00Z')
    const loud = { at: end - 30 * 60_000_000, value: 70 }
    expect(derived(settings, endingAt(end, Array(8).fill(50)), end)).to.deep.equal({
      value: 50,
      unitCode: '2N',
      details: { coveredHours: 8 },
    })
    // one loud reading of two in one hour of eight: 10 lg (7.5/8 · 10⁵ + 0.5/8 · 10⁷)
    expect(derived(settings, [...endingAt(end, Array(8).fill(50)), loud], end)?.value).to.equal(58.6)
    expect(derived(settings, endingAt(end, Array(5).fill(50)), end)).to.equal(undefined)
  })
  it('has no evening where the regulation has none', () => {
    expect(calculationOf({ kind: 'noise', part: 'evening', regulation: 'QCVN 26:2010/BTNMT' })).to.equal(
      undefined,
    )
  })

  describe('a reading concerns', () => {
    const cases: readonly [CalculationSettings, string, readonly string[]][] = [
      [{ kind: 'moving-average', hours: 2 }, '2025-11-15T01:30:00Z', ['15T02:00', '15T03:00']],
      [{ kind: 'moving-average', hours: 2 }, '2025-11-15T02:00:00Z', ['15T02:00', '15T03:00']],
      [{ kind: 'rain-day' }, '2025-11-15T12:00:00Z', ['15T12:00']],
      [{ kind: 'vn-aqi-day' }, '2025-11-15T01:00:00Z', ['15T17:00']],
      [{ kind: 'vn-aqi-day' }, '2025-11-15T16:30:00Z', ['15T17:00', '16T17:00']],
      [{ kind: 'noise', part: 'night' }, '2025-11-15T14:30:00Z', []],
      [{ kind: 'noise', part: 'night' }, '2025-11-15T15:30:00Z', ['15T23:00']],
    ]
    for (const [settings, instant, ends] of cases)
      it(`${settings.kind} at ${instant}: ${ends.join(', ') || 'none'}`, () => {
        const calculation = calculationOf(settings)
        const found = calculation ? concernedEnds(calculation, at(instant), LATER) : []
        expect(found.map((end) => new Date(end / 1000).toISOString().slice(8, 16))).to.deep.equal(ends)
      })
    it('twelve hours of VN_AQI', () => {
      const calculation = calculationOf({ kind: 'vn-aqi-hour' })
      expect(calculation && concernedEnds(calculation, END, LATER)).to.have.length(12)
      expect(calculation && concernedEnds(calculation, END, END + 2 * HOUR)).to.have.length(3)
    })
  })
})
