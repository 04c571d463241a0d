import { channelOf, described, factsOf, reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { type EntityDocument, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { rowTime } from '../../kit/values/row-period.ts'

const TYPE = 'WaterLevelObserved'
const ALARMS = ['none', 'alarm1', 'alarm2', 'alarm3']
const TIMES = ['dd/MM/yyyy HH:mm', 'dd/MM/yyyy HH:mm:ss']

/** Turns a row of a gauge into its level and flow, and into the alarm that the level means there. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const { tables, variables, doubt, notice } = context
  const code = (textMember(record, 'station') ?? '').trim()
  const station = member(tables.stations, code)
  if (!isJsonMap(station)) throw unmapped('Station is not in the table of the feed')
  const observedAt = rowTime((textMember(record, 'time') ?? '').trim(), TIMES, '+07:00')
  const observed: Record<string, JsonMap> = {}
  for (const [name, value] of Object.entries(isJsonMap(record) ? record : {})) {
    if (name === 'station' || name === 'time') continue
    const channel = channelOf(member(tables.values, name), TYPE)
    if (!channel) notice(`Column ${name.slice(0, 60)} is not mapped`)
    const attribute = channel && reading(channel, value, { observedAt, doubt })
    if (channel && attribute) observed[channel.attribute] = attribute
  }
  return [
    {
      ...described(station),
      ...factsOf(station),
      stationCode: property(code),
      ...alarmsOf(member(station, 'alarms'), observed.waterLevel, observedAt),
      ...observed,
      id: iriOf(TYPE, variables.city ?? '', code),
      type: TYPE,
    },
  ]
}

/** An alarm stands from its level on; above the highest is an alarm of its own. */
function alarmsOf(given: Json | undefined, level: JsonMap | undefined, observedAt: string): JsonMap {
  if (given === undefined) return {}
  const alarms: readonly Json[] = Array.isArray(given) ? given : []
  const limits = alarms.filter((limit) => typeof limit === 'number')
  if (limits.length !== 3) throw unmapped('Table of the feed has not three levels of alarm for the station')
  const value = level?.value
  const reached = typeof value === 'number' ? limits.filter((limit) => value >= limit).length : 0
  const isAbove = typeof value === 'number' && value > (limits[2] ?? 0)
  return {
    ...Object.fromEntries(
      limits.map((limit, at) => [`alarmLevel${at + 1}`, property(limit, { unitCode: 'MTR' })]),
    ),
    ...(typeof value === 'number' && {
      alarmLevel: property(isAbove ? 'aboveAlarm3' : (ALARMS[reached] ?? 'none'), { observedAt }),
    }),
  }
}
