import { isGeometry } from '../geo/parse-geometry.ts'
import { writeWkt } from '../geo/write-wkt.ts'
import { type Iri, NGSI_LD } from '../model/iri.ts'
import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'

/** How literals of a graph are written. */
export interface GraphStyle {
  /** The datatype that a name in the value of an attribute stands for; undefined: none. */
  readonly datatype: (name: string) => Iri | undefined
  /** Geometries become WKT literals (GeoSPARQL), which triple stores can search; otherwise they stay GeoJSON nodes. */
  readonly wkt: boolean
}

const WKT: Iri = 'http://www.opengis.net/ont/geosparql#wktLiteral'
const RDF_JSON: Iri = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON'
const HAS_JSON: Iri = `${NGSI_LD}hasJSON`
/** Members that hold further entities (4.5.23.2). */
const ENTITIES: readonly string[] = ['entity', 'entityList']
/** Datatypes that the core names; the @context of a graph says what they are. */
const CORE_DATATYPES: readonly string[] = ['DateTime', 'Date', 'Time']

/**
 * Makes JSON-LD that stands for one graph, whatever the @context of a request, of a normalized entity whose names are IRIs:
 * a value that the data model keeps as it is becomes a JSON literal where JSON-LD would read names, order or less into it.
 */
export function asLinkedData(node: JsonObject, style: GraphStyle): JsonObject {
  return Object.fromEntries(
    Object.entries(node).map(([name, value]): [string, JsonValue] => {
      if (name === 'value') return [name, writtenValue(value, style)]
      if (name === 'json') return [HAS_JSON, jsonLiteral(value)]
      if (name === 'valueList')
        return [name, isJsonArray(value) ? value.map((item) => literal(item, style)) : value]
      return [name, name.includes(':') || ENTITIES.includes(name) ? nodesIn(value, style) : value]
    }),
  )
}

/** Attributes, with their instances, and joined entities. */
function nodesIn(value: JsonValue, style: GraphStyle): JsonValue {
  if (isJsonArray(value)) return value.map((item) => nodesIn(item, style))
  return isJsonObject(value) ? asLinkedData(value, style) : value
}

/** Several scalars are several values, as in JSON-LD; anything deeper is one literal. */
function writtenValue(value: JsonValue, style: GraphStyle): JsonValue {
  if (isGeometry(value)) return style.wkt ? { '@type': WKT, '@value': writeWkt(value) } : value
  return isJsonArray(value) && value.every(isScalar) ? value : literal(value, style)
}

function literal(value: JsonValue, style: GraphStyle): JsonValue {
  if (isScalar(value)) return value
  const typed = isJsonObject(value) ? typedLiteral(value, style) : undefined
  return typed ?? jsonLiteral(value)
}

/** As text, since libraries that copy objects lose a member `__proto__`. */
function jsonLiteral(value: JsonValue): JsonObject {
  return { '@type': RDF_JSON, '@value': canonicalJson(value) }
}

/** Writes JSON literals of an expanded graph as JSON-LD does: by the keyword, with the value itself. */
export function withJsonValues(node: JsonValue): JsonValue {
  if (isJsonArray(node)) return node.map(withJsonValues)
  if (!isJsonObject(node)) return node
  const { '@type': type, '@value': text } = node
  if (type === RDF_JSON && typeof text === 'string') return { '@type': '@json', '@value': JSON.parse(text) }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withJsonValues(value)]))
}

/** A JSON-LD typed value such as `{"@type": "DateTime", "@value": "…"}`. */
function typedLiteral(value: JsonObject, style: GraphStyle): JsonObject | undefined {
  const { '@type': type, '@value': text, ...others } = value
  if (typeof type !== 'string' || text === undefined || Object.keys(others).length > 0) return undefined
  if (type === '@json') return jsonLiteral(text)
  const iri = isScalar(text) ? style.datatype(type) : undefined
  if (iri === undefined || iri === RDF_JSON) return undefined
  const core = CORE_DATATYPES.find((name) => iri === NGSI_LD + name)
  return { '@type': core ?? iri, '@value': text }
}

function isScalar(value: JsonValue): value is string | number | boolean {
  return value !== null && typeof value !== 'object'
}
