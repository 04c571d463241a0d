import type {
  AttributeDefinition,
  AttributeUse,
  Facets,
  JsonObject,
  JsonValue,
  Kind,
  TypeDefinition,
  Vocabulary,
} from '../vocabulary.ts'
import { GEOMETRIES } from './source-schema.ts'

const DATE_TIME = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}([.,]\\d{1,6})?Z$'
const IRI = '^[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>"{}|\\\\^`]+$'
const LANGUAGE_TAG = '^(@none|[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)$'
const VALUE_MEMBER = {
  Property: 'value',
  GeoProperty: 'value',
  LanguageProperty: 'languageMap',
  Relationship: 'object',
} as const satisfies Record<Kind, string>

const dateTime = { type: 'string', pattern: DATE_TIME, format: 'date-time' } as const
const iri = { type: 'string', pattern: IRI } as const

/** What stands in every schema: members of entities and instances, and geometries. */
const SHARED = {
  iri,
  dateTime,
  position: { type: 'array', prefixItems: [degrees(180), degrees(90)], minItems: 2, maxItems: 3 },
  instance: {
    type: 'object',
    properties: {
      observedAt: { $ref: '#/$defs/dateTime' },
      expiresAt: { $ref: '#/$defs/dateTime' },
      createdAt: { $ref: '#/$defs/dateTime' },
      modifiedAt: { $ref: '#/$defs/dateTime' },
      datasetId: { $ref: '#/$defs/iri' },
    },
  },
} as const

/** Answers the JSON Schema (2020-12) of a type's normalized form; what concise leaves out may be left out. */
export function writeSchema(type: TypeDefinition, vocabulary: Vocabulary): JsonObject {
  const definitions = new Map(vocabulary.attributes.map((attribute) => [attribute.name, attribute]))
  const required = type.attributes
    .filter(({ cardinality }) => cardinality.startsWith('1'))
    .map(({ name }) => name)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `${vocabulary.namespace}${vocabulary.version}/schemas/${type.name}.json`,
    title: type.label.en,
    description: `${type.definition.en} / ${type.definition.vi}`,
    type: 'object',
    required: ['id', 'type', ...required],
    properties: {
      id: { ...iri, ...(type.idPattern !== undefined && { pattern: type.idPattern }) },
      type: typeMember(type),
      scope: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
      expiresAt: { $ref: '#/$defs/dateTime' },
      createdAt: { $ref: '#/$defs/dateTime' },
      modifiedAt: { $ref: '#/$defs/dateTime' },
      '@context': true,
      ...Object.fromEntries(
        type.attributes.map((use) => [use.name, attributeSchema(use, definitions, vocabulary)]),
      ),
    },
    $defs: SHARED,
  }
}

function typeMember({ name, iri: full }: TypeDefinition): JsonObject {
  const names = { enum: [name, full] }
  return { anyOf: [names, { type: 'array', items: { type: 'string' }, contains: names, uniqueItems: true }] }
}

type Definitions = ReadonlyMap<string, AttributeDefinition>

/** One attribute while its schema is written. */
interface Writing {
  readonly facets: Facets
  readonly definition: AttributeDefinition
  /** May it have several values? */
  readonly many: boolean
  readonly vocabulary: Vocabulary
  readonly sub: SubSchemas
}

interface SubSchemas {
  readonly required: readonly string[]
  readonly properties: JsonObject
}

function attributeSchema(use: AttributeUse, definitions: Definitions, vocabulary: Vocabulary): JsonObject {
  const definition = defined(use.name, definitions)
  const sub = subSchemas(definition, definitions, vocabulary)
  return {
    title: use.label.en,
    description: `${use.definition.en} / ${use.definition.vi}`,
    ...instances({ facets: use, definition, many: use.cardinality.endsWith('n'), vocabulary, sub }),
  }
}

function subSchemas(
  { subAttributes }: AttributeDefinition,
  definitions: Definitions,
  vocabulary: Vocabulary,
): SubSchemas {
  const entries = Object.entries(subAttributes).map(([name, cardinality]) => {
    const definition = defined(name, definitions)
    const none = { required: [], properties: {} }
    const many = cardinality.endsWith('n')
    return [name, instances({ facets: definition, definition, many, vocabulary, sub: none })] as const
  })
  const required = Object.keys(subAttributes).filter((name) => subAttributes[name]?.startsWith('1'))
  return { required, properties: Object.fromEntries(entries) }
}

function defined(name: string, definitions: Definitions): AttributeDefinition {
  const definition = definitions.get(name)
  if (!definition) throw new Error(`Attribute ${name} is not defined`)
  return definition
}

