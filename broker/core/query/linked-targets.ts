import type { Entity, Instance } from '../model/entity.ts'
import { itemsOf } from '../model/json.ts'
import type { QNode, QPath } from './ast.ts'
import { pathsOf } from './needs.ts'

/** Tells whether an instance points to entities. */
export function isLink({ kind }: Instance): boolean {
  return kind === 'Relationship' || kind === 'ListRelationship'
}

/** The paths of a q that go on in linked entities (CIM 009 v1.9.1, 4.9). */
export function linkedPaths(node: QNode): readonly QPath[] {
  return pathsOf(node).filter(({ linked }) => linked)
}

/** A linked entity that a q looks into, and the path that goes on there. */
export interface LinkedTarget {
  readonly uri: string
  readonly path: QPath
}

/** Answers what the relationships at the end of a path point to: each may satisfy it. */
export function linkedTargets(path: QPath, entity: Entity): readonly LinkedTarget[] {
  const { linked, attributes } = path
  if (!linked) return []
  const [first, ...others] = attributes
  const own = first === undefined ? [] : instancesOf(entity, first)
  const instances = others.reduce((level, name) => level.flatMap((one) => instancesOf(one, name)), own)
  return instances
    .filter(isLink)
    .flatMap(({ value }) => itemsOf(value))
    .flatMap((uri) => (typeof uri === 'string' ? [{ uri, path: linked.path }] : []))
}

function instancesOf({ attributes }: Pick<Instance, 'attributes'>, name: string): readonly Instance[] {
  return attributes && Object.hasOwn(attributes, name) ? (attributes[name] ?? []) : []
}
