/** A day of the Vietnamese lunar calendar. */
export interface LunarDay {
  readonly day: number
  readonly month: number
  readonly year: number
  readonly leap: boolean
}

/** Days are counted as Julian day numbers; the calendar is that of Hanoi (UTC+7), so it may differ from the Chinese one. */
const ZONE = 7 / 24
const EPOCH = 2_415_021.076998695
const MONTH = 29.530588853
const RADIAN = Math.PI / 180

/** Answers the Julian day number of a day of the Gregorian calendar. */
export function julianDay(year: number, month: number, day: number): number {
  return Math.floor(Date.UTC(year, month - 1, day) / 86_400_000) + 2_440_588
}

/**
 * Answers the Julian day number of a day of a lunar year (no leap month), from new moons and the sun's longitude as they are
 * in Hanoi: a month begins on the day of a new moon, and the month of the winter solstice is the eleventh.
 */
export function lunarToJulian({ day, month, year }: Omit<LunarDay, 'leap'>): number {
  const [from, to] =
    month < 11
      ? [eleventhMonth(year - 1), eleventhMonth(year)]
      : [eleventhMonth(year), eleventhMonth(year + 1)]
  const first = Math.floor(0.5 + (from - EPOCH) / MONTH)
  let offset = (month - 11 + 12) % 12
  if (to - from > 365) {
    const leap = leapOffset(from)
    if (offset >= leap) offset++
  }
  return newMoonDay(first + offset) + day - 1
}

/** The day on which the month of the winter solstice of a year begins. */
function eleventhMonth(year: number): number {
  const number = Math.floor((julianDay(year, 12, 31) - 2_415_021) / MONTH)
  const begin = newMoonDay(number)
  return sunSector(begin) >= 9 ? newMoonDay(number - 1) : begin
}

/** In a year of thirteen months that one is the leap month in which the sun enters no new sign. */
function leapOffset(from: number): number {
  const first = Math.floor((from - EPOCH) / MONTH + 0.5)
  let last: number
  let offset = 1
  let sector = sunSector(newMoonDay(first + offset))
  do {
    last = sector
    offset++
    sector = sunSector(newMoonDay(first + offset))
  } while (sector !== last && offset < 14)
  return offset - 1
}

/** The day in Hanoi on which a new moon is, by its number since 1900 (Meeus, Astronomical Algorithms). */
function newMoonDay(number: number): number {
  const century = number / 1236.85
  const square = century * century
  const cube = square * century
  const mean =
    2_415_020.75933 +
    29.53058868 * number +
    0.0001178 * square -
    0.000000155 * cube +
    0.00033 * Math.sin((166.56 + 132.87 * century - 0.009173 * square) * RADIAN)
  const sun = (359.2242 + 29.10535608 * number - 0.0000333 * square - 0.00000347 * cube) * RADIAN
  const moon = (306.0253 + 385.81691806 * number + 0.0107306 * square + 0.00001236 * cube) * RADIAN
  const node = (21.2964 + 390.67050646 * number - 0.0016528 * square - 0.00000239 * cube) * RADIAN
  const correction =
    (0.1734 - 0.000393 * century) * Math.sin(sun) +
    0.0021 * Math.sin(2 * sun) -
    0.4068 * Math.sin(moon) +
    0.0161 * Math.sin(2 * moon) -
    0.0004 * Math.sin(3 * moon) +
    0.0104 * Math.sin(2 * node) -
    0.0051 * Math.sin(sun + moon) -
    0.0074 * Math.sin(sun - moon) +
    0.0004 * Math.sin(2 * node + sun) -
    0.0004 * Math.sin(2 * node - sun) -
    0.0006 * Math.sin(2 * node + moon) +
    0.001 * Math.sin(2 * node - moon) +
    0.0005 * Math.sin(2 * moon + sun)
  const delta = -0.000278 + 0.000265 * century + 0.000262 * square
  return Math.floor(mean + correction - delta + 0.5 + ZONE)
}

/** In which twelfth of its way the sun is when a day begins in Hanoi. */
function sunSector(day: number): number {
  const century = (day - 2_451_545.5 - ZONE) / 36_525
  const square = century * century
  const anomaly =
    (357.5291 + 35_999.0503 * century - 0.0001559 * square - 0.00000048 * century * square) * RADIAN
  const mean = 280.46645 + 36_000.76983 * century + 0.0003032 * square
  const centre =
    (1.9146 - 0.004817 * century - 0.000014 * square) * Math.sin(anomaly) +
    (0.019993 - 0.000101 * century) * Math.sin(2 * anomaly) +
    0.00029 * Math.sin(3 * anomaly)
  const longitude = (((mean + centre) % 360) + 360) % 360
  return Math.floor(longitude / 30)
}
