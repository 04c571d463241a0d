import { expect } from 'chai'
import fc from 'fast-check'
import { daysEndingAt, endOfPeriod, endsBetween, vietnamDay } from '../../../broker/core/indicators/cycle.ts'
import { equivalentLevel, NOISE_PARTS, timesOfPart } from '../../../broker/core/indicators/noise-level.ts'
import { hourlyMeans } from '../../../broker/core/indicators/readings.ts'
import { alertTransitions, stepThreshold, type Threshold } from '../../../broker/core/indicators/threshold.ts'
import { HOUR } from '../../../broker/core/model/time.ts'

const at = (text: string): number => Date.parse(text) * 1000

describe('periods', () => {
  it('hold their end and not their start: a mean is told at the end of its hour', () => {
    const readings = [
      { at: at('2025-11-15T01:00:00Z'), value: 10 },
      { at: at('2025-11-15T01:00:00.001Z'), value: 20 },
      { at: at('2025-11-15T02:00:00Z'), value: 40 },
    ]
    expect([...hourlyMeans(readings)]).to.deep.equal([
      [at('2025-11-15T01:00:00Z'), 10],
      [at('2025-11-15T02:00:00Z'), 30],
    ])
  })
  it('of a rain day go from 19:00 to 19:00 in Vietnam', () => {
    const rainDays = daysEndingAt(19)
    expect(endOfPeriod(rainDays, at('2025-11-15T12:00:00Z'))).to.equal(at('2025-11-15T12:00:00Z'))
    expect(endOfPeriod(rainDays, at('2025-11-15T12:05:00Z'))).to.equal(at('2025-11-16T12:00:00Z'))
    expect(vietnamDay(at('2025-11-15T12:00:00Z'))).to.equal('2025-11-15')
  })
  it('are named by the day in Vietnam, to which its midnight belongs', () => {
    expect(vietnamDay(at('2025-11-15T17:00:00Z'))).to.equal('2025-11-15')
    expect(vietnamDay(at('2025-11-15T17:00:01Z'))).to.equal('2025-11-16')
  })
  it('between two instants: behind the first, up to and with the second', () => {
    const days = daysEndingAt(0)
    expect(endsBetween(days, at('2025-11-14T17:00:00Z'), at('2025-11-16T17:00:00Z'))).to.deep.equal([
      at('2025-11-15T17:00:00Z'),
      at('2025-11-16T17:00:00Z'),
    ])
    expect(endsBetween(days, at('2025-11-14T17:00:00Z'), at('2025-11-14T18:00:00Z'))).to.deep.equal([])
  })
  it('each instant belongs to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e15 }), fc.integer({ min: 0, max: 23 }), (instant, hour) => {
        const cycle = daysEndingAt(hour)
        const end = endOfPeriod(cycle, instant)
        expect(end >= instant && end - cycle.length < instant).to.equal(true)
        expect(endOfPeriod(cycle, end)).to.equal(end)
      }),
    )
  })
})

describe('noise', () => {
  it('adds up by energy, not by decibels', () => {
    expect(equivalentLevel([60, 60])).to.be.closeTo(60, 1e-9)
    expect(equivalentLevel([70, 60])).to.be.closeTo(67.4036, 1e-4)
    expect(equivalentLevel([90, ...Array(9).fill(0)])).to.be.closeTo(80, 1e-6)
    expect(equivalentLevel([])).to.be.NaN
  })
  it('is never below the mean of its levels, nor above the highest', () => {
    const levels = fc.array(fc.double({ min: 20, max: 120, noNaN: true }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(levels, (each) => {
        const level = equivalentLevel(each)
        const mean = each.reduce((sum, value) => sum + value, 0) / each.length
        expect(level).to.be.within(mean - 1e-9, Math.max(...each) + 1e-9)
      }),
    )
  })
  for (const [regulation, parts] of Object.entries(NOISE_PARTS))
    it(`${regulation}: its parts make the day, each behind the other`, () => {
      expect(parts.reduce((sum, part) => sum + timesOfPart(part).length, 0)).to.equal(24 * HOUR)
      parts.forEach(({ to }, place) => {
        expect(parts[(place + 1) % parts.length]?.from).to.equal(to)
      })
    })
  it('of a night belongs to the morning that it ends on', () => {
    const { cycle, length } = timesOfPart({ name: 'night', from: 22, to: 6 })
    const end = endOfPeriod(cycle, at('2025-11-15T16:30:00Z'))
    expect([end, end - length]).to.deep.equal([at('2025-11-15T23:00:00Z'), at('2025-11-15T15:00:00Z')])
  })
})

describe('threshold with hysteresis', () => {
  const air: Threshold = { side: 'above', raise: 151, clear: 141 }
  const river: Threshold = { side: 'below', raise: 2, clear: 3 }

  const steps: readonly [Threshold, boolean, number, string][] = [
    [air, false, 150, 'quiet'],
    [air, false, 151, 'raise'],
    [air, true, 151, 'keep'],
    [air, true, 141, 'keep'],
    [air, true, 140, 'clear'],
    [air, false, 145, 'quiet'],
    [river, false, 2.5, 'quiet'],
    [river, false, 2, 'raise'],
    [river, true, 3, 'keep'],
    [river, true, 3.1, 'clear'],
  ]
  for (const [threshold, standing, value, step] of steps)
    it(`${threshold.side} ${threshold.raise}: ${value} ${standing ? 'while it stands' : 'before'}: ${step}`, () => {
      expect(stepThreshold(threshold, standing, value)).to.equal(step)
    })

  const readingsOf = (values: readonly number[]) => values.map((value, hour) => ({ at: hour * HOUR, value }))

  it('raises once and clears once, however often the value crosses one limit', () => {
    expect(alertTransitions(air, readingsOf([150, 155, 149, 180, 145, 150, 140, 145, 151]))).to.deep.equal([
      { at: HOUR, value: 155, raised: true },
      { at: 6 * HOUR, value: 140, raised: false },
      { at: 8 * HOUR, value: 151, raised: true },
    ])
    expect(alertTransitions(river, readingsOf([4, 1, 2.9, 0.5]))).to.deep.equal([
      { at: HOUR, value: 1, raised: true },
    ])
    expect(alertTransitions(air, [])).to.deep.equal([])
  })
  it('goes on where it stood', () => {
    expect(alertTransitions(air, readingsOf([145, 140]), true)).to.deep.equal([
      { at: HOUR, value: 140, raised: false },
    ])
    expect(alertTransitions(air, readingsOf([145, 140]))).to.deep.equal([])
  })
  it('is the same in one go and in parts', () => {
    const values = fc.array(fc.integer({ min: 120, max: 180 }))
    fc.assert(
      fc.property(values, fc.nat(), (all, cut) => {
        const readings = readingsOf(all)
        const whole = alertTransitions(air, readings)
        const place = cut % (readings.length + 1)
        const first = alertTransitions(air, readings.slice(0, place))
        const rest = alertTransitions(air, readings.slice(place), first.at(-1)?.raised)
        expect([...first, ...rest]).to.deep.equal(whole)
        whole.forEach(({ raised }, at) => {
          expect(raised).to.equal(at % 2 === 0)
        })
      }),
    )
  })
})
