/** Times in texts, as agencies write them: ISO 8601, dd/MM/yyyy, yyyyMMddHHmmss, yyyyMMdd and seconds since 1970. */
const TIME = new RegExp(
  [
    /(?<year>20\d\d)-(?<month>\d\d)-(?<day>\d\d)(?:(?<t>[T ])(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?<fraction>\.\d+)?)?(?<zone>Z|[+-]\d\d:\d\d)?)?/,
    /(?<day2>\d\d)\/(?<month2>\d\d)\/(?<year2>20\d\d)(?:(?<t2>[ \t])(?<hour2>\d\d):(?<minute2>\d\d))?/,
    /(?<![\dA-Za-z])(?<compact>20[2-4]\d[01]\d[0-3]\d(?:[0-2]\d[0-5]\d[0-5]\d)?)(?!\d)/,
    /(?<![\d.])(?<epoch>17[0-9]{8})(?![\d.])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
)
/** Where a time says no offset. */
const LOCAL_MS = 7 * 3_600_000

/** Moves every time in a text by so many milliseconds; each stays written as it was. */
export function moveText(text: string, byMs: number): string {
  return text.replace(TIME, (whole: string, ...rest: unknown[]) => {
    const found = rest.at(-1) as Readonly<Record<string, string | undefined>> // groups come last
    const time = timeOf(found)
    return time === undefined ? whole : written(new Date(time + byMs), found, whole)
  })
}

/** Answers the latest time in a text that is not after another; undefined where there is none. */
export function latestIn(text: string, most: number): number | undefined {
  const times = [...text.matchAll(TIME)]
    .map(({ groups }) => timeOf(groups ?? {}))
    .filter((time) => time !== undefined && time <= most)
  return times.length === 0 ? undefined : Math.max(...(times as number[]))
}

type Groups = Readonly<Record<string, string | undefined>>

function timeOf(found: Groups): number | undefined {
  if (found.epoch) return Number(found.epoch) * 1000
  const compact = /^(....)(..)(..)(?:(..)(..)(..))?$/.exec(found.compact ?? '')
  const [year, month, day, hour = '00', minute = '00', second = '00'] = compact
    ? compact.slice(1)
    : [
        found.year ?? found.year2,
        found.month ?? found.month2,
        found.day ?? found.day2,
        found.hour ?? found.hour2,
        found.minute ?? found.minute2,
        found.second,
      ]
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  // there is no 30 February
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(`${year}-${month}-${day}`)
  return isDay ? time - offsetMs(found.zone) : undefined
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined) return LOCAL_MS
  if (zone === 'Z') return 0
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function written(moved: Date, found: Groups, whole: string): string {
  if (found.epoch) return String(Math.floor(moved.getTime() / 1000))
  const local = new Date(moved.getTime() + offsetMs(found.zone)).toISOString()
  const [date, clock] = [local.slice(0, 10), local.slice(11, 19)]
  if (found.compact) return `${date}${clock}`.replace(/[-:]/g, '').slice(0, whole.length)
  if (found.year2) {
    const [year, month, day] = date.split('-')
    return `${day}/${month}/${year}${found.t2 ? `${found.t2}${clock.slice(0, 5)}` : ''}`
  }
  if (!found.t) return date
  const time = found.second === undefined ? clock.slice(0, 5) : `${clock}${found.fraction ?? ''}`
  return `${date}${found.t}${time}${found.zone ?? ''}`
}
