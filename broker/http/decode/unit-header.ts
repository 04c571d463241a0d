import type { TermTable } from '../../core/context/term-table.ts'
import { LOCATION } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { Geometry, QNode } from '../../core/query/ast.ts'
import type { NamedUnit } from '../../operations/units/find-named-unit.ts'
import type { QueryBody } from './query-body.ts'

/** The term by which entities name the unit that they lie in. */
const TERM = 'refAdministrativeUnit'
/** A longer text passes not every server on the way; sources are asked for more then, and it is judged here. */
const LONGEST = 3000
const MOST_CHARACTERS = 400

/** Reads the header: plain text, percent-encoded, or the bytes of UTF-8. @throws Problem BadRequestData */
export function unitName(header: string): string {
  const bytes = Buffer.from(header, 'latin1')
  const text = header.includes('%') ? percentDecoded(header) : bytes.toString('utf8')
  const name = text.trim()
  if (name === '' || name.length > MOST_CHARACTERS || name.includes('\ufffd'))
    throw badRequestData('Header Hub-Unit is no text in UTF-8, plain or percent-encoded')
  return name
}

function percentDecoded(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    return ''
  }
}

/** A query that is narrowed to a unit. */
export interface QueryOfUnit extends QueryBody {
  /** The filter is too long to be handed on: sources answer more, and it is judged here. */
  readonly judgedHere?: true
}

/** Narrows a query to entities that lie in a unit: by the unit that they name, whenever that was, and where it decides by their place. */
export function withinUnit(
  { query, parameters }: QueryBody,
  { whole, partly, outline }: NamedUnit,
  table: TermTable,
): QueryOfUnit {
  const property = table.expand(TERM)
  const all = [...whole, ...partly]
  const node: QNode = {
    kind: 'compare',
    path: { attributes: [property] },
    operator: '==',
    value: { kind: 'list', values: all.map((value) => ({ kind: 'string', value })) },
  }
  const text = `${TERM}==${all.map((id) => `"${id}"`).join(',')}`
  const before = parameters.get('q')
  const joined = before === null ? text : `(${before});${text}`
  const short = joined.length <= LONGEST
  const narrowed = new URLSearchParams(parameters)
  if (short) narrowed.set('q', joined)
  return {
    query: {
      ...query,
      q: query.q ? { kind: 'and', nodes: [query.q, node] } : node,
      ...(outline &&
        partly.length > 0 && {
          parts: {
            property,
            ids: partly,
            geo: { relation: 'within', geometry: outline as unknown as Geometry, property: LOCATION }, // GeoJSON too
          },
        }),
    },
    parameters: narrowed,
    ...(!short && { judgedHere: true }),
  }
}

/** What the answer says of the unit: which one it is, and how its entities were told. */
export function unitHeader({ unit, whole, partly, outline }: NamedUnit): string {
  const decided = partly.length === 0 ? '' : `;partly=${partly.length};decided=${outline ? 'place' : 'name'}`
  return `${unit.id};whole=${whole.length}${decided}`
}
