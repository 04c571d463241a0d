import { unitOf } from '../units.ts'
import type {
  Alignment,
  AttributeDefinition,
  Life,
  ListedValue,
  TypeDefinition,
  Vocabulary,
} from '../vocabulary.ts'
import { type Graph, iri, type Statements, type Term, texts } from './graph.ts'
import { graphPrefixes, termName } from './prefixes.ts'

type Subject = Graph['subjects'][number]

/**
 * Answers the ontology in OWL. Attributes are object properties, since in NGSI-LD they lead to a node that carries value,
 * unit and time; so only terms of vocabularies that do the same are called equivalent, all others close.
 */
export function writeOntology(vocabulary: Vocabulary): Graph {
  const { types, attributes, valueLists, owners, retentionClasses } = vocabulary
  return {
    prefixes: graphPrefixes(vocabulary),
    subjects: [
      header(vocabulary),
      ...annotations(vocabulary),
      ...named('owner', owners, vocabulary),
      ...named('retention', retentionClasses, vocabulary),
      ...types.map((type) => classOf(type, vocabulary)),
      ...attributes.filter(({ core }) => !core).map((attribute) => propertyOf(attribute, vocabulary)),
      ...unitsIn(vocabulary),
      ...Object.entries(valueLists).flatMap(([name, list]) => scheme(name, list, vocabulary)),
    ],
  }
}

function header(vocabulary: Vocabulary): Subject {
  const { namespace, title, release, version } = vocabulary
  return [
    namespace,
    {
      a: iri('owl:Ontology'),
      'rdfs:label': texts(title),
      'owl:versionInfo': [{ text: release }],
      'owl:versionIRI': iri(`${namespace}${version}/`),
    },
  ]
}

/** What we say of terms and OWL has no words for. */
function annotations(vocabulary: Vocabulary): readonly Subject[] {
  const words = {
    personalData: { vi: 'Loại dữ liệu cá nhân', en: 'Class of personal data' },
    ofChildren: { vi: 'Có thể về trẻ em', en: 'May be of a child' },
    owner: { vi: 'Cơ quan chịu trách nhiệm', en: 'Who answers for it' },
    retention: { vi: 'Loại thời hạn lưu giữ', en: 'Retention class' },
    since: { vi: 'Có từ phiên bản', en: 'Since release' },
    valuesOf: { vi: 'Danh mục giá trị', en: 'List that values are of' },
    deprecatedIn: { vi: 'Ngừng dùng từ phiên bản', en: 'Deprecated in release' },
  }
  return Object.entries(words).map(
    ([name, label]): Subject => [
      `meta:${name}`,
      { a: iri('owl:AnnotationProperty'), 'rdfs:label': texts(label), ...within(vocabulary) },
    ],
  )
}

function named(kind: string, names: Vocabulary['owners'], vocabulary: Vocabulary): readonly Subject[] {
  return Object.entries(names).map(
    ([name, label]): Subject => [
      metaName(kind, name),
      { a: iri('skos:Concept'), 'skos:prefLabel': texts(label), ...within(vocabulary) },
    ],
  )
}

function metaName(kind: string, name: string): string {
  return `meta:${kind}-${name}`
}

function within({ namespace }: Vocabulary): Statements {
  return { 'rdfs:isDefinedBy': iri(namespace) }
}

function classOf(type: TypeDefinition, vocabulary: Vocabulary): Subject {
  const { same, sub, close } = type.alignment
  return [
    termName(type.iri, vocabulary),
    {
      a: iri('owl:Class'),
      ...words(type),
      ...within(vocabulary),
      'owl:equivalentClass': same.map(term),
      'rdfs:subClassOf': sub.map(term),
      'skos:closeMatch': close.map(term),
      ...keeping(type),
      ...life(type),
    },
  ]
}

