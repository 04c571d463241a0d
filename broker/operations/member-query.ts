import type { TermTable } from '../core/context/term-table.ts'
import type { Attributes, Entity, Instance } from '../core/model/entity.ts'
import { itemsOf, type JsonObject, type JsonValue } from '../core/model/json.ts'
import { badRequestData } from '../core/model/problem.ts'
import { type Micros, parseDateTime } from '../core/model/time.ts'
import type { QNode } from '../core/query/ast.ts'
import { matchQ } from '../core/query/match-q.ts'
import { pathsOf } from '../core/query/needs.ts'
import { parseQ } from '../core/query/parse-q.ts'

/** Members of a resource are named by the standard, whatever a @context says. */
const MEMBER_TERMS: TermTable = {
  hash: '',
  source: null,
  served: null,
  url: '',
  expand: (name) => `member:${name}`,
  compact: (iri) => iri,
  coercion: () => undefined,
}

const SYSTEM_MEMBERS: ReadonlySet<string> = new Set(['createdAt', 'modifiedAt', 'expiresAt'])

/**
 * Reads a q (CIM 009 v1.9.1, 4.9) on the members of a resource, what stands inside them in brackets.
 * @throws Problem BadRequestData when it looks at anything else, TooComplexQuery
 */
export function parseMemberQuery(text: string, members: Iterable<string>, resource: string): QNode {
  const q = parseQ(text, { table: MEMBER_TERMS })
  const known = new Set([...members].map(MEMBER_TERMS.expand))
  for (const { attributes, member, linked } of pathsOf(q)) {
    const [name, ...others] = attributes
    const single = name === undefined ? member !== undefined && SYSTEM_MEMBERS.has(member) : known.has(name)
    if (!single || others.length > 0 || linked || (name !== undefined && member))
      throw badRequestData(`Parameter q looks at something that is no member of a ${resource}`)
  }
  return q
}

/** Tells whether the members of a resource match. The language is one on entities, so they are put to it as one. */
export function matchMembers(q: QNode, members: JsonObject): boolean {
  const createdAt = timeOf(members.createdAt) ?? 0
  const modifiedAt = timeOf(members.modifiedAt) ?? 0
  const expiresAt = timeOf(members.expiresAt)
  const attributes: Attributes = Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      MEMBER_TERMS.expand(name),
      // each item of a list is looked into on its own
      itemsOf(value).map((item): Instance => ({ kind: 'Property', value: item, createdAt, modifiedAt })),
    ]),
  )
  const entity: Entity = {
    id: `${members.id}`,
    types: [MEMBER_TERMS.expand(`${members.type}`)],
    ...{ createdAt, modifiedAt, attributes },
    ...(expiresAt !== undefined && { expiresAt }),
  }
  return matchQ(q, entity)
}

function timeOf(value: JsonValue | undefined): Micros | undefined {
  return typeof value === 'string' ? parseDateTime(value) : undefined
}
