import { unitOf } from '../../../ontology/units.ts'
import type { AttributeDefinition } from '../../../ontology/vocabulary.ts'
import { property } from '../values/entity-document.ts'
import { RecordFault } from '../values/fault.ts'
import { fieldKey } from '../values/field-key.ts'
import { isJsonMap, type Json, type JsonMap, member } from '../values/json.ts'
import { toUtc } from '../values/local-time.ts'
import { toNumber } from '../values/measure.ts'
import { convertGas } from '../values/units.ts'
import type { ValueList, Wanted } from './wanted.ts'

/** A value of another vocabulary that cannot be what ours asks for. */
export class ForeignValueFault extends Error {}

const IRI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+$/

/** Answers an instance of ours with a value of another vocabulary. @throws ForeignValueFault with what is wrong with it */
export function ownInstance(value: Json, wanted: Wanted): JsonMap {
  const { kinds } = wanted.use
  if (isLanguageMap(value) && kinds.includes('LanguageProperty'))
    return { type: 'LanguageProperty', languageMap: value }
  if (kinds.includes('Property')) return ownProperty(value, wanted)
  if (kinds.includes('Relationship')) return { type: 'Relationship', object: each(value, wanted, iriOf) }
  if (kinds.includes('GeoProperty')) return { type: 'GeoProperty', value: geometryOf(value) }
  if (typeof value === 'string') return { type: 'LanguageProperty', languageMap: { vi: value } }
  throw new ForeignValueFault('is not a text')
}

function ownProperty(value: Json, wanted: Wanted): JsonMap {
  const { unit } = wanted.definition
  const own = each(value, wanted, ownValue)
  return property(own, wanted.unitCode !== undefined && unit !== undefined ? { unitCode: unit } : {})
}

/** An array stands for several values; one alone stands for itself where there may be one only. */
function each(value: Json, wanted: Wanted, own: (value: Json, wanted: Wanted) => Json): Json {
  if (!Array.isArray(value)) return own(value, wanted)
  const all = value.map((item: Json) => own(item, wanted))
  const [only] = all
  return all.length === 1 && only !== undefined && !wanted.use.cardinality.endsWith('n') ? only : all
}

function ownValue(value: Json, wanted: Wanted): Json {
  const { definition, list } = wanted
  if (list) return listed(value, list)
  switch (definition.value) {
    case 'number':
    case 'integer':
      return inRange(inUnit(numberOf(value), wanted), wanted)
    case 'boolean':
      return booleanOf(value)
    case 'uri':
      return iriOf(value)
    case 'dateTime':
      return timeOf(timeText(value))
    case 'date':
      return timeOf(`${timeText(value).slice(0, 10)}T00:00:00Z`).slice(0, 10)
    case 'object':
      return objectOf(value, definition)
    default:
      return textOf(value)
  }
}

function listed(value: Json, list: ValueList): string {
  const name = nameInList(textOf(value), list)
  if (name === undefined) throw new ForeignValueFault('has a value that is not of its list')
  return name
}

/** Answers the value of a list that a text is, or that it names in a language or another vocabulary, whatever its case and marks. */
export function nameInList(text: string, list: ValueList): string | undefined {
  if (Object.hasOwn(list, text)) return text
  const key = fieldKey(text)
  const same = Object.entries(list).find(([name, { vi, en, synonyms = [] }]) =>
    [name, vi, en, ...synonyms].some((one) => fieldKey(one) === key),
  )
  return key === '' ? undefined : same?.[0]
}

function inUnit(value: number, { definition, unitCode }: Wanted): number {
  if (unitCode === undefined || definition.unit === undefined || unitCode === definition.unit) return value
  const [from, to] = [unitOf(unitCode), unitOf(definition.unit)]
  const converted = from && to && convertGas(value, { from, to, gas: definition.name })
  if (converted === undefined)
    throw new ForeignValueFault(`has a unit that is not converted to ${definition.unit}`)
  return converted
}

function inRange(value: number, { use: { minimum, maximum } }: Wanted): number {
  if ((minimum !== undefined && value < minimum) || (maximum !== undefined && value > maximum))
    throw new ForeignValueFault('is out of its range')
  return value
}

/** Reads a number, or a text that is one. @throws ForeignValueFault */
export function numberOf(value: Json): number {
  const number = typeof value === 'string' ? orFault('is not a number', () => toNumber(value)) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new ForeignValueFault('is not a number')
  return number
}

function timeOf(text: string): string {
  return orFault('is not a time', () => toUtc(text))
}

function orFault<T>(text: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error
    throw new ForeignValueFault(text)
  }
}

function booleanOf(value: Json): boolean {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw new ForeignValueFault('is neither true nor false')
}

function textOf(value: Json): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string' && value.trim() !== '') return value
  throw new ForeignValueFault('is not a text')
}

function iriOf(value: Json): string {
  if (typeof value !== 'string' || !IRI.test(value)) throw new ForeignValueFault('is not a URI')
  return value
}

/** A time as a text, or as a typed value of JSON-LD. */
export function timeText(value: Json | undefined): string {
  const text = member(value, '@value') ?? value
  if (typeof text !== 'string') throw new ForeignValueFault('is not a time')
  return text
}

/** An address in one line is the street of the one form that ours has. */
function objectOf(value: Json, { shape }: AttributeDefinition): JsonMap {
  if (shape === 'PostalAddress' && typeof value === 'string' && value.trim() !== '')
    return { streetAddress: value }
  if (!isJsonMap(value) || Object.keys(value).length === 0) throw new ForeignValueFault('is not an object')
  return value
}

function geometryOf(value: Json): JsonMap {
  if (!isJsonMap(value) || !Array.isArray(value.coordinates)) throw new ForeignValueFault('is not a geometry')
  if (!isOnEarth(value.coordinates)) throw new ForeignValueFault('has coordinates that are not on earth')
  return value
}

function isOnEarth(coordinates: readonly Json[]): boolean {
  if (coordinates.every((item) => Array.isArray(item))) return coordinates.every(isOnEarth)
  const [longitude, latitude] = coordinates
  if (typeof longitude !== 'number' || typeof latitude !== 'number') return false
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90
}

function isLanguageMap(value: Json): value is JsonMap {
  return (
    isJsonMap(value) &&
    Object.keys(value).length > 0 &&
    Object.keys(value).every((key) => /^[a-z]{2}$/.test(key))
  )
}
