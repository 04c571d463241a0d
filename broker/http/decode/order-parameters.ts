import type { TermTable } from '../../core/context/term-table.ts'
import { parseGeometry } from '../../core/geo/parse-geometry.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Geometry, Ordering } from '../../core/query/ast.ts'
import { checkPositions } from '../../core/query/check-positions.ts'
import { collatorOf } from '../../core/query/collator.ts'
import { parseOrderBy } from '../../core/query/parse-order-by.ts'

/** Parameters of entity ordering (CIM 009 v1.9.1, 4.23). */
export const ORDER_PARAMETERS = ['orderBy', 'orderFrom', 'orderGeometry', 'collation'] as const

/** Reads how entities are to be ordered; undefined: as they come. @throws Problem BadRequestData, TooComplexQuery */
export function orderingOf(query: URLSearchParams, table: TermTable): Ordering | undefined {
  const orderBy = query.get('orderBy')
  if (orderBy === null) return refuseAlone(query)
  const terms = parseOrderBy(orderBy, table)
  const from = reference(query)
  if (!from && terms.some(({ byDistance }) => byDistance))
    throw badRequestData('Parameter orderBy orders by distance, which needs orderFrom')
  const collation = query.get('collation')
  if (collation !== null) collatorOf(collation)
  return { terms, ...(from && { from }), ...(collation !== null && { collation }) }
}

/** Without orderBy the others say nothing. @throws Problem BadRequestData */
function refuseAlone(query: URLSearchParams): undefined {
  const alone = ORDER_PARAMETERS.find((name) => query.has(name))
  if (alone !== undefined) throw badRequestData(`Parameter ${alone} is only for requests with orderBy`)
  return undefined
}

/** The place that distances are measured from; a Point unless another geometry is named. @throws Problem BadRequestData */
function reference(query: URLSearchParams): Geometry | undefined {
  const coordinates = query.get('orderFrom')
  const type = query.get('orderGeometry')
  if (coordinates !== null)
    return checkPositions(
      parseGeometry({ type: type ?? 'Point', coordinates: readJson(coordinates) }),
      'orderFrom',
    )
  if (type !== null) throw badRequestData('Parameter orderGeometry is only for requests with orderFrom')
  return undefined
}

function readJson(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text)
    return value
  } catch (cause) {
    // the parser's own words repeat what was sent
    throw new Problem('BadRequestData', 'Parameter orderFrom is not a JSON array', { cause })
  }
}
