import { DATE, DATE_TIME, IRI } from '../../ontology/patterns.ts'
import type { AttributeDefinition, Cardinality, Facets, Vocabulary } from '../../ontology/vocabulary.ts'
import type { AttributeRules, TypeRules, ValueRule } from '../core/validation/type-rules.ts'

const ANY_GEOMETRY: readonly string[] = [
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
]

const PATTERNS = { uri: new RegExp(IRI), dateTime: new RegExp(DATE_TIME), date: new RegExp(DATE) } as const

/** Turns what the ontology states of a type into rules that entities are judged by. */
export function typeRules(iri: string, vocabulary: Vocabulary): TypeRules {
  const type = vocabulary.types.find((one) => one.iri === iri)
  const definitions = new Map(vocabulary.attributes.map((attribute) => [attribute.name, attribute]))
  const attributes = (type?.attributes ?? []).flatMap((use) => {
    const definition = definitions.get(use.name)
    return definition
      ? [[use.iri, attributeRules(use, definition, use.cardinality, { vocabulary, definitions })] as const]
      : []
  })
  return {
    name: type?.name ?? iri,
    ...(type?.idPattern !== undefined && { idPattern: new RegExp(type.idPattern) }),
    attributes: new Map(attributes),
  }
}

/** What rules are made from. */
interface Basis {
  readonly vocabulary: Vocabulary
  readonly definitions: ReadonlyMap<string, AttributeDefinition>
}

function attributeRules(
  facets: Facets,
  definition: AttributeDefinition,
  number: Cardinality,
  basis: Basis,
): AttributeRules {
  const inside = Object.entries(definition.subAttributes).flatMap(([name, inner]) => {
    const sub = basis.definitions.get(name)
    return sub ? [[sub.iri, attributeRules(sub, sub, inner, basis)] as const] : []
  })
  const value = valueRule(facets, definition, basis.vocabulary)
  return {
    name: definition.name,
    kinds: facets.kinds,
    ...(value && { value }),
    many: number.endsWith('n'),
    required: number.startsWith('1'),
    ...(definition.unit !== undefined && { unit: definition.unit }),
    inside: new Map(inside),
  }
}

function valueRule(
  { values, minimum, maximum, geometry = ANY_GEOMETRY }: Facets,
  { value, shape }: AttributeDefinition,
  { valueLists, shapes }: Vocabulary,
): ValueRule | undefined {
  if (values !== undefined)
    return { is: 'listed', list: values, values: new Set(Object.keys(valueLists[values] ?? {})) }
  switch (value) {
    case 'number':
    case 'integer':
      return {
        is: 'number',
        whole: value === 'integer',
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      }
    case 'boolean':
      return { is: 'boolean' }
    case 'uri':
      return { is: 'text', pattern: PATTERNS.uri }
    case 'dateTime':
      return { is: 'time', pattern: PATTERNS.dateTime, type: 'DateTime' }
    case 'date':
      return { is: 'time', pattern: PATTERNS.date, type: 'Date' }
    case 'object':
      return { is: 'object', members: new Map(Object.entries(shapes[shape ?? ''] ?? {})) }
    case 'geometry':
      return { is: 'geometry', types: new Set(geometry) }
    case 'string':
      return { is: 'text' }
    default:
      return undefined
  }
}
