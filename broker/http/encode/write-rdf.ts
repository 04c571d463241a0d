import { setImmediate as nextTurn } from 'node:timers/promises'
import { CORE_CONTEXT } from '../../contexts/core-context.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import { type Iri, isIri, NGSI_LD } from '../../core/model/iri.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import { asLinkedData, withJsonValues } from '../../core/view/linked-data.ts'
import { EXPANDED, isRdf, type RdfType } from '../added-types.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'
import { graphOptions, loadGraphLibrary, type Quad, writeQuads } from './graph-library.ts'

const XSD: Iri = 'http://www.w3.org/2001/XMLSchema#'

/** The core's datatypes of instants say what those of XML Schema say, which every triple store can compare. */
const GRAPH_CONTEXT: JsonObject = {
  ...CORE_CONTEXT,
  DateTime: `${XSD}dateTime`,
  Date: `${XSD}date`,
  Time: `${XSD}time`,
}

const PREFIXES = {
  'ngsi-ld': NGSI_LD,
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  xsd: XSD,
  geo: 'http://www.opengis.net/ont/geosparql#',
}

/** Entities that are worked on between two turns of other requests. */
const SLICE = 50

/** Lets a handler of entities answer RDF where that was agreed on; all else is answered as it is. */
export function orRdf(handle: Route['handle']): Route['handle'] {
  return (request) => {
    const { accept } = request
    return isRdf(accept) ? handle(request).then((answer) => inRdf(answer, request, accept)) : handle(request)
  }
}

async function inRdf(answer: HubAnswer, { table }: HubRequest, type: RdfType): Promise<HubAnswer> {
  const { fragments, status, headers } = answer
  if (!fragments) return answer
  const entities = fragments.texts.map((text): JsonObject => JSON.parse(text)) // the hub wrote them
  const text = await writeRdf(entities, type, await table())
  return { status, text, contentType: type, ...(headers && { headers }) }
}

/** Writes normalized entities with IRIs for names as one graph: Turtle, N-Quads, or expanded JSON-LD. */
export async function writeRdf(
  entities: readonly JsonObject[],
  type: RdfType,
  table: TermTable,
): Promise<string> {
  const style = { datatype: datatypes(table), wkt: type !== EXPANDED }
  const library = await loadGraphLibrary()
  return type === EXPANDED ? expanded() : quads(type)

  async function expanded(): Promise<string> {
    const options = graphOptions(CORE_CONTEXT)
    const nodes: JsonValue[] = []
    for await (const slice of slices()) nodes.push(...(await library.expand(slice, options)))
    return JSON.stringify(withJsonValues(nodes))
  }

  function quads(format: string): Promise<string> {
    const options = graphOptions(GRAPH_CONTEXT)
    return writeQuads(statements(options), format, PREFIXES)
  }

  async function* statements(options: object): AsyncGenerator<readonly Quad[]> {
    for await (const slice of slices()) yield await library.toRDF(slice, options)
  }

  async function* slices(): AsyncGenerator<readonly JsonObject[]> {
    for (let from = 0; from < entities.length; from += SLICE) {
      yield entities.slice(from, from + SLICE).map((entity) => asLinkedData(entity, style))
      await nextTurn()
    }
  }
}

/** The datatype of a value is a name in the @context of the request; a name that stands for nothing is none. */
function datatypes(table: TermTable): (name: string) => Iri | undefined {
  return (name) => {
    try {
      const iri = table.expand(name)
      return isIri(iri) ? iri : undefined
    } catch {
      return undefined
    }
  }
}
