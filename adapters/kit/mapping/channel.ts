import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { unitSpelled } from '../../../ontology/units.ts'
import { type AttributeDetails, point, property } from '../values/entity-document.ts'
import { RecordFault, unmapped } from '../values/fault.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../values/json.ts'
import { isNoValue, toNumber } from '../values/measure.ts'
import { ForeignValueFault, ownInstance, type Wanted } from './foreign-value.ts'

/** One value of a source (a field, a channel, an observed property), as a table of its feed says what it is here. */
export interface Channel {
  readonly type: string
  readonly attribute: string
  /** Unit of the source as it is spelled there; absent: the canonical one. */
  readonly unit?: string
  readonly factor?: number
  readonly offset?: number
  /** The value becomes a share: 0 at the first, 1 at the second, and no further. */
  readonly between?: readonly [number, number]
  /** What values of the source stand for. */
  readonly values?: JsonMap
}

/** Reads a row of a table as a channel; undefined: there is no such row. @throws RecordFault for a row that is none */
export function channelOf(row: Json | undefined, type?: string): Channel | undefined {
  if (row === undefined) return undefined
  const [own, attribute, unit] = ['type', 'attribute', 'unit'].map((name) => textMember(row, name))
  const of = own ?? type
  if (of === undefined || attribute === undefined)
    throw unmapped('Row of the table has no type and attribute')
  const [factor, offset, between, values] = ['factor', 'offset', 'between', 'values'].map((name) =>
    member(row, name),
  )
  return {
    type: of,
    attribute,
    ...(unit !== undefined && { unit }),
    ...(typeof factor === 'number' && { factor }),
    ...(typeof offset === 'number' && { offset }),
    ...(isRange(between) && { between }),
    ...(isJsonMap(values) && { values }),
  }
}

/**
 * Answers an attribute of ours with a value of a channel, in the canonical unit. Undefined where the source has no value; one that cannot
 * be true (not of the kind, the list or the range of the ontology) is told to `doubt`. @throws RecordFault where the ontology has no such attribute
 */
export function reading(
  channel: Channel,
  value: Json | undefined,
  { doubt, ...details }: AttributeDetails & { readonly doubt: (text: string) => void },
): JsonMap | undefined {
  const wanted = wantedOf(channel)
  try {
    const meant = meantBy(value, channel, wanted)
    if (meant === undefined) return undefined
    const instance = ownInstance(meant, wanted)
    checkRange(instance.value, wanted)
    const { observedAt, with: others } = details
    return { ...instance, ...(observedAt !== undefined && { observedAt }), ...others }
  } catch (error) {
    if (!(error instanceof ForeignValueFault) && !(error instanceof RecordFault)) throw error
    doubt(`${channel.attribute} ${error instanceof RecordFault ? 'is not a number' : error.message}`)
    return undefined
  }
}

/** Answers the name and the place of a thing, as a row of a table says them. */
export function described(row: Json | undefined): JsonMap {
  const [name, longitude, latitude] = ['name', 'longitude', 'latitude'].map((key) => member(row, key))
  return {
    ...(typeof name === 'string' && { name: property(name) }),
    ...(typeof longitude === 'number' &&
      typeof latitude === 'number' && { location: point(longitude, latitude) }),
  }
}

/** Answers the `facts` of a row: attributes of the thing that do not change. */
export function factsOf(row: Json | undefined): JsonMap {
  const facts = member(row, 'facts')
  return isJsonMap(facts)
    ? Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, property(fact)]))
    : {}
}

/** Cuts the noise of binary fractions. */
const SIGNIFICANT = 12

const known = new Map<string, Wanted>()

/** Answers what the ontology wants of an attribute; it is read when the first is asked for. @throws RecordFault where it has no such attribute */
export function wantedOf({ type, attribute, unit }: Channel): Wanted {
  const key = `${type} ${attribute} ${unit ?? ''}`
  const wanted = known.get(key) ?? lookedUp(type, attribute, unit)
  known.set(key, wanted)
  return wanted
}

function lookedUp(type: string, attribute: string, unit: string | undefined): Wanted {
  const { types, attributes, valueLists } = readOntology(packageRoot).vocabulary
  const use = types.find(({ name }) => name === type)?.attributes.find(({ name }) => name === attribute)
  const definition = attributes.find(({ name }) => name === attribute)
  if (!use || !definition)
    throw unmapped(`Table names ${type} ${attribute}, which the ontology does not have`)
  const list = use.values === undefined ? undefined : valueLists[use.values]
  const unitCode = unit === undefined ? definition.unit : unitSpelled(unit)?.code
  if (unit !== undefined && (unitCode === undefined || unitCode === ''))
    throw unmapped(`Unit ${unit.slice(0, 20)} of the table is not known`)
  return { use, definition, ...(list && { list }), ...(unitCode !== undefined && { unitCode }) }
}

function meantBy(
  value: Json | undefined,
  { factor = 1, offset = 0, between, values }: Channel,
  { definition }: Wanted,
): Json | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && isNoValue(value)) return undefined
  if (values && typeof value !== 'object') {
    const meant = member(values, String(value))
    if (meant === undefined) throw new ForeignValueFault('has a value that the table does not have')
    return meant
  }
  const wantsNumber = definition.value === 'number' || definition.value === 'integer'
  const given = wantsNumber && typeof value === 'string' ? toNumber(value) : value
  if (typeof given !== 'number') return given
  const scaled = given * factor + offset
  return between ? shareOf(scaled, between) : Number(scaled.toPrecision(SIGNIFICANT))
}

/** Four digits are more than any battery or tank tells. */
function shareOf(value: number, [empty, full]: readonly [number, number]): number {
  return Number(Math.min(1, Math.max(0, (value - empty) / (full - empty))).toPrecision(4))
}

function checkRange(value: Json | undefined, { use }: Wanted): void {
  if (typeof value !== 'number') return
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = use
  if (value < minimum || value > maximum) throw new ForeignValueFault('is out of its range')
}

function isRange(value: Json | undefined): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number')
}
