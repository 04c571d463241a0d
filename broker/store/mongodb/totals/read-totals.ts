import { DAY, HOUR } from '../../../core/model/time.ts'
import type { PeriodTotal } from '../../../core/temporal/aggregate-totals.ts'
import type { Period } from '../../../core/temporal/periods.ts'
import { dayOf } from '../../port/days.ts'
import type { AggregateQuery } from '../../port/evolution.ts'
import { instanceTime } from '../../port/history-instances.ts'
import { type Cell, PeriodTotals, type Sums } from '../../port/period-totals.ts'
import { overlay, type Undrained } from '../history/undrained.ts'
import { type KeptDay, type KeptEntity, READING, type TenantCollections } from '../mongo-documents.ts'
import { addRows, type RowsLeft } from './add-rows.ts'
import { dayOfKey, daysOfSeries, type SeriesDay } from './day-keys.ts'
import { addDays } from './marked-days.ts'
import { FEW } from './sum-up-days.ts'

/** Of so many entities days are asked for at once: of fewer where there may be many days of each. */
const AT_ONCE = 50
const FEWEST_AT_ONCE = 8
const DAYS_AT_ONCE = 20_000
/** So many instances are read for one answer where nothing sums them up; with more of them the instances have to tell. */
const MOST_ROWS = 200_000

/** One entity of those that are asked for. */
interface Reading {
  readonly entity: string
  readonly totals: PeriodTotals
  readonly undrained: Undrained
  /** All days that there are documents of, in the order of time. */
  readonly days: readonly KeptDay[]
  /** Tells of a day whether its sums are all that there is. */
  readonly tells: (day: KeptDay) => boolean
}

/** What came of one entity. */
interface Answer {
  readonly totals: readonly PeriodTotal[] | undefined
  /** Days that are over, with numbers that nobody sums up. */
  readonly unmarked: readonly SeriesDay[]
}

/**
 * Reads totals of an attribute of entities, in the order of their ids: of a day that is in one period as a whole from its
 * sums, of one that is cut from those of its hours, and of all else from instances, with what is not drained yet laid over
 * what is. Days before `today` that have more than a few numbers and no mark have one from then on, so that what is too
 * much to be read at once is less each time.
 */
export async function readTotals(
  collections: TenantCollections,
  ids: readonly string[],
  {
    query,
    today,
    mostRows = MOST_ROWS,
  }: { readonly query: AggregateQuery; readonly today: number; readonly mostRows?: number },
): Promise<readonly (readonly PeriodTotal[] | undefined)[]> {
  if (query.condensed) return ids.map(() => [])
  const totals: (readonly PeriodTotal[] | undefined)[] = []
  const left: RowsLeft = { rows: mostRows }
  const step = entitiesAtOnce(query)
  for (let at = 0; at < ids.length; at += step) {
    const readings = await readingsOf(collections, ids.slice(at, at + step), query)
    const hours = await hoursOf(collections, readings)
    const answers = await Promise.all(
      readings.map((one) => answerOf(collections, one, { hours, today, left })),
    )
    const unmarked = answers.flatMap((answer) => answer.unmarked)
    await addDays(collections, unmarked).catch(() => undefined) // who asks next finds them again
    totals.push(...answers.map((answer) => answer.totals))
  }
  return totals
}

function entitiesAtOnce(query: AggregateQuery): number {
  const { from, to } = daysOf(query)
  return Math.min(AT_ONCE, Math.max(FEWEST_AT_ONCE, Math.floor(DAYS_AT_ONCE / (to - from))))
}

/** Answers the days that an answer may be about, without the one where they end. */
function daysOf(query: AggregateQuery): Period {
  const { from, to } = new PeriodTotals(query)
  return { from: dayOf(from), to: Math.ceil(to / DAY) }
}

/** What is not drained is read first: what is drained meanwhile is then read from instances, and not missed. */
async function readingsOf(
  { entities, totals }: TenantCollections,
  ids: readonly string[],
  query: AggregateQuery,
): Promise<readonly Reading[]> {
  const pending = await entities
    .find({ _id: { $in: [...ids] }, pending: true }, READING)
    .project<Pick<KeptEntity, '_id' | 'changes'>>({ changes: 1 })
    .toArray()
  const changes = new Map(pending.map(({ _id, changes: waiting }) => [_id, waiting]))
  const range = daysOf(query)
  const found = await totals
    .find({ $or: ids.map((id) => daysOfSeries(id, query.attribute, range)) }, READING)
    .project<KeptDay>({ hours: 0 })
    .sort({ _id: 1 })
    .toArray()
  const days = new Map<string, KeptDay[]>(ids.map((id) => [id, []]))
  for (const day of found) days.get(day.entity)?.push(day)
  return ids.map((entity) => {
    const undrained = overlay(changes.get(entity) ?? [])
    const tells = isToldBy(undrained, query.attribute)
    return { entity, totals: new PeriodTotals(query), undrained, days: days.get(entity) ?? [], tells }
  })
}

