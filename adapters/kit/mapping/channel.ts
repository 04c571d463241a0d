import { type AttributeDetails, point, property } from '../values/entity-document.ts'
import { unmapped } from '../values/fault.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../values/json.ts'
import { ForeignValueFault } from './foreign-value.ts'
import { sourceInstance, type ValueForm } from './source-value.ts'
import { type NamedValue, wantedOf } from './wanted.ts'

/** One value of a source (a field, a channel, an observed property), as a table of its feed says what it is here. */
export interface Channel extends NamedValue, ValueForm {}

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
  { doubt, observedAt, with: others }: AttributeDetails & { readonly doubt: (text: string) => void },
): JsonMap | undefined {
  const wanted = wantedOf(channel)
  try {
    const instance = sourceInstance(value, wanted, channel)
    return instance && Object.assign({}, instance, observedAt !== undefined && { observedAt }, others)
  } catch (error) {
    if (!(error instanceof ForeignValueFault)) throw error
    doubt(`${channel.attribute} ${error.message}`)
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

function isRange(value: Json | undefined): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number')
}
