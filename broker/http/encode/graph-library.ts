import type { DataFactory, Writer } from 'n3'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'

/** Statements of a graph as the JSON-LD library gives them. */
export type Quad = Parameters<Writer['addQuads']>[0][number]
type Literal = Extract<Quad['object'], { termType: 'Literal' }>
type Factory = typeof DataFactory

/** The part of the JSON-LD library that is used; it never gets to fetch a context. */
export interface GraphLibrary {
  expand(input: JsonValue, options: object): Promise<readonly JsonValue[]>
  toRDF(input: JsonValue, options: object): Promise<readonly Quad[]>
}

/** Loads the library when the first graph is asked for. */
export async function loadGraphLibrary(): Promise<GraphLibrary> {
  const library: unknown = (await import('jsonld')).default
  return library as GraphLibrary // its published types know no JSON that is read-only
}

/** Options with which the library reads by one @context, and fetches none. */
export function graphOptions(context: JsonObject): object {
  return {
    expandContext: { '@context': context },
    documentLoader: () => Promise.reject(new Error('A graph is made without further contexts')),
  }
}

/** Writes slices of a graph as Turtle with these prefixes, or as N-Quads. */
export async function writeQuads(
  slices: AsyncIterable<readonly Quad[]>,
  format: string,
  prefixes: Readonly<Record<string, string>>,
): Promise<string> {
  const { DataFactory: factory, Writer: GraphWriter } = await import('n3')
  const writer = new GraphWriter(format === 'text/turtle' ? { prefixes: { ...prefixes } } : { format })
  let part = 0
  for await (const slice of slices) writer.addQuads(writable(slice, part++, factory))
  return new Promise((resolve, reject) => {
    writer.end((error: Error | null, text: string) => (error ? reject(error) : resolve(text)))
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are among what no IRI of a graph has
const UNWRITABLE = /[\u0000-\u0020<>"{}|\\^`]/g

/**
 * Makes the library's quads those of the writer. Blank nodes of different slices are different nodes: each slice numbers
 * its own from 0.
 */
function writable(
  quads: readonly Quad[],
  part: number,
  { blankNode, literal, namedNode, quad }: Factory,
): Quad[] {
  return quads.map(({ subject, predicate, object }) =>
    quad(
      resource(subject),
      named(predicate.value),
      object.termType === 'Literal' ? literalOf(object) : resource(object),
    ),
  )

  /** The writer takes an IRI as it is: what ends one (RFC 3987, 3.1) would let whoever wrote it add statements of its own. */
  function named(value: string) {
    return namedNode(value.replace(UNWRITABLE, encodeURIComponent))
  }

  function resource({ termType, value }: Pick<Quad['object'], 'termType' | 'value'>) {
    return termType === 'BlankNode' ? blankNode(`${value.replace('_:', '')}s${part}`) : named(value)
  }

  function literalOf({ value, language, datatype }: Literal) {
    return literal(value, language ? language : named(datatype.value))
  }
}
