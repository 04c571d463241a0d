import { channelOf, described, factsOf, reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { type EntityDocument, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

const TYPE = 'Streetlight'

/** Turns a device of a TALQ gateway that lights into a Streetlight, and a group into what its lamps belong to. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const address = textMember(record, 'address')
  if (address === undefined) throw unmapped('Record has no address')
  const [functions, members] = [member(record, 'functions'), member(record, 'members')]
  if (Array.isArray(members)) return groupOf(address, record, { members, context })
  if (!Array.isArray(functions)) throw unmapped('Record is neither a device nor a group of TALQ')
  return [lampOf(address, record, { functions, context })]
}

interface Device {
  readonly functions: readonly Json[]
  readonly context: MapContext
}

function lampOf(address: string, record: Json, device: Device): EntityDocument {
  const { functions, context } = device
  if (!functions.some((one) => /^Lamp/.test(textMember(one, 'type') ?? '')))
    throw unmapped('Device has no function of a lamp')
  const listed = member(context.tables.devices, address)
  const name = textMember(record, 'name')
  const observed = functions.flatMap((one) => valuesOf(one, device))
  return {
    ...(name !== undefined && { name: property(name) }),
    ...described(listed),
    ...factsOf(listed),
    ...Object.fromEntries(observed),
    ...powerState(Object.fromEntries(observed).illuminanceLevel),
    id: idOf(address, context),
    type: TYPE,
  }
}

/** Attributes of a function with what they become. */
function valuesOf(one: Json, { functions, context }: Device): readonly (readonly [string, JsonMap])[] {
  const { tables, doubt, notice } = context
  const type = textMember(one, 'type') ?? ''
  const ignored: readonly Json[] = Array.isArray(tables.ignore) ? tables.ignore : []
  if (ignored.includes(type) || !isJsonMap(one)) return []
  return Object.entries(one).flatMap(([name, given]) => {
    if (['id', 'type', 'functionId'].includes(name) || ignored.includes(`${type}.${name}`)) return []
    const channel = channelOf(member(member(tables.functions, type), name), TYPE)
    if (!channel) notice(`${type.slice(0, 40)} ${name.slice(0, 40)} is not in the table`)
    const observedAt = timeOf(given, functions, context)
    const attribute = channel && reading(channel, plain(given), { observedAt, doubt })
    return channel && attribute ? [[channel.attribute, attribute] as const] : []
  })
}

/** A value stands in `value`; a level of light is there as a number, or in an object. */
function plain(given: Json): Json | undefined {
  const value = member(given, 'value') ?? given
  return member(value, 'level') ?? value
}

/** The time of the value, else that of the clock of the device, else when it came. */
function timeOf(given: Json, functions: readonly Json[], { input }: MapContext): string {
  const clocks = functions.map((one) => member(member(one, 'currentTime'), 'value'))
  const times = [member(given, 'timestamp'), ...clocks, input.receivedAt]
  const time = times.find((one) => typeof one === 'string')
  if (typeof time !== 'string') throw unmapped('Record has no time, and it is not known when it came')
  return toUtc(time)
}

function powerState(light: JsonMap | undefined): JsonMap {
  const level = light?.value
  if (!light || typeof level !== 'number') return {}
  const state = level === 0 ? 'off' : level < 1 ? 'low' : 'on'
  const observedAt = textMember(light, 'observedAt')
  return { powerState: property(state, observedAt === undefined ? {} : { observedAt }) }
}

function groupOf(
  address: string,
  record: Json,
  { members, context }: { readonly members: readonly Json[]; readonly context: MapContext },
): readonly EntityDocument[] {
  const id = iriOf('StreetlightGroup', context.variables.city ?? '', address)
  const name = textMember(record, 'name')
  const devices = members.filter((one) => (textMember(one, 'resource') ?? 'devices') === 'devices')
  const addresses = devices.flatMap((one) => textMember(one, 'address') ?? [])
  return [
    { ...(name !== undefined && { name: property(name) }), id, type: 'StreetlightGroup' },
    ...addresses.map((one) => ({
      refStreetlightGroup: { type: 'Relationship', object: id },
      id: idOf(one, context),
      type: TYPE,
    })),
  ]
}

function idOf(address: string, { tables, variables }: MapContext): string {
  return iriOf(TYPE, variables.city ?? '', textMember(member(tables.devices, address), 'key') ?? address)
}
