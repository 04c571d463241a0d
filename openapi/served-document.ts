import { type EntityVocabulary, entitySchemas, type Sight } from './entity-schemas.ts'
import { type Catalogue, type Language, translated } from './languages.ts'
import { narrowed, operationsOf } from './narrow.ts'
import { type Tree, treeOf } from './tree.ts'

/** What a hub says of itself in its document. */
export interface Deployment {
  /** Where callers reach it. */
  readonly url: string
  readonly title: string
  /** What this hub has of what not every one has: operations name it in `x-present-with`. */
  readonly features: ReadonlySet<string>
  readonly securitySchemes: Tree
  /** The schemes that callers choose from; none: nobody is asked who it is. */
  readonly security: readonly Tree[]
  readonly vocabulary: EntityVocabulary
}

/** What whoever reads a document may do and see. */
export interface Reader {
  /** Rights that it has on something, of those of `rightsIn`. */
  readonly rights: ReadonlySet<string>
  readonly types: Sight
}

/** A language, with what the English texts are in it. */
export interface Spoken {
  readonly language: Language
  readonly catalogue: Catalogue
}

/** Answers each right that operations of the document need: an action and a kind of things, `read entity`. */
export function rightsIn(document: Tree): ReadonlySet<string> {
  return new Set(operationsOf(document).flatMap((operation) => rightsOf(operation).flat()))
}

/** Answers the document as a hub has it, for one reader: with what it may do and see, in one language. */
export function servedDocument(whole: Tree, deployment: Deployment, reader: Reader, spoken: Spoken): Tree {
  const { url, title, features, security } = deployment
  const types = entitySchemas(deployment.vocabulary, spoken.language, reader.types)
  const { openapi, info, externalDocs, components, ...rest } = translated(
    withoutTypes(whole, deployment.securitySchemes),
    spoken.catalogue,
  )
  const parts = treeOf(components)
  const document = {
    openapi,
    info: { ...treeOf(info), title },
    servers: [{ url, description: title }],
    externalDocs: { ...treeOf(externalDocs), url: `${url}${treeOf(externalDocs).url}` },
    ...rest,
    security,
    components: { ...parts, schemas: { ...treeOf(parts.schemas), ...types } },
  }
  const keeps = (operation: Tree): boolean =>
    (operation[FEATURE] === undefined || features.has(String(operation[FEATURE]))) &&
    rightsOf(operation).every((alternatives) => alternatives.some((right) => reader.rights.has(right)))
  const left = narrowed(
    document,
    keeps,
    Object.keys(types).map((name) => `#/components/schemas/${name}`),
  )
  return treeOf(withoutExamples(left, unseenNames(deployment.vocabulary, reader.types)))
}

/** Answers what finds the names of types and attributes that a reader never sees. */
function unseenNames({ types, attributes }: EntityVocabulary, sight: Sight): RegExp | undefined {
  const seen = new Set([...sight].flatMap(([type, shown]) => [type, ...shown.keys()]))
  const unseen = [...types, ...attributes].map(({ name }) => name).filter((name) => !seen.has(name))
  return unseen.length === 0 ? undefined : new RegExp(`\\b(?:${unseen.join('|')})\\b`)
}

/** Leaves out the examples that tell of what a reader never sees. */
function withoutExamples(value: unknown, unseen: RegExp | undefined): unknown {
  if (!unseen) return value
  if (Array.isArray(value)) return value.map((one) => withoutExamples(one, unseen))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).flatMap(([name, member]) => {
    if (name === 'examples') return [[name, withoutUnseen(member, unseen)] as const]
    if (name === 'example' && unseen.test(JSON.stringify(member))) return []
    return [[name, withoutExamples(member, unseen)] as const]
  })
  return Object.fromEntries(members)
}

function withoutUnseen(examples: unknown, unseen: RegExp): unknown {
  if (Array.isArray(examples)) return examples.filter((one) => !unseen.test(JSON.stringify(one)))
  return Object.fromEntries(
    Object.entries(treeOf(examples)).filter(([, one]) => !unseen.test(JSON.stringify(one))),
  )
}

const FEATURE = 'x-present-with'
const RIGHTS = 'x-rights'
const TYPE = 'x-entity-type'

/** All of the outer ones are needed, of each one of the inner ones. */
function rightsOf(operation: Tree): readonly (readonly string[])[] {
  const rights = operation[RIGHTS]
  return Array.isArray(rights) ? rights.map((right) => String(right).split(' or ')) : []
}

/** What the ontology in force, this hub and its language say themselves takes the place of what is written for all. */
function withoutTypes(whole: Tree, securitySchemes: Tree): Tree {
  const components = treeOf(whole.components)
  const schemas = Object.entries(treeOf(components.schemas)).filter(
    ([name, schema]) => name !== 'OntologyEntity' && !(TYPE in treeOf(schema)),
  )
  return { ...whole, components: { ...components, schemas: Object.fromEntries(schemas), securitySchemes } }
}
