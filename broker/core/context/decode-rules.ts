import { NGSI_LD_NULL } from '../model/iri.ts'
import type { Problem } from '../model/problem.ts'
import { badRequestData } from '../model/problem.ts'
import type { TermTable } from './term-table.ts'

/** What a body may hold, by operation (CIM 009 v1.9.1, 5.5.4). */
export interface DecodeRules {
  /**
   * Where an NGSI-LD Null may stand. forbidden: nowhere (create, append, replace). attribute: for attributes,
   * sub-attributes and their members (update, partial update). deep: inside values too (merge).
   */
  readonly nulls: 'forbidden' | 'attribute' | 'deep'
  /** Attributes are bare values, as simplified representations have them (4.5.4). */
  readonly simplified?: boolean
  readonly requireId?: boolean
  readonly requireType?: boolean
  /**
   * An attribute may come without its value: what it lacks stays as it is. attribute: the body as a whole is the
   * fragment of one, so that an object is its members and never a bare value (5.4).
   */
  readonly partial?: boolean | 'attribute'
  /**
   * The body tells what was: an attribute has any number of instances, also several of one datasetId, in the simplified
   * form too, and what was deleted has the NGSI-LD Null as its value (5.2.20, 5.5.4).
   */
  readonly history?: true
  /** The body is the answer of another broker: the system times of its attributes are kept. */
  readonly systemTimes?: true
}

/** What a decoding works with. */
export interface Decoding {
  readonly table: TermTable
  readonly rules: DecodeRules
}

/** Where in the body the decoding stands. */
export interface Place {
  /** Names from the attribute down, as sent, with dots between. */
  readonly path: string
  readonly depth: number
}

/** Levels of objects and arrays that a body may have below an attribute, sub-attributes counted. */
export const MAX_DEPTH = 64

const MAX_NAME_SHOWN = 80

/** Answers the place of an attribute of the entity, or of a sub-attribute. */
export function placeOf(name: string, parent?: Place): Place {
  const shown = name.length > MAX_NAME_SHOWN ? `${name.slice(0, MAX_NAME_SHOWN)}…` : name
  if (!parent) return { path: shown, depth: 1 }
  return { path: `${parent.path}.${shown}`, depth: parent.depth + 1 }
}

/** Answers the problem of an attribute, by its path. */
export function attributeFault({ path }: Place, text: string): Problem {
  return badRequestData(`Attribute ${path} ${text}`)
}

/** Answers the NGSI-LD Null of an entity's own member where the operation allows it. @throws Problem BadRequestData */
export function entityNull(member: string, { nulls }: DecodeRules): typeof NGSI_LD_NULL {
  if (nulls !== 'forbidden') return NGSI_LD_NULL
  throw badRequestData(
    `Entity has "${NGSI_LD_NULL}" as its ${member}, which only updates and merges may ask for`,
  )
}