/** One instance, or several with a datasetId each; a bare value where concise allows one. */
function instances(writing: Writing): JsonObject {
  const forms = writing.facets.kinds.map((kind) => instanceSchema(kind, writing))
  const [only] = forms
  const one: JsonObject = forms.length === 1 && only ? only : { anyOf: forms }
  const isInstance = { type: 'object', not: { required: ['coordinates'] } }
  const areInstances = { type: 'array', items: { type: 'object' } }
  const several = { type: 'array', minItems: 1, items: one }
  return choose(isInstance, one, choose(areInstances, several, bareSchema(writing)))
}

function choose(test: JsonObject, yes: JsonValue, no: JsonValue): JsonObject {
  return Object.fromEntries([
    ['if', test],
    ['then', yes],
    ['else', no],
  ])
}

function instanceSchema(kind: Kind, writing: Writing): JsonObject {
  const { definition, sub } = writing
  const member = VALUE_MEMBER[kind]
  return {
    $ref: '#/$defs/instance',
    required: [member, ...sub.required],
    properties: {
      type: { const: kind },
      [member]: valueSchema(kind, writing),
      unitCode: kind === 'Property' && definition.unit !== undefined ? { const: definition.unit } : false,
      ...sub.properties,
    },
  }
}

function bareSchema(writing: Writing): JsonValue {
  const { facets, definition, sub } = writing
  const kind = facets.kinds.find((one) => one === 'Property' || one === 'GeoProperty')
  if (kind === undefined || definition.value === 'object' || sub.required.length > 0) return false
  return valueSchema(kind, writing)
}

function valueSchema(kind: Kind, writing: Writing): JsonObject {
  const one = oneValue(kind, writing)
  if (!writing.many || kind === 'LanguageProperty' || kind === 'GeoProperty') return one
  return choose({ type: 'array' }, { type: 'array', minItems: 1, items: one }, one)
}

function oneValue(kind: Kind, { facets, definition, vocabulary }: Writing): JsonObject {
  switch (kind) {
    case 'Relationship':
      return { $ref: '#/$defs/iri' }
    case 'LanguageProperty':
      return languageMap()
    case 'GeoProperty':
      return geometrySchema(facets.geometry ?? GEOMETRIES)
    case 'Property':
      return propertyValue(facets, definition, vocabulary)
  }
}

function languageMap(): JsonObject {
  const text = { type: 'string', minLength: 1 }
  return {
    type: 'object',
    minProperties: 1,
    propertyNames: { pattern: LANGUAGE_TAG },
    additionalProperties: { anyOf: [text, { type: 'array', minItems: 1, items: text }] },
  }
}

function propertyValue(
  facets: Facets,
  { value, shape }: AttributeDefinition,
  vocabulary: Vocabulary,
): JsonObject {
  const { values, minimum, maximum } = facets
  if (values !== undefined) return { enum: Object.keys(vocabulary.valueLists[values] ?? {}) }
  switch (value) {
    case 'number':
    case 'integer':
      return {
        type: value,
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      }
    case 'boolean':
      return { type: 'boolean' }
    case 'uri':
      return { $ref: '#/$defs/iri' }
    case 'dateTime':
      return typedOrText('DateTime', { $ref: '#/$defs/dateTime' })
    case 'date':
      return typedOrText('Date', { type: 'string', format: 'date' })
    case 'object':
      return shapeSchema(vocabulary.shapes[shape ?? ''] ?? {})
    default:
      return { type: 'string', minLength: 1 }
  }
}

/** A time as a text, or as a typed value of JSON-LD (CIM 009 v1.9.1, 4.6.3). */
function typedOrText(type: string, text: JsonObject): JsonObject {
  const typed = { required: ['@type', '@value'], properties: { '@type': { const: type }, '@value': text } }
  return choose({ type: 'object' }, typed, text)
}

function shapeSchema(shape: Readonly<Record<string, string>>): JsonObject {
  const members = Object.entries(shape).map(([name, type]) => [name, { type }] as const)
  return {
    type: 'object',
    minProperties: 1,
    properties: { type: { type: 'string' }, ...Object.fromEntries(members) },
  }
}

function geometrySchema(types: readonly string[]): JsonObject {
  const pointOnly = { properties: { coordinates: { $ref: '#/$defs/position' } } }
  return {
    type: 'object',
    required: ['type', 'coordinates'],
    properties: { type: { enum: types }, coordinates: { type: 'array', minItems: 1 } },
    ...choose({ properties: { type: { const: 'Point' } } }, pointOnly, true),
  }
}

function degrees(most: number): JsonObject {
  return { type: 'number', minimum: -most, maximum: most }
}
