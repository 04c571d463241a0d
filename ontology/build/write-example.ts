import type {
  AttributeDefinition,
  Facets,
  JsonObject,
  JsonValue,
  Kind,
  TypeDefinition,
  Vocabulary,
} from '../vocabulary.ts'
import { definitionOf } from './uses.ts'

const INSTANT = '2025-11-15T08:30:00Z'
const DAY = '2025-11-15'
/** A place in the city of Thái Nguyên. */
const [LONGITUDE, LATITUDE] = [105.8442, 21.5942]

/** Answers an entity of a type with all that it declares and that is not out of use; no person is behind it. */
export function exampleEntity(type: TypeDefinition, vocabulary: Vocabulary): JsonObject {
  const attributes = type.attributes
    .filter(({ deprecated }) => deprecated === undefined)
    .map((use) => [use.name, instance(use, definitionOf(use.name, vocabulary), vocabulary)] as const)
  return {
    id: exampleId(type),
    type: type.name,
    ...Object.fromEntries(attributes),
    '@context': vocabulary.contextUrl,
  }
}

function exampleId({ name, idExample }: TypeDefinition): string {
  return idExample ?? `urn:ngsi-ld:${name}:thai-nguyen:1`
}

function instance(facets: Facets, definition: AttributeDefinition, vocabulary: Vocabulary): JsonObject {
  const [kind = 'Property'] = facets.kinds
  const { unit, subAttributes } = definition
  const needed = Object.keys(subAttributes).filter((name) => subAttributes[name]?.startsWith('1'))
  return {
    type: kind,
    ...valueMember(kind, facets, definition, vocabulary),
    ...(kind === 'Property' && unit !== undefined && { unitCode: unit }),
    ...(facets.retention === 'observation' && kind === 'Property' && { observedAt: INSTANT }),
    ...Object.fromEntries(
      needed.map((name) => {
        const inner = definitionOf(name, vocabulary)
        return [name, instance(inner, inner, vocabulary)]
      }),
    ),
  }
}

function valueMember(
  kind: Kind,
  facets: Facets,
  definition: AttributeDefinition,
  vocabulary: Vocabulary,
): JsonObject {
  const { example = definition.example, label, target, geometry } = facets
  switch (kind) {
    case 'Relationship':
      return { object: example ?? targetId(target?.[0], vocabulary) }
    case 'LanguageProperty':
      return {
        languageMap: typeof example === 'object' && example ? example : { vi: label.vi, en: label.en },
      }
    case 'GeoProperty':
      return { value: example ?? geometryOf(geometry?.[0] ?? 'Point') }
    case 'Property':
      return { value: example ?? propertyValue(facets, definition, vocabulary) }
  }
}

function targetId(target: string | undefined, { types }: Vocabulary): string {
  const type = types.find(({ name }) => name === target)
  return type ? exampleId(type) : 'urn:ngsi-ld:Thing:1'
}

function propertyValue(
  { values, minimum, maximum, label }: Facets,
  { value, shape, name }: AttributeDefinition,
  { valueLists, shapes }: Vocabulary,
): JsonValue {
  if (values !== undefined) return firstInUse(valueLists[values] ?? {})
  switch (value) {
    case 'number':
    case 'integer':
      return numberWithin(minimum, maximum, value === 'integer')
    case 'boolean':
      return true
    case 'uri':
      return `https://data.example/${name}`
    case 'dateTime':
      return INSTANT
    case 'date':
      return DAY
    case 'object':
      return Object.fromEntries(
        Object.entries(shapes[shape ?? ''] ?? {}).map(([member, type]) => [member, memberOf(member, type)]),
      )
    default:
      return label.vi
  }
}

function firstInUse(list: Vocabulary['valueLists'][string]): string {
  const names = Object.keys(list)
  return names.find((name) => list[name]?.deprecated === undefined) ?? names[0] ?? ''
}

function numberWithin(minimum = -1e6, maximum = 1e6, whole: boolean): number {
  const usual = whole ? 12 : 42.5
  if (minimum <= usual && usual <= maximum) return usual
  const middle = (minimum + maximum) / 2
  return whole ? Math.round(middle) : middle
}

function memberOf(member: string, type: string): JsonValue {
  if (type === 'string') return member
  return type === 'boolean' ? true : 1
}

function geometryOf(type: string): JsonObject {
  const point = [LONGITUDE, LATITUDE]
  const line = [point, [LONGITUDE + 0.01, LATITUDE], [LONGITUDE + 0.01, LATITUDE + 0.01]]
  const coordinates: Readonly<Record<string, JsonValue>> = {
    Point: point,
    MultiPoint: line,
    LineString: line,
    MultiLineString: [line],
    Polygon: [[...line, point]],
    MultiPolygon: [[[...line, point]]],
  }
  return { type, coordinates: coordinates[type] ?? point }
}
