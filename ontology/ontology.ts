import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { wholeVocabulary } from './kept-vocabulary.ts'
import type {
  AttributeDefinition,
  AttributeUse,
  Iri,
  JsonObject,
  JsonValue,
  PersonalData,
  TypeDefinition,
  Vocabulary,
} from './vocabulary.ts'

export type { AttributeDefinition, AttributeUse, PersonalData, TypeDefinition } from './vocabulary.ts'

/** A file of the ontology as it is served. */
export interface OntologyFile {
  readonly contentType: string
  readonly text: string
}

/** The shared vocabulary of the hubs; what is large is read when it is first asked for. */
export interface Ontology {
  /** Never fetched: hubs answer it with `context`. */
  readonly contextUrl: Iri
  /** The JSON-LD document, `{ "@context": { … } }`. */
  readonly context: JsonValue
  /** The documents of all versions by their URL: who wrote with an old one goes on. */
  readonly contexts: ReadonlyMap<Iri, JsonValue>
  readonly vocabulary: Vocabulary
  readonly types: ReadonlyMap<Iri, TypeDefinition>
  readonly attributes: ReadonlyMap<Iri, AttributeDefinition>
  /**
   * Class of an attribute on an entity of these types: what a type states wins over the attribute's own class,
   * the most sensitive wins over several types. Undefined: nobody classified it here.
   */
  personalData(attribute: Iri, types: readonly Iri[]): PersonalData | undefined
  /** Names of the classes that say how long an attribute is kept on entities of these types; none: the types do not declare it. */
  retention(attribute: Iri, types: readonly Iri[]): readonly string[]
  /** JSON Schema of a type's entities, compact names, normalized or concise. */
  schema(type: Iri): JsonObject | undefined
  /** JSON Schema with the definitions that those of types refer to. */
  readonly attributeSchemas: JsonObject
  /** What is served, by its path under `/ontology/`. */
  readonly files: ReadonlyMap<string, OntologyFile>
  /** NGSI-LD entities without @context, for a request that names `contextUrl`. */
  readonly administrativeUnits: readonly JsonObject[]
  readonly cityScopes: readonly JsonObject[]
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.jsonld': 'application/ld+json',
  '.json': 'application/json',
  '.html': 'text/html; charset=utf-8',
  '.ttl': 'text/turtle; charset=utf-8',
  '.ts': 'text/plain; charset=utf-8',
}

const SEVERITY = ['none', 'basic', 'sensitive'] as const satisfies readonly PersonalData[]

/** Reads the @context below the package root; the vocabulary and everything else when it is first asked for. */
export function readOntology(root: string): Ontology {
  const files = findFiles(join(root, 'ontology', 'generated'))
  const versions = [...new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''))].sort(byNumber)
  const version = versions.at(-1) ?? ''
  const parsed = (path: string): unknown => JSON.parse(textOf(files, `${version}/${path}`))
  const { contextUrl } = parsed('about.json') as Pick<Vocabulary, 'contextUrl'> // generated, as all of these
  const context = parsed('context.jsonld') as JsonValue // any JSON is
  let read: Terms | undefined
  const terms = (): Terms => {
    read ??= readTerms(wholeVocabulary(parsed('vocabulary.json') as Vocabulary)) // compared with its source by a test
    return read
  }
  return {
    contextUrl,
    context,
    contexts: new Map(
      versions.map((one) => [
        contextUrl.replace(`/${version}/`, `/${one}/`),
        one === version ? context : (JSON.parse(textOf(files, `${one}/context.jsonld`)) as JsonValue), // any JSON is
      ]),
    ),
    get vocabulary() {
      return terms().vocabulary
    },
    get types() {
      return terms().types
    },
    get attributes() {
      return terms().attributes
    },
    personalData: (attribute, types) => terms().classOf(attribute, types),
    retention: (attribute, types) =>
      terms()
        .usesOf(attribute, types)
        .map(({ retention }) => retention),
    schema: (type) => {
      const definition = terms().types.get(type)
      return definition && (parsed(`schemas/${definition.name}.json`) as JsonObject) // generated
    },
    get attributeSchemas() {
      return parsed('schemas/attributes.json') as JsonObject // generated
    },
    files,
    get administrativeUnits() {
      return parsed('administrative-units.json') as JsonObject[] // generated
    },
    get cityScopes() {
      return parsed('city-scopes.json') as JsonObject[] // generated
    },
  }
}

/** The vocabulary with what finds a term in it: hundreds of kilobytes, of which a start needs nothing. */
interface Terms extends Pick<Ontology, 'vocabulary' | 'types' | 'attributes'> {
  readonly classOf: Ontology['personalData']
  /** Answers the attribute as each of these types uses it. */
  usesOf(attribute: Iri, types: readonly Iri[]): readonly AttributeUse[]
}

function readTerms(vocabulary: Vocabulary): Terms {
  const attributes = new Map(vocabulary.attributes.map((attribute) => [attribute.iri, attribute]))
  const types = new Map(vocabulary.types.map((type) => [type.iri, type]))
  const byType = new Map(
    vocabulary.types.map(({ iri, attributes: uses }) => [iri, new Map(uses.map((use) => [use.iri, use]))]),
  )
  const usesOf: Terms['usesOf'] = (attribute, names) =>
    names.flatMap((type) => byType.get(type)?.get(attribute) ?? [])
  return { vocabulary, types, attributes, usesOf, classOf: classifier(attributes, usesOf) }
}

function classifier(
  attributes: ReadonlyMap<Iri, AttributeDefinition>,
  usesOf: Terms['usesOf'],
): Ontology['personalData'] {
  return (attribute, types) => {
    const definition = attributes.get(attribute)
    if (!definition) return undefined
    const declared = usesOf(attribute, types).map(({ personalData }) => personalData)
    return declared.length > 0 ? mostSensitive(declared) : elsewhere(definition)
  }
}

/** On types that do not declare it, a free text that is harmless elsewhere may say anything: nobody classified it. */
function elsewhere({ personalData, value, values }: AttributeDefinition): PersonalData | undefined {
  return personalData === 'none' && value === 'string' && values === undefined ? undefined : personalData
}

function mostSensitive(classes: readonly PersonalData[]): PersonalData {
  return SEVERITY[Math.max(...classes.map((one) => SEVERITY.indexOf(one)))] ?? 'sensitive'
}

function findFiles(folder: string): ReadonlyMap<string, OntologyFile> {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return new Map(
    entries
      .filter((path) => extname(path) in CONTENT_TYPES)
      .map((path) => [path.replaceAll('\\', '/'), readWhenAsked(join(folder, path))]),
  )
}

function readWhenAsked(file: string): OntologyFile {
  let text: string | undefined
  return {
    contentType: file.includes(`${sep}schemas${sep}`)
      ? 'application/schema+json'
      : (CONTENT_TYPES[extname(file)] ?? ''),
    get text() {
      text ??= readFileSync(file, 'utf8')
      return text
    },
  }
}

function textOf(files: ReadonlyMap<string, OntologyFile>, path: string): string {
  const file = files.get(path)
  if (!file) throw new Error(`Ontology has no file ${path}; run "npm run ontology"`)
  return file.text
}

function byNumber(left: string, right: string): number {
  return Number(left.slice(1)) - Number(right.slice(1))
}