function isToldBy({ places, cleared }: Undrained, attribute: string): Reading['tells'] {
  if (cleared.some(({ attributes }) => attributes?.includes(attribute) ?? true)) return () => false
  const changed = new Set([...places.keys()].map((id) => dayOf(instanceTime(id) ?? 0))) // every place has one
  return ({ _id, sums }) => sums !== undefined && !changed.has(dayOfKey(_id))
}

/** Answers the hours of days that are cut, by their keys; where periods cut hours too they are of no use. */
async function hoursOf(
  { totals }: TenantCollections,
  readings: readonly Reading[],
): Promise<ReadonlyMap<string, KeptDay>> {
  const { length } = readings[0]?.totals.query.periods ?? {}
  if (length && length.micros % HOUR !== 0) return new Map()
  const cut = readings.flatMap((reading) =>
    reading.days.filter((day) => reading.tells(day) && !isWhole(reading, day)),
  )
  if (cut.length === 0) return new Map()
  const found = await totals.find({ _id: { $in: cut.map(({ _id }) => _id) } }, READING).toArray()
  return new Map(found.map((day) => [day._id, day]))
}

function isWhole({ totals }: Reading, { _id }: KeptDay): boolean {
  const from = dayOfKey(_id) * DAY
  return totals.holds(from, from + DAY)
}

async function answerOf(
  collections: TenantCollections,
  reading: Reading,
  {
    hours,
    today,
    left,
  }: { readonly hours: ReadonlyMap<string, KeptDay>; readonly today: number; readonly left: RowsLeft },
): Promise<Answer> {
  const { entity, totals, days, tells } = reading
  const { attribute, window } = totals.query
  const rest: Period[] = []
  let end = totals.from
  for (const day of days) {
    const from = dayOfKey(day._id) * DAY
    const hourly = hours.get(day._id)
    const isHourly = hourly?.mark === day.mark && hourly.hours !== undefined
    if (!tells(day) || !(isWhole(reading, day) || isHourly)) continue
    if (day.timeless && !window) return { totals: undefined, unmarked: [] }
    rest.push({ from: end, to: from })
    end = from + DAY
    if (isWhole(reading, day)) addSums(totals, from, day)
    else rest.push(...addHours(totals, hourly?.hours ?? '[]'))
  }
  rest.push({ from: end, to: totals.to })
  const { isTold, days: read } = await addRows(collections, reading, joined(rest, totals), left)
  const marked = new Set(days.map(({ _id }) => dayOfKey(_id)))
  const unmarked = [...read].filter(([day, count]) => count >= FEW && day < today && !marked.has(day))
  return {
    totals: isTold ? totals.answer() : undefined,
    unmarked: unmarked.map(([day]) => ({ entity, attribute, day })),
  }
}

function addSums(totals: PeriodTotals, from: number, { sums = '[]' }: KeptDay): void {
  const all: readonly Sums[] = JSON.parse(sums) // written when they were summed up, as hours are
  for (const one of all) totals.add(from, one)
}

/** Adds hours that are in one period; answers where the others are. */
function addHours(totals: PeriodTotals, hours: string): readonly Period[] {
  const all: readonly Cell[] = JSON.parse(hours)
  const asked = all.filter(([hour]) => (hour + 1) * HOUR > totals.from && hour * HOUR < totals.to)
  const cut = new Set(totals.addWhole(asked, HOUR).map(([hour]) => hour))
  return [...cut].map((hour) => ({ from: hour * HOUR, to: (hour + 1) * HOUR }))
}

/** Answers what there is to be asked for of some stretches, those that follow each other as one. */
function joined(stretches: readonly Period[], { from, to }: PeriodTotals): readonly Period[] {
  const all: { from: number; to: number }[] = []
  const asked = stretches.map((one) => ({ from: Math.max(one.from, from), to: Math.min(one.to, to) }))
  for (const one of asked.filter((some) => some.from < some.to).sort((a, b) => a.from - b.from)) {
    const last = all.at(-1)
    if (last?.to === one.from) last.to = one.to
    else all.push(one)
  }
  return all
}
