import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ErrorObject } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'
import { type Document, isMap, isScalar, LineCounter, type ParsedNode, parseDocument, visit } from 'yaml'
import { FeedFault } from '../values/fault.ts'
import type { JsonMap } from '../values/json.ts'
import type { FeedDefinition } from './feed-definition.ts'
import { FEED_SCHEMA } from './feed-schema.ts'

export type Variables = Readonly<Record<string, string>>

type FeedDocument = Document.Parsed<ParsedNode>

const VARIABLE = /\$\{([A-Za-z][A-Za-z0-9_]*)\}/g

// that its schema is valid is a test; to prove it, and to tidy up code that runs once for each feed, takes longer than
// all feeds of a hub
const ajv = new Ajv2020({
  meta: false,
  validateSchema: false,
  code: { optimize: false },
  allErrors: true,
  useDefaults: true,
  discriminator: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
})
// the package is CommonJS: its function is the default of the default under Node's rules
addFormatsModule.default(ajv)
const validate = ajv.compile<Omit<FeedDefinition, 'file'>>(FEED_SCHEMA)

/** What is said of a feed where it is run, besides its feed.yaml. */
export interface FeedSettings {
  readonly variables?: Variables
  /** Options of its transport, in place of those in the file; all of them where the kind is another one. */
  readonly transport?: JsonMap
}

/** Reads and checks a feed.yaml. @throws FeedFault with every fault, each with file and line */
export async function loadDefinition(file: string, settings: FeedSettings = {}): Promise<FeedDefinition> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new FeedFault([`${file}: file cannot be read: ${cause.message}`])
  })
  return parseDefinition(text, file, settings)
}

/** Checks the text of a feed.yaml. @throws FeedFault with every fault, each with file and line */
export function parseDefinition(
  text: string,
  file: string,
  { variables: given = {}, transport }: FeedSettings = {},
): FeedDefinition {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number): string => `${file}:${lines.linePos(offset).line}`
  const syntax = document.errors.map((error) => `${at(error.pos[0])}: ${firstLine(error.message)}`)
  if (syntax.length > 0) throw new FeedFault(syntax)
  const variables = resolved({ ...variablesOf(document), ...given })
  const faults = fillIn(document, variables).map(
    ({ name, offset }) => `${at(offset)}: variable ${name} is not set`,
  )
  const value = withTransport(document.toJS() as unknown, transport)
  if (!validate(value)) {
    faults.push(...relevant(validate.errors ?? []).map((error) => faultText(error, document, at)))
  }
  if (faults.length > 0) throw new FeedFault(faults)
  const checked = value as Omit<FeedDefinition, 'file'> // validate has just said so
  // who knows all of a delivery but a number of a person could find it by the digest
  if (checked.lineage && (checked.privacy ?? checked.hash))
    throw new FeedFault([
      `${at(offsetOf(document, ['lineage']))}: lineage tells a digest of what came, which privacy and hash keep back`,
    ])
  return { ...checked, variables, file: path.resolve(file) }
}

function withTransport(feed: unknown, given: JsonMap | undefined): unknown {
  if (given === undefined || typeof feed !== 'object' || feed === null) return feed
  const { transport } = feed as { readonly transport?: unknown } // it is checked when it is whole
  const own = typeof transport === 'object' && transport !== null ? transport : {}
  const kind = 'kind' in own ? own.kind : undefined
  const isOther = given.kind !== undefined && given.kind !== kind
  // defaults are filled in below, and settings are frozen
  const options = structuredClone(given)
  return { ...feed, transport: isOther ? options : { ...own, ...options } }
}

function variablesOf(document: FeedDocument): Variables {
  const declared = document.get('variables')
  if (!isMap(declared)) return {}
  const pairs = declared.items.map((pair) => [
    String(pair.key),
    isScalar(pair.value) ? pair.value.value : undefined,
  ])
  return Object.fromEntries(pairs.filter(([, value]) => typeof value === 'string'))
}

/** Fills variables into the values of others, as deep as anybody needs. */
function resolved(variables: Variables): Variables {
  let next = variables
  for (let depth = 0; depth < 3; depth++) {
    next = Object.fromEntries(Object.entries(next).map(([name, text]) => [name, filled(text, next)]))
  }
  return next
}

function filled(text: string, variables: Variables, onUnset?: (name: string) => void): string {
  return text.replace(VARIABLE, (whole, name: string) => {
    if (Object.hasOwn(variables, name)) return variables[name] ?? ''
    onUnset?.(name)
    return whole
  })
}

/** Puts the variables into every text of the document; answers those that have no value. */
function fillIn(document: FeedDocument, variables: Variables): { name: string; offset: number }[] {
  const unset: { name: string; offset: number }[] = []
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || typeof node.value !== 'string') return
      const offset = node.range?.[0] ?? 0
      node.value = filled(node.value, variables, (name) => unset.push({ name, offset }))
    },
  })
  return unset
}

/** A failed `oneOf` also reports each branch that was not meant; only what helps is kept. */
function relevant(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const useful = errors.filter((error) => !['oneOf', 'const', 'if'].includes(error.keyword))
  const mapping = useful.filter((error) => error.instancePath === '/mapping')
  if (mapping.length <= 1) return useful
  const within = useful.filter((error) => error.instancePath.startsWith('/mapping/'))
  // a fault deeper inside says more than that the other kinds of mapping are not meant
  if (within.length > 0) return useful.filter((error) => error.instancePath !== '/mapping')
  const rest = useful.filter((error) => error.instancePath !== '/mapping')
  return [
    ...rest,
    {
      ...(mapping[0] as ErrorObject),
      message: 'must have one of module, expression, and type with id and columns',
      params: {},
    },
  ] // length was checked
}

function faultText(error: ErrorObject, document: FeedDocument, at: (offset: number) => string): string {
  const keys = error.instancePath.split('/').slice(1)
  const extra: unknown = error.params.additionalProperty
  const detail =
    typeof extra === 'string' ? `${error.message ?? ''}: ${extra}` : (error.message ?? error.keyword)
  return `${at(offsetOf(document, typeof extra === 'string' ? [...keys, extra] : keys))}: ${keys.join('.') || 'feed'} ${detail}`
}

function offsetOf(document: FeedDocument, keys: readonly string[]): number {
  for (let length = keys.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1), true)
    const pair = isMap(parent)
      ? parent.items.find((item) => String(item.key) === keys[length - 1])
      : undefined
    const key: unknown = pair?.key
    if (isScalar(key) && key.range) return key.range[0]
  }
  return 0
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text
}
