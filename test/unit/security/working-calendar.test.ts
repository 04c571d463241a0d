import { expect } from 'chai'
import { parseDateTime } from '../../../broker/core/model/time.ts'
import { julianDay, lunarToJulian } from '../../../security/privacy/lunar-calendar.ts'
import { createWorkingCalendar, dayIn, dayOfDate } from '../../../security/privacy/working-calendar.ts'

const at = (text: string) => parseDateTime(text) ?? Number.NaN
const dateOf = (day: number) => new Date((day - 2_440_588) * 86_400_000).toISOString().slice(0, 10)

describe('privacy: the Vietnamese calendar', () => {
  it('knows when Tết is, also where the Chinese new year is another day', () => {
    const tets = {
      1968: '1968-01-29',
      1985: '1985-01-21',
      2007: '2007-02-17',
      2023: '2023-01-22',
      2024: '2024-02-10',
      2025: '2025-01-29',
      2026: '2026-02-17',
      2027: '2027-02-06',
      2028: '2028-01-26',
      2029: '2029-02-13',
      2030: '2030-02-02',
    }
    for (const [year, date] of Object.entries(tets)) {
      expect(dateOf(lunarToJulian({ day: 1, month: 1, year: Number(year) })), year).to.equal(date)
    }
  })

  it('knows the day of the Hùng Kings, behind a leap month too', () => {
    for (const date of [
      '2022-04-10',
      '2023-04-29',
      '2024-04-18',
      '2025-04-07',
      '2026-04-26',
      '2027-04-16',
      '2028-04-04',
    ])
      expect(dateOf(lunarToJulian({ day: 10, month: 3, year: Number(date.slice(0, 4)) }))).to.equal(date)
  })

  it('works from Monday to Friday, and on no holiday', () => {
    const { isWorkingDay } = createWorkingCalendar({ holidays: ['2026-02-20'], workdays: ['2026-08-22'] })
    const off = [
      '2026-01-01',
      '2026-02-16',
      '2026-02-17',
      '2026-02-20',
      '2026-04-27',
      '2026-04-30',
      '2026-05-01',
    ]
    const more = ['2026-09-01', '2026-09-02', '2026-11-28', '2026-11-29', '2027-02-08', '2027-02-09']
    for (const date of [...off, ...more]) expect(isWorkingDay(dayOfDate(date)), date).to.equal(false)
    for (const date of ['2026-01-02', '2026-02-23', '2026-04-28', '2026-08-22', '2026-11-26'])
      expect(isWorkingDay(dayOfDate(date)), date).to.equal(true)
  })

  it('counts from the day after, by days of Vietnam, to their end', () => {
    const calendar = createWorkingCalendar({ holidays: [], workdays: [] })
    // Friday 01:30 in Vietnam is Thursday elsewhere
    expect(dayIn(at('2026-11-26T18:30:00Z'))).to.equal(julianDay(2026, 11, 27))
    expect(calendar.afterWorkingDays(at('2026-11-26T18:30:00Z'), 2)).to.equal(at('2026-12-01T17:00:00Z'))
    // over Tết 2026: the 16th to the 20th are days off
    expect(calendar.afterWorkingDays(at('2026-02-13T02:00:00Z'), 2)).to.equal(at('2026-02-24T17:00:00Z'))
    // ten days after the 7th are Tết
    expect(calendar.afterDays(at('2026-02-07T02:00:00Z'), 10)).to.equal(at('2026-02-23T17:00:00Z'))
    expect(calendar.afterDays(at('2026-11-23T02:00:00Z'), 15)).to.equal(at('2026-12-08T17:00:00Z'))
  })
})
