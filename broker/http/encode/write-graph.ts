import type { JsonObject } from '../../core/model/json.ts'
import { graphOptions, loadGraphLibrary, writeQuads } from './graph-library.ts'

/** Writes a JSON-LD document that brings its own @context as a graph: Turtle with these prefixes, or N-Quads. */
export async function writeGraph(
  document: JsonObject,
  type: 'text/turtle' | 'application/n-quads',
  prefixes: Readonly<Record<string, string>>,
): Promise<string> {
  const library = await loadGraphLibrary()
  const slices = async function* () {
    yield await library.toRDF(document, graphOptions({}))
  }
  return writeQuads(slices(), type, prefixes)
}
