import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property, timeProperty } from '../../kit/values/entity-document.ts'
import { RecordFault, unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, member, textMember } from '../../kit/values/json.ts'
import { compareTimes, toUtc } from '../../kit/values/local-time.ts'

const MEMBERS = new Set(['ngay', 'tongSo', 'viPham'])
const DAY_MS = 86_400_000

/** A day of Vietnam, in UTC: it begins with `start`, and `end` is the next one. */
interface Day {
  readonly start: string
  readonly end: string
}

/** Offences of one kind at one place. */
interface Cell {
  readonly place: string
  readonly code: string
  readonly ids: Set<string>
}

/** Turns the offences of a day into counts by place and kind; a cell of fewer than `least` is not told. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  for (const name of isJsonMap(record) ? Object.keys(record) : [])
    if (!MEMBERS.has(name)) context.notice(`Member ${name.slice(0, 40)} is not known`)
  const least = Number(context.variables.least)
  if (!Number.isInteger(least) || least < 2) throw unmapped('Variable least is no whole number from 2')
  const offences = member(record, 'viPham')
  if (!Array.isArray(offences)) throw unmapped('File has no list of offences')
  if (member(record, 'tongSo') !== offences.length) throw unmapped('File has not as many offences as it says')
  const day = dayOf(textMember(record, 'ngay') ?? '')
  const cells = cellsOf(offences, day, context)
  return cells.filter(({ ids }) => ids.size >= least).map((cell) => entityOf(cell, day, { context, least }))
}

function dayOf(text: string): Day {
  const start = toUtc(text, 'dd/MM/yyyy')
  return { start, end: `${new Date(Date.parse(start) + DAY_MS).toISOString().slice(0, 19)}Z` }
}

/** An offence that comes twice is one; what cannot be counted is told by how many they are. */
function cellsOf(offences: readonly Json[], day: Day, { doubt }: MapContext): readonly Cell[] {
  const cells = new Map<string, Cell>()
  let left = 0
  for (const offence of offences) {
    const [id, place, code] = ['id', 'place', 'code'].map((name) => textMember(offence, name))
    if (id === undefined || place === undefined || code === undefined || !isOn(day, offence)) {
      left++
      continue
    }
    const key = JSON.stringify([place, code])
    const cell = cells.get(key) ?? { place, code, ids: new Set<string>() }
    cells.set(key, cell)
    cell.ids.add(id)
  }
  if (left > 0) doubt(`Offences without id, place or kind, or of another day: ${left}`)
  return [...cells.values()]
}

function isOn({ start, end }: Day, offence: Json): boolean {
  try {
    const time = toUtc(textMember(offence, 'time') ?? '')
    return compareTimes(time, start) >= 0 && compareTimes(time, end) < 0
  } catch (fault) {
    if (fault instanceof RecordFault) return false
    throw fault
  }
}

function entityOf(
  { place, code, ids }: Cell,
  { start, end: observedAt }: Day,
  { context, least }: { readonly context: MapContext; readonly least: number },
): EntityDocument {
  const known = member(context.tables.places, place)
  return {
    id: iriOf('TrafficViolationCount', context.variables.city ?? '', place, code),
    type: 'TrafficViolationCount',
    name: property(place),
    ...(isJsonMap(known) && {
      location: point(Number(member(known, 'longitude')), Number(member(known, 'latitude'))),
    }),
    violationCode: property(code),
    violationCount: property(ids.size, { observedAt }),
    periodStart: timeProperty(start, { observedAt }),
    minimumGroupSize: property(least),
  }
}
