import { channelOf, described, factsOf, reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { type EntityDocument, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { defined, isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

const MEMBERS = new Set(['cabinet', 't', 'V', 'I', 'kWh', 'hz', 'on', 'groups', 'lamps'])
const PHASES = ['L1', 'L2', 'L3'] as const

/** No public lighting has more: what is beyond was not measured. */
const MOST = { V: 1000, I: 2000 } as const

/** A message of a cabinet while it is mapped. */
interface Message {
  readonly record: Json
  readonly cabinet: string
  readonly observedAt: string
  readonly context: MapContext
}

/** Turns the message of a cabinet into the cabinet, its groups and its lamps. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const [key, time] = [textMember(record, 'cabinet'), textMember(record, 't')]
  const listed = key === undefined ? undefined : member(context.tables.cabinets, key)
  if (key === undefined || listed === undefined) throw unmapped('Cabinet is not in the table of the feed')
  if (time === undefined) throw unmapped('Record has no time')
  const message = { record, cabinet: key, observedAt: toUtc(time), context }
  for (const name of Object.keys(record ?? {}).filter((name) => !MEMBERS.has(name)))
    context.notice(`Member ${name.slice(0, 40)} is not known`)
  return [
    cabinetOf(message, listed),
    ...listOf(record, 'groups', context).map((group) => groupOf(group, message)),
    ...listOf(record, 'lamps', context).map((lamp) => lampOf(lamp, message)),
  ]
}

function cabinetOf(message: Message, listed: Json): EntityDocument {
  const { record, cabinet, observedAt, context } = message
  return {
    ...described(listed),
    ...factsOf(listed),
    ...(defined({
      phaseVoltage: phases(message, 'V', 'VLT'),
      current: phases(message, 'I', 'AMP'),
      energyConsumed: valueNamed(record, 'kWh', message),
      frequency: valueNamed(record, 'hz', message),
      powerState: powerState(record, observedAt),
    }) as JsonMap), // what is undefined was left out
    id: iriOf('StreetlightControlCabinet', context.variables.city ?? '', cabinet),
    type: 'StreetlightControlCabinet',
  }
}

function groupOf(group: Json, message: Message): EntityDocument {
  const type = 'StreetlightGroup'
  return {
    ...(defined({
      powerState: powerState(group, message.observedAt),
      illuminanceLevel: valueNamed(group, 'dim', message),
    }) as JsonMap), // as above
    ...belongs(group, message),
    id: ownId(type, group, message),
    type,
  }
}

function lampOf(lamp: Json, message: Message): EntityDocument {
  const [type, group] = ['Streetlight', textMember(lamp, 'group')]
  const listed = member(message.context.tables.lamps, `${message.cabinet}:${textMember(lamp, 'id') ?? ''}`)
  return {
    ...described(listed),
    ...factsOf(listed),
    ...(defined({
      status: valueNamed(lamp, 'status', message),
      powerState: powerState(lamp, message.observedAt),
      powerConsumption: valueNamed(lamp, 'power', message),
      illuminanceLevel: valueNamed(lamp, 'dim', message),
      refStreetlightGroup:
        group === undefined ? undefined : link(ownId('StreetlightGroup', { id: group }, message)),
    }) as JsonMap), // as above
    ...belongs(lamp, message),
    id: ownId(type, lamp, message),
    type,
  }
}

/** Numbers of groups and lamps are good within their cabinet only. */
function ownId(type: string, of: Json, { cabinet, context }: Message): string {
  return iriOf(type, context.variables.city ?? '', cabinet, textMember(of, 'id') ?? '')
}

function belongs(of: Json, { cabinet, context }: Message): JsonMap {
  const circuit = textMember(of, 'circuit')
  return {
    ...(circuit !== undefined && { circuit: property(circuit) }),
    refStreetlightControlCabinet: link(
      iriOf('StreetlightControlCabinet', context.variables.city ?? '', cabinet),
    ),
  }
}

function link(object: string): JsonMap {
  return { type: 'Relationship', object }
}

function valueNamed(of: Json, name: string, { observedAt, context }: Message): JsonMap | undefined {
  const channel = channelOf(member(context.tables.values, name))
  return channel && reading(channel, member(of, name), { observedAt, doubt: context.doubt })
}

function powerState(of: Json, observedAt: string): JsonMap | undefined {
  const on = member(of, 'on')
  return typeof on === 'boolean' ? property(on ? 'on' : 'off', { observedAt }) : undefined
}

/** A phase that has no number, or one that no network has, is left out; the others stand. */
function phases(
  { record, observedAt, context }: Message,
  name: keyof typeof MOST,
  unitCode: string,
): JsonMap | undefined {
  const values = member(record, name)
  if (values === undefined || values === null) return undefined
  if (!Array.isArray(values) || values.length !== PHASES.length) {
    context.doubt(`${name} is not of three phases`)
    return undefined
  }
  const good = PHASES.flatMap((phase, at) => {
    const value: Json = values[at] ?? null
    if (typeof value === 'number' && value >= 0 && value <= MOST[name]) return [[phase, value] as const]
    if (value !== null) context.doubt(`${name} of ${phase} is out of its range`)
    return []
  })
  return good.length > 0 ? property(Object.fromEntries(good), { observedAt, unitCode }) : undefined
}

function listOf(record: Json, name: string, { doubt }: MapContext): readonly Json[] {
  const list = member(record, name)
  if (list === undefined) return []
  if (!Array.isArray(list)) doubt(`${name} is not a list`)
  const all: readonly Json[] = Array.isArray(list) ? list : []
  const good = all.filter((item) => isJsonMap(item) && textMember(item, 'id') !== undefined)
  if (good.length < all.length) doubt(`${name} has one without an id`)
  return good
}
