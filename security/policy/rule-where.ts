import type { TermTable } from '../../broker/core/context/term-table.ts'
import type { GeometryEngine } from '../../broker/core/geo/engine.ts'
import { matchGeo } from '../../broker/core/geo/match-geo.ts'
import { parseGeometry } from '../../broker/core/geo/parse-geometry.ts'
import type { Entity } from '../../broker/core/model/entity.ts'
import { LOCATION } from '../../broker/core/model/iri.ts'
import type { JsonValue } from '../../broker/core/model/json.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import type { Geometry, QNode } from '../../broker/core/query/ast.ts'
import { matchQ } from '../../broker/core/query/match-q.ts'
import { linkedDepth } from '../../broker/core/query/needs.ts'
import { parseQ } from '../../broker/core/query/parse-q.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Areas by name, as policy files give them. */
export type Areas = ReadonlyMap<string, Geometry>

/** What a rule asks of the content of an entity, as a file writes it. */
export interface WhereText {
  /** A q (CIM 009 v1.9.1, 4.9) on the entity as it is stored. */
  readonly condition?: string
  /** The name of an area, or a polygon: the `location` of the entity is within it. */
  readonly area?: string | JsonValue
}

/** What conditions are read and judged with. */
export interface WhereBasis {
  readonly vocabulary: Vocabulary
  readonly areas: Areas
  readonly engine: GeometryEngine | undefined
}

/** Says what is wrong with what a rule asks of content. */
export function checkWhere(
  { condition, area }: WhereText,
  { vocabulary, areas }: WhereBasis,
  report: (member: string, text: string) => void,
): void {
  if (condition !== undefined) {
    const fault = faultIn(() => parseCondition(condition, vocabulary))
    if (fault !== undefined) report('condition', fault)
  }
  if (typeof area === 'string') {
    if (!areas.has(area)) report('area', `Area ${area} is none of the policy files`)
  } else if (area !== undefined) {
    const fault = faultOfArea(area)
    if (fault !== undefined) report('area', fault)
  }
}

/**
 * Answers what tells whether the content of an entity is what a rule asks for; undefined: it asks for nothing. Texts are
 * read when the first entity is judged.
 */
export function compileWhere(
  { condition, area }: WhereText,
  { vocabulary, areas, engine }: WhereBasis,
): ((entity: Entity) => boolean) | undefined {
  if (condition === undefined && area === undefined) return undefined
  let q: QNode | undefined
  let geometry = typeof area === 'string' ? areas.get(area) : undefined
  return (entity) => {
    if (condition !== undefined) q ??= parseCondition(condition, vocabulary)
    if (q && !matchQ(q, entity)) return false
    if (area === undefined) return true
    geometry ??= parseArea(area)
    if (!engine) throw new Error('Area of a rule has no geometry engine')
    return matchGeo({ relation: 'within', geometry, property: LOCATION }, entity, engine)
  }
}

/** Reads the area of a rule. @throws Problem BadRequestData */
export function parseArea(area: JsonValue): Geometry {
  const geometry = parseGeometry(area)
  if (geometry.type === 'Polygon' || geometry.type === 'MultiPolygon') return geometry
  throw new Problem('BadRequestData', 'Area of a rule is neither Polygon nor MultiPolygon')
}

/** Answers what is wrong with the area of a rule. */
export function faultOfArea(area: JsonValue): string | undefined {
  return faultIn(() => parseArea(area))
}

/** What it looks at has to be in the entity itself: nothing else is at hand when a rule is judged. */
function parseCondition(text: string, vocabulary: Vocabulary): QNode {
  const q = parseQ(text, { table: tableOf(vocabulary), parameter: 'condition' })
  if (linkedDepth(q) === 0) return q
  throw new Problem('BadRequestData', 'Condition of a rule looks at linked entities')
}

/** Names are those of the policies. */
function tableOf({ expandAttribute }: Vocabulary): TermTable {
  return {
    hash: '',
    source: null,
    served: null,
    url: '',
    expand: expandAttribute,
    compact: (iri) => iri,
    coercion: () => undefined,
  }
}

function faultIn(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}
