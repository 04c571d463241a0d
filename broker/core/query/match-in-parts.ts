import type { GeometryEngine } from '../geo/engine.ts'
import { matchGeo } from '../geo/match-geo.ts'
import type { Entity } from '../model/entity.ts'
import type { EntityQuery, QNode } from './ast.ts'
import { matchQ } from './match-q.ts'

type Term = Exclude<QNode, { readonly nodes: readonly QNode[] }>

/** Judges an entity of which one part after the other is at hand, as `matchEntity` would judge all of it at once. */
export interface PartsJudge {
  /** Takes a part: the entity with some of the instances that it has. */
  add(part: Entity): void
  /** Tells whether all parts so far match together. */
  matches(): boolean
  /** No further part can make any difference. */
  decided(): boolean
}

/**
 * Makes the judge of a q and a geoquery. Each term is satisfied by one instance, so by the part that has it; and there is
 * no negation but of single terms, `!path`, which have to hold of every part.
 */
export function matchInParts({ q, geo }: Pick<EntityQuery, 'q' | 'geo'>, engine: GeometryEngine): PartsJudge {
  const terms = q ? termsOf(q) : []
  const found = new Set<Term>()
  const canTurn = terms.some(({ kind }) => kind === 'absent')
  let near = geo === undefined
  return {
    add(part) {
      for (const term of terms) if (!found.has(term) && isFound(term, part)) found.add(term)
      near ||= geo !== undefined && matchGeo(geo, part, engine)
    },
    matches,
    decided: () => !canTurn && matches(),
  }

  function matches(): boolean {
    return near && (!q || holds(q, found))
  }
}

function termsOf(node: QNode): readonly Term[] {
  return 'nodes' in node ? node.nodes.flatMap(termsOf) : [node]
}

/** Of what has to be absent: it is there. */
function isFound(term: Term, part: Entity): boolean {
  return matchQ(term, part) !== (term.kind === 'absent')
}

function holds(node: QNode, found: ReadonlySet<Term>): boolean {
  if (!('nodes' in node)) return found.has(node) !== (node.kind === 'absent')
  const isTrue = (part: QNode): boolean => holds(part, found)
  return node.kind === 'and' ? node.nodes.every(isTrue) : node.nodes.some(isTrue)
}