function propertyOf(attribute: AttributeDefinition, vocabulary: Vocabulary): Subject {
  const { alignment, kinds, unit, values, personalData, children } = attribute
  const users = vocabulary.types.filter(({ attributes }) =>
    attributes.some(({ name }) => name === attribute.name),
  )
  return [
    termName(attribute.iri, vocabulary),
    {
      a: iri('owl:ObjectProperty'),
      ...words(attribute),
      ...within(vocabulary),
      'rdfs:range': kinds.length === 1 ? iri(`ngsi-ld:${kinds[0]}`) : [{ node: unionOf(kinds) }],
      'schema:domainIncludes': users.map((user) => term(termName(user.iri, vocabulary))),
      'qudt:hasUnit': unit === undefined ? [] : iri(unitName(unit)),
      'meta:valuesOf': values === undefined ? [] : iri(listName(values, vocabulary)),
      ...alignedProperty(alignment),
      'meta:personalData': [{ text: personalData }],
      'meta:ofChildren': children ? [{ truth: true }] : [],
      ...keeping(attribute),
      ...life(attribute),
    },
  ]
}

/** Two terms of one vocabulary that are both equivalent to ours would be so to each other, which it does not say: they are close. */
function alignedProperty({ same, sub, close }: Alignment): Statements {
  const isAlone = (iri: string) => same.filter((other) => modelOf(other) === modelOf(iri)).length === 1
  return {
    'owl:equivalentProperty': same.filter(isAlone).map(term),
    'rdfs:subPropertyOf': sub.map(term),
    'skos:closeMatch': [...close, ...same.filter((iri) => !isAlone(iri))].map(term),
  }
}

function modelOf(iri: string): string {
  return iri.slice(0, Math.max(iri.lastIndexOf('/'), iri.lastIndexOf('#')))
}

function unionOf(kinds: readonly string[]): Statements {
  return { a: iri('owl:Class'), 'owl:unionOf': [{ list: kinds.map((kind) => term(`ngsi-ld:${kind}`)) }] }
}

function words({ label, definition }: Pick<TypeDefinition, 'label' | 'definition'>): Statements {
  return { 'rdfs:label': texts(label), 'skos:definition': texts(definition) }
}

function keeping({ owner, retention }: { readonly owner?: string; readonly retention?: string }): Statements {
  return {
    'meta:owner': owner === undefined ? [] : iri(metaName('owner', owner)),
    'meta:retention': retention === undefined ? [] : iri(metaName('retention', retention)),
  }
}

function life({ since, deprecated, replacedBy }: Life): Statements {
  return {
    'meta:since': since === undefined ? [] : [{ text: since }],
    'owl:deprecated': deprecated === undefined ? [] : [{ truth: true }],
    'meta:deprecatedIn': deprecated === undefined ? [] : [{ text: deprecated }],
    'dcterms:isReplacedBy': replacedBy === undefined ? [] : iri(`urban:${replacedBy}`),
  }
}

/** Units by their UN/CEFACT code, which QUDT has a property for. */
function unitsIn(vocabulary: Vocabulary): readonly Subject[] {
  return Object.entries(vocabulary.units).map(
    ([code, symbol]): Subject => [
      unitName(code),
      {
        a: iri('qudt:Unit'),
        'rdfs:label': [{ text: symbol }],
        'qudt:uneceCommonCode': [{ text: code }],
        'qudt:symbol': [{ text: symbol }],
        'dcterms:subject': [{ text: unitOf(code)?.quantity ?? '' }],
      },
    ],
  )
}

function unitName(code: string): string {
  return `meta:unit-${code}`
}

function listName(name: string, { namespace }: Vocabulary): string {
  return `${namespace}lists/${name}`
}

function scheme(
  name: string,
  list: Readonly<Record<string, ListedValue>>,
  vocabulary: Vocabulary,
): readonly Subject[] {
  const whole = listName(name, vocabulary)
  const values = Object.entries(list).map(
    ([value, { synonyms = [], deprecated, ...label }]): Subject => [
      `${whole}#${value}`,
      {
        a: iri('skos:Concept'),
        'skos:inScheme': iri(whole),
        'skos:notation': [{ text: value }],
        'skos:prefLabel': texts(label),
        'skos:altLabel': synonyms.map((text): Term => ({ text })),
        'owl:deprecated': deprecated === undefined ? [] : [{ truth: true }],
      },
    ],
  )
  return [[whole, { a: iri('skos:ConceptScheme'), ...within(vocabulary) }], ...values]
}

function term(name: string): Term {
  return { iri: name }
}
