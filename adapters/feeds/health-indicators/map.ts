import { type FeedPlaces, unitNamed } from '../../kit/mapping/feed-places.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import {
  type EntityDocument,
  property,
  relationship,
  timeProperty,
} from '../../kit/values/entity-document.ts'
import { RecordFault, unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { type Json, member, textMember } from '../../kit/values/json.ts'
import { compareTimes } from '../../kit/values/local-time.ts'
import { rowTime } from '../../kit/values/row-period.ts'

const NAME = /(?<year>\d{4})-W(?<week>\d{2})_(?<rows>\d{1,7})\.[a-z]+$/i
const TIMES = ['yyyyMMddHHmm', 'dd/MM/yyyy HH:mm', 'dd/MM/yyyy']
const ZONE = '+07:00'
const DISEASE = /^[A-Z]\d{2}/
const DAY_MS = 86_400_000

/** A week of Vietnam, in UTC: it begins with `start`, and `end` is the next one. */
interface Week {
  readonly start: string
  readonly end: string
}

/** A treatment of the week, as far as it is counted. */
interface Case {
  readonly id: string
  readonly code: string
  readonly disease: string
  readonly time: string
}

/** Cases of one disease in one commune. */
interface Cell {
  readonly unit: string
  readonly disease: string
  readonly cases: Set<string>
}

/** Turns the treatments of a week into counts by commune and disease; a cell of fewer than `least` is not told. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const least = Number(context.variables.least)
  if (!Number.isInteger(least) || least < 2) throw unmapped('Variable least is no whole number from 2')
  const named = NAME.exec(context.input.name)?.groups
  if (!named) throw unmapped('Name of the file does not end with its week and the number of its rows')
  const rows: readonly Json[] = Array.isArray(record) ? record : []
  if (rows.length !== Number(named.rows)) throw unmapped('File has not as many rows as its name says')
  const week = weekOf(Number(named.year), Number(named.week))
  const cells = cellsOf(rows, week, context).filter(({ cases }) => cases.size >= least)
  return cells.map((cell) => entityOf(cell, week, { context, least }))
}

/** Weeks of ISO 8601: they begin on Monday, and the first is that of 4 January. @throws RecordFault */
function weekOf(year: number, week: number): Week {
  const fourth = new Date(Date.UTC(year, 0, 4))
  const first = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * DAY_MS
  const monday = first + (week - 1) * 7 * DAY_MS
  const isOfYear = new Date(monday + 3 * DAY_MS).getUTCFullYear() === year
  if (week < 1 || !isOfYear) throw unmapped('Year has no such week')
  const inVietnam = (at: number): string => rowTime(new Date(at).toISOString().slice(0, 10), 'iso', ZONE)
  return { start: inVietnam(monday), end: inVietnam(monday + 7 * DAY_MS) }
}

/** A treatment that comes twice is one; what cannot be counted is told by how many they are. */
function cellsOf(rows: readonly Json[], week: Week, { tables, places, doubt }: MapContext): readonly Cell[] {
  const cells = new Map<string, Cell>()
  let left = 0
  for (const row of rows) {
    const one = caseOf(row, week)
    if (one && textMember(tables.diseases, one.disease) === undefined) continue
    const unit = one && unitOf(places, one)
    if (!one || unit === undefined) {
      left++
      continue
    }
    const key = `${unit} ${one.disease}`
    const cell = cells.get(key) ?? { unit, disease: one.disease, cases: new Set<string>() }
    cells.set(key, cell)
    cell.cases.add(one.id)
  }
  if (left > 0) doubt(`Rows without number, disease, commune or time of the week: ${left}`)
  return [...cells.values()]
}

function caseOf(row: Json, { start, end }: Week): Case | undefined {
  const cell = (name: string): string => String(member(row, name) ?? '').trim()
  const [id, code, time] = [cell('MA_LK'), cell('MAXA_CU_TRU'), timeOf(cell('NGAY_VAO'))]
  const disease = DISEASE.exec(cell('MA_BENH_CHINH').toUpperCase())?.[0]
  if (id === '' || disease === undefined || time === undefined) return undefined
  const isIn = compareTimes(time, start) >= 0 && compareTimes(time, end) < 0
  return isIn ? { id, code, disease, time } : undefined
}

function timeOf(text: string): string | undefined {
  return orNothing(() => rowTime(text, TIMES, ZONE))
}

/** Workbooks drop the zeros that a code begins with. */
function unitOf(places: FeedPlaces, { code, time }: Case): string | undefined {
  return orNothing(() => unitNamed(places, { code: code.padStart(5, '0'), level: 'commune' }, time))
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (fault) {
    if (fault instanceof RecordFault) return undefined
    throw fault
  }
}

function entityOf(
  { unit, disease, cases }: Cell,
  { start, end: observedAt }: Week,
  { context, least }: { readonly context: MapContext; readonly least: number },
): EntityDocument {
  const name = textMember(context.tables.diseases, disease) ?? disease
  return {
    id: iriOf('HealthIndicator', context.variables.city ?? '', unit.split(':').at(-1) ?? '', disease),
    type: 'HealthIndicator',
    name: property(name),
    refAdministrativeUnit: relationship(unit),
    indicatorCode: property(disease),
    indicatorValue: property(cases.size, { observedAt }),
    periodStart: timeProperty(start, { observedAt }),
    unitText: property('ca'),
    minimumGroupSize: property(least),
  }
}
