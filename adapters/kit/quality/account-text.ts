import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Records } from './assessment.ts'
import { type News, newsOf, newsText } from './news.ts'
import type { Counts, Series } from './series.ts'

/** What a day was like, by attribute. */
export interface Day {
  readonly news: News
  readonly counts: Map<string, Counts>
}

/** All that an account remembers; attributes are named with their types, series by hashes. */
export interface AccountState {
  readonly series: Map<string, Map<string, Series>>
  readonly days: Map<number, Day>
  readonly records: Map<number, Records>
}

type SeriesText = [since: number, last: number, run: number, recent: number[], filled: [number, string][]]
type DayText = [day: number, news: ReturnType<typeof newsText>, counts: [string, Counts][]]
interface Text {
  readonly series: [string, [string, SeriesText][]][]
  readonly days: DayText[]
  readonly records: [number, Records][]
}

const RADIX = 16

/** Writes an account as one text. */
export function writeAccount({ series, days, records }: AccountState): string {
  const text: Text = {
    series: [...series].map(([attribute, all]) => [
      attribute,
      [...all].map(([key, one]) => [key, seriesText(one)]),
    ]),
    days: [...days].map(([day, { news, counts }]) => [day, newsText(news), [...counts]]),
    records: [...records],
  }
  return deflateRawSync(JSON.stringify(text)).toString('base64')
}

/** Reads what `writeAccount` wrote; nothing of an empty text. */
export function parseAccount(text: string): AccountState {
  if (text === '') return { series: new Map(), days: new Map(), records: new Map() }
  const { series, days, records } = JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString()) as Text // as it was written
  return {
    series: new Map(
      series.map(([attribute, all]) => [attribute, new Map(all.map(([key, one]) => [key, seriesOf(one)]))]),
    ),
    days: new Map(days.map(([day, news, counts]) => [day, { news: newsOf(news), counts: new Map(counts) }])),
    records: new Map(records),
  }
}

function seriesText({ since, last, run, recent, filled }: Series): SeriesText {
  return [since, last, run, [...recent], [...filled].map(([day, bits]) => [day, bits.toString(RADIX)])]
}

function seriesOf([since, last, run, recent, filled]: SeriesText): Series {
  return {
    since,
    last,
    run,
    recent,
    filled: new Map(filled.map(([day, bits]) => [day, BigInt(`0x${bits}`)])),
  }
}
