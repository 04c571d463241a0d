/** Tells which time of day, in minutes, or interval, by its number, a column is of. */
export type SeriesColumns = (
  name: string,
) => { readonly minutes: number; readonly number?: number } | undefined

/** Reads the names of the columns of a series: a time of day in minutes, or the number of an interval. */
export function seriesColumns(pattern: string): SeriesColumns {
  const source = pattern
    .split(/(\{HH\}|\{mm\}|\{n\})/)
    .map((part) => PARTS[part] ?? part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('')
  const expression = new RegExp(`^${source}$`)
  return (name) => {
    const { hours, minutes = 0, number } = expression.exec(name)?.groups ?? {}
    if (number !== undefined) return { minutes: 0, number: Number(number) }
    return hours === undefined ? undefined : { minutes: Number(hours) * 60 + Number(minutes) }
  }
}

const PARTS: Readonly<Record<string, string>> = {
  '{HH}': '(?<hours>\\d{1,2})',
  '{mm}': '(?<minutes>\\d{2})',
  '{n}': '0*(?<number>[1-9]\\d?\\d?)',
}
