import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property, timeProperty } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { compareTimes, toUtc } from '../../kit/values/local-time.ts'

const MEMBERS = new Set(['cam', 'lane', 'direction', 'from', 'to', 'count', 'avgSpeed', 'occ'])
const FASTEST_KMH = 300

/** Turns the counts of one lane in one interval into its entity: values are of the interval that ends at `observedAt`. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  for (const name of isJsonMap(record) ? Object.keys(record) : [])
    if (!MEMBERS.has(name)) context.notice(`Member ${name.slice(0, 40)} is not known`)
  const code = textMember(record, 'cam') ?? ''
  const camera = member(context.tables.cameras, code)
  if (!isJsonMap(camera)) throw unmapped('Camera is not in the table of the feed')
  const lane = member(record, 'lane')
  if (typeof lane !== 'number' || !Number.isInteger(lane)) throw unmapped('Lane is not a whole number')
  const observedAt = toUtc(textMember(record, 'to') ?? '')
  return [
    {
      id: iriOf('TrafficFlowObserved', context.variables.city ?? '', code, String(lane)),
      type: 'TrafficFlowObserved',
      name: property(`${textMember(camera, 'name') ?? code}, làn ${lane}`),
      stationCode: property(code),
      location: point(Number(member(camera, 'longitude')), Number(member(camera, 'latitude'))),
      laneId: property(lane),
      ...directionOf(record),
      periodStart: timeProperty(startOf(record, observedAt), { observedAt }),
      ...countsOf(record, observedAt, context),
      ...within(record, observedAt, context, {
        field: 'avgSpeed',
        most: FASTEST_KMH,
        attribute: 'averageVehicleSpeed',
        unitCode: 'KMH',
      }),
      ...within(record, observedAt, context, {
        field: 'occ',
        most: 1,
        attribute: 'roadOccupancy',
        unitCode: 'C62',
      }),
    },
  ]
}

function startOf(record: Json, end: string): string {
  const start = toUtc(textMember(record, 'from') ?? '')
  if (compareTimes(start, end) >= 0) throw unmapped('Interval ends before it begins')
  return start
}

function directionOf(record: Json): JsonMap {
  const direction = textMember(record, 'direction')
  return direction === 'forward' || direction === 'backward' ? { laneDirection: property(direction) } : {}
}

/** One kind that cannot be counted spoils the sum as well. */
function countsOf(record: Json, observedAt: string, { tables, doubt, notice }: MapContext): JsonMap {
  const given = member(record, 'count')
  if (!isJsonMap(given) || Object.keys(given).length === 0) return {}
  const counts = new Map<string, number>()
  for (const [kind, count] of Object.entries(given)) {
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) {
      doubt('Number of vehicles is not a whole number from 0')
      return {}
    }
    const ours = textMember(tables.kinds, kind)
    if (ours === undefined) notice(`Kind of vehicle ${kind.slice(0, 40)} is not in the table of the feed`)
    const name = ours ?? 'other'
    counts.set(name, (counts.get(name) ?? 0) + count)
  }
  const sum = [...counts.values()].reduce((total, count) => total + count, 0)
  return {
    intensity: property(sum, { observedAt }),
    vehicleCounts: property(Object.fromEntries(counts), { observedAt }),
  }
}

interface Reading {
  readonly field: string
  readonly most: number
  readonly attribute: string
  readonly unitCode: string
}

function within(record: Json, observedAt: string, { doubt }: MapContext, reading: Reading): JsonMap {
  const { field, most, attribute, unitCode } = reading
  const value = member(record, field)
  if (value === undefined || value === null) return {}
  if (typeof value === 'number' && value >= 0 && value <= most)
    return { [attribute]: property(value, { observedAt, unitCode }) }
  doubt(`Member ${field} is out of its range`)
  return {}
}
