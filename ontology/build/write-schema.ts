import { DATE_TIME, IRI, LANGUAGE_TAG } from '../patterns.ts'
import type {
  AttributeDefinition,
  Facets,
  JsonObject,
  JsonValue,
  Kind,
  TypeDefinition,
  Vocabulary,
} from '../vocabulary.ts'
import { GEOMETRIES } from './source-schema.ts'
import { type AttributeRule, attributeRules, ruleName, subRuleName } from './uses.ts'
import { exampleEntity } from './write-example.ts'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'
const ATTRIBUTES = 'attributes.json'

const VALUE_MEMBER = {
  Property: 'value',
  GeoProperty: 'value',
  LanguageProperty: 'languageMap',
  Relationship: 'object',
} as const satisfies Record<Kind, string>

/** What every schema needs: members of entities and instances, forms of attributes, and geometries. */
const SHARED: JsonObject = {
  iri: { type: 'string', pattern: IRI },
  dateTime: { type: 'string', pattern: DATE_TIME, format: 'date-time' },
  position: { type: 'array', prefixItems: [degrees(180), degrees(90)], minItems: 2, maxItems: 3 },
  scope: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
  languages: {
    type: 'object',
    minProperties: 1,
    propertyNames: { pattern: LANGUAGE_TAG },
    additionalProperties: {
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
      ],
    },
  },
  isInstance: { type: 'object', not: { required: ['coordinates'] } },
  areInstances: { type: 'array', minItems: 1, items: { type: 'object' } },
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
}

/**
 * Answers the JSON Schema (2020-12) of each type by file name, normalized form; what concise leaves out may be left out.
 * What types share, and what they narrow, stands once in `attributes.json`.
 */
export function writeSchemas(vocabulary: Vocabulary): ReadonlyMap<string, JsonObject> {
  const lists = Object.entries(vocabulary.valueLists).map(([name, list]) => [
    name,
    { enum: Object.keys(list) },
  ])
  const rules = attributeRules(vocabulary).map((rule) => attributeSchemas(rule, vocabulary))
  const attributes = {
    $schema: DIALECT,
    $id: idOf(ATTRIBUTES, vocabulary),
    $defs: Object.assign({ ...SHARED, ...Object.fromEntries(lists) }, ...rules),
  }
  const types = vocabulary.types.map((type) => [`${type.name}.json`, typeSchema(type, vocabulary)] as const)
  return new Map([[ATTRIBUTES, attributes], ...types])
}

function typeSchema(type: TypeDefinition, vocabulary: Vocabulary): JsonObject {
  const required = type.attributes
    .filter(({ cardinality }) => cardinality.startsWith('1'))
    .map(({ name }) => name)
  const time = shared('dateTime')
  return {
    $schema: DIALECT,
    $id: idOf(`${type.name}.json`, vocabulary),
    title: type.label.en,
    description: `${type.definition.en} / ${type.definition.vi}`,
    ...(type.deprecated !== undefined && { deprecated: true }),
    type: 'object',
    required: ['id', 'type', ...required],
    properties: {
      id: type.idPattern === undefined ? shared('iri') : { ...shared('iri'), pattern: type.idPattern },
      type: typeMember(type),
      scope: shared('scope'),
      expiresAt: time,
      createdAt: time,
      modifiedAt: time,
      '@context': true,
      ...Object.fromEntries(
        type.attributes.map((use) => [use.name, shared(ruleName(use, type, vocabulary))]),
      ),
    },
    examples: [exampleEntity(type, vocabulary)],
  }
}

function shared(name: string): JsonObject {
  return { $ref: `${ATTRIBUTES}#/$defs/${name}` }
}

function idOf(file: string, { namespace, version }: Vocabulary): string {
  return `${namespace}${version}/schemas/${file}`
}

function typeMember({ name, iri: full }: TypeDefinition): JsonObject {
  const names = { enum: [name, full] }
  return { anyOf: [names, { type: 'array', items: { type: 'string' }, contains: names, uniqueItems: true }] }
}

/** One attribute: an instance, several with a datasetId each, or a bare value where concise allows one. */
function attributeSchemas(rule: AttributeRule, vocabulary: Vocabulary): JsonObject {
  const { name, facets } = rule
  const forms = facets.kinds.map((kind) => instanceSchema(kind, rule, vocabulary))
  const one = { $ref: `#/$defs/${name}.instance` }
  const severalOrBare = choose({ $ref: '#/$defs/areInstances' }, { items: one }, bareSchema(rule, vocabulary))
  return {
    [name]: {
      title: facets.label.en,
      description: `${facets.definition.en} / ${facets.definition.vi}`,
      ...(facets.deprecated !== undefined && { deprecated: true }),
      ...choose({ $ref: '#/$defs/isInstance' }, one, severalOrBare),
    },
    [`${name}.instance`]: forms.length === 1 && forms[0] ? forms[0] : { anyOf: forms },
  }
}

function choose(test: JsonObject, yes: JsonValue, no: JsonValue): JsonObject {
  return Object.fromEntries([
    ['if', test],
    ['then', yes],
    ['else', no],
  ])
}

function instanceSchema(kind: Kind, rule: AttributeRule, vocabulary: Vocabulary): JsonObject {
  const { unit, subAttributes } = rule.definition
  const inside = Object.entries(subAttributes)
  const member = VALUE_MEMBER[kind]
  return {
    $ref: '#/$defs/instance',
    required: [member, ...inside.filter(([, number]) => number.startsWith('1')).map(([name]) => name)],
    properties: {
      type: { const: kind },
      [member]: valueSchema(kind, rule, vocabulary),
      unitCode: kind === 'Property' && unit !== undefined ? { const: unit } : false,
      ...Object.fromEntries(
        inside.map(([name, number]) => [name, { $ref: `#/$defs/${subRuleName(name, number)}` }]),
      ),
    },
  }
}

function bareSchema(rule: AttributeRule, vocabulary: Vocabulary): JsonValue {
  const { value, subAttributes } = rule.definition
  const kind = rule.facets.kinds.find((one) => one === 'Property' || one === 'GeoProperty')
  const needs = Object.values(subAttributes).some((number) => number.startsWith('1'))
  return kind === undefined || value === 'object' || needs ? false : valueSchema(kind, rule, vocabulary)
}

function valueSchema(kind: Kind, rule: AttributeRule, vocabulary: Vocabulary): JsonObject {
  const one = oneValue(kind, rule, vocabulary)
  if (!rule.many || kind === 'LanguageProperty' || kind === 'GeoProperty') return one
  return choose({ type: 'array' }, { type: 'array', minItems: 1, items: one }, one)
}

function oneValue(kind: Kind, { facets, definition }: AttributeRule, vocabulary: Vocabulary): JsonObject {
  switch (kind) {
    case 'Relationship':
      return { $ref: '#/$defs/iri' }
    case 'LanguageProperty':
      return { $ref: '#/$defs/languages' }
    case 'GeoProperty':
      return geometrySchema(facets.geometry ?? GEOMETRIES)
    case 'Property':
      return propertyValue(facets, definition, vocabulary)
  }
}

function propertyValue(
  { values, minimum, maximum }: Facets,
  { value, shape }: AttributeDefinition,
  { shapes }: Vocabulary,
): JsonObject {
  if (values !== undefined) return { $ref: `#/$defs/${values}` }
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
      return shapeSchema(shapes[shape ?? ''] ?? {})
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
