import { DATE, DATE_TIME, IRI } from '../patterns.ts'
import type { Facets, Kind, TypeDefinition, Vocabulary } from '../vocabulary.ts'
import { type Graph, iri, type Statements, type Term, texts } from './graph.ts'
import { graphPrefixes, termName } from './prefixes.ts'
import { GEOMETRIES } from './source-schema.ts'
import { type AttributeRule, attributeRules, definitionOf, ruleName, subRuleName } from './uses.ts'

const VALUE_PROPERTY = {
  Property: 'ngsi-ld:hasValue',
  GeoProperty: 'ngsi-ld:hasValue',
  LanguageProperty: 'ngsi-ld:hasLanguageMap',
  Relationship: 'ngsi-ld:hasObject',
} as const satisfies Record<Kind, string>

/**
 * Answers the SHACL shapes of all types, for the RDF in which a hub answers entities: an attribute leads to a node with its
 * kind, `ngsi-ld:hasValue` and the like.
 */
export function writeShapes(vocabulary: Vocabulary): Graph {
  return {
    prefixes: graphPrefixes(vocabulary),
    subjects: [
      ...vocabulary.types.map((type) => [`shape:${type.name}`, typeShape(type, vocabulary)] as const),
      ...sharedShapes(vocabulary),
      ...attributeRules(vocabulary).map(
        (rule) => [shapeName(rule.name), ruleShape(rule, vocabulary)] as const,
      ),
    ],
  }
}

function typeShape(type: TypeDefinition, vocabulary: Vocabulary): Statements {
  return {
    a: iri('sh:NodeShape'),
    'rdfs:label': texts(type.label),
    'sh:targetClass': iri(termName(type.iri, vocabulary)),
    'sh:nodeKind': iri('sh:IRI'),
    'sh:pattern': type.idPattern === undefined ? [] : [{ text: type.idPattern }],
    'sh:property': type.attributes.map((use) => ({
      node: {
        'sh:path': iri(termName(use.iri, vocabulary)),
        'sh:minCount': use.cardinality.startsWith('1') ? [{ number: 1 }] : [],
        'sh:node': iri(shapeName(ruleName(use, type, vocabulary))),
      },
    })),
  }
}

/** A name of rules as a local name: `ServiceRequest.status` has a dot, which some readers of Turtle do not like. */
function shapeName(rule: string): string {
  return `shape:${rule.replace('.', '-')}`
}

function ruleShape(rule: AttributeRule, vocabulary: Vocabulary): Statements {
  const forms = rule.facets.kinds.map((kind) => kindShape(kind, rule, vocabulary))
  const [only] = forms
  if (forms.length === 1 && only) return { a: iri('sh:NodeShape'), ...only }
  return { a: iri('sh:NodeShape'), 'sh:or': [{ list: forms.map((node) => ({ node })) }] }
}

function kindShape(kind: Kind, rule: AttributeRule, vocabulary: Vocabulary): Statements {
  const { unit, subAttributes } = rule.definition
  const inside = Object.entries(subAttributes).map(([name, number]) => ({
    node: {
      'sh:path': iri(termName(definitionOf(name, vocabulary).iri, vocabulary)),
      'sh:minCount': number.startsWith('1') ? [{ number: 1 }] : [],
      'sh:node': iri(shapeName(subRuleName(name, number))),
    },
  }))
  return {
    'sh:property': [
      ...iri(`shape:kind-${kind}`),
      {
        node: {
          'sh:path': iri(VALUE_PROPERTY[kind]),
          'sh:minCount': [{ number: 1 }],
          'sh:maxCount': rule.many || kind === 'LanguageProperty' ? [] : [{ number: 1 }],
          ...valueConstraints(kind, rule, vocabulary),
        },
      },
      ...iri(kind === 'Property' && unit !== undefined ? `shape:unit-${unit}` : 'shape:no-unit'),
      ...inside,
    ],
  }
}

/** What many rules ask alike: the kind of attribute, and its unit. */
function sharedShapes({ units }: Vocabulary): Graph['subjects'] {
  const kinds = Object.keys(VALUE_PROPERTY).map(
    (kind) =>
      [`shape:kind-${kind}`, { 'sh:path': iri('rdf:type'), 'sh:hasValue': iri(`ngsi-ld:${kind}`) }] as const,
  )
  const codes = Object.keys(units).map(
    (code) =>
      [
        `shape:unit-${code}`,
        { 'sh:path': iri('ngsi-ld:unitCode'), 'sh:in': [{ list: [{ text: code }] }] },
      ] as const,
  )
  return [
    ...kinds,
    ...codes,
    ['shape:no-unit', { 'sh:path': iri('ngsi-ld:unitCode'), 'sh:maxCount': [{ number: 0 }] }],
  ]
}

function valueConstraints(kind: Kind, rule: AttributeRule, vocabulary: Vocabulary): Statements {
  switch (kind) {
    case 'Relationship':
      return { 'sh:nodeKind': iri('sh:IRI') }
    case 'LanguageProperty':
      return { 'sh:nodeKind': iri('sh:Literal') }
    case 'GeoProperty':
      return {
        'sh:datatype': iri('geo:wktLiteral'),
        'sh:pattern': [{ text: `^(${wktNames(rule.facets).join('|')}) ?[ZM(]` }],
      }
    case 'Property':
      return propertyConstraints(rule, vocabulary)
  }
}

function wktNames({ geometry = GEOMETRIES }: Facets): readonly string[] {
  return geometry.map((name) => name.toUpperCase())
}

function propertyConstraints({ facets, definition }: AttributeRule, { valueLists }: Vocabulary): Statements {
  const { values, minimum, maximum } = facets
  if (values !== undefined)
    return { 'sh:in': [{ list: Object.keys(valueLists[values] ?? {}).map((text) => ({ text })) }] }
  switch (definition.value) {
    case 'integer':
      return { 'sh:datatype': iri('xsd:integer'), ...within(minimum, maximum) }
    case 'number':
      return minimum === undefined && maximum === undefined ? anyNumber() : within(minimum, maximum)
    case 'boolean':
      return { 'sh:datatype': iri('xsd:boolean') }
    case 'uri':
      return text(IRI)
    case 'dateTime':
      return literal(DATE_TIME)
    case 'date':
      return literal(DATE)
    case 'object':
      return { 'sh:datatype': iri('rdf:JSON') }
    default:
      return { 'sh:datatype': iri('xsd:string'), 'sh:minLength': [{ number: 1 }] }
  }
}

/** Only numbers can be compared with these. */
function within(minimum: number | undefined, maximum: number | undefined): Statements {
  return {
    'sh:minInclusive': minimum === undefined ? [] : [{ number: minimum }],
    'sh:maxInclusive': maximum === undefined ? [] : [{ number: maximum }],
  }
}

/** JSON has one kind of number, RDF has several. */
function anyNumber(): Statements {
  const datatypes = ['xsd:integer', 'xsd:double', 'xsd:decimal']
  return { 'sh:or': [{ list: datatypes.map((name): Term => ({ node: { 'sh:datatype': iri(name) } })) }] }
}

/** A text, or a value that is typed as what it says. */
function literal(pattern: string): Statements {
  return { 'sh:nodeKind': iri('sh:Literal'), 'sh:pattern': [{ text: pattern }] }
}

function text(pattern: string): Statements {
  return { 'sh:datatype': iri('xsd:string'), 'sh:pattern': [{ text: pattern }] }
}
