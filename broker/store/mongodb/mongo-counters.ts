import type { AttributeKind } from '../../core/model/entity.ts'
import { parseEntity } from '../port/change.ts'
import { type Shape, type ShapeParts, shapeOf, shapeParts } from '../port/shape.ts'
import type { Counters } from '../port/store.ts'
import { READING, type TenantCollections } from './mongo-documents.ts'

type Entities = TenantCollections['entities']

/** Shapes that are remembered by name: feeds have few. */
const KEPT = 1000
const AT_ONCE = 16

/** Counts types and attributes by the shapes of entities: how many have each is read from an index. */
export class ShapeCounts {
  readonly #known = new Map<string, ShapeParts>()

  /** Counts the entities of a tenant that all have the members of this layout. */
  async read({ entities }: TenantCollections): Promise<Counters> {
    const groups = await entities
      .aggregate<{ _id: string; count: number }>(
        [{ $match: { shape: { $gt: '' } } }, { $group: { _id: '$shape', count: { $sum: 1 } } }],
        READING,
      )
      .toArray()
    const counted: [ShapeParts, number][] = []
    for (let at = 0; at < groups.length; at += AT_ONCE) {
      const some = groups.slice(at, at + AT_ONCE)
      const parts = await Promise.all(
        some.map(async ({ _id, count }) => [await this.#partsOf(entities, _id), count] as const),
      )
      // no entity has a shape any more that is found nowhere
      for (const [shape, count] of parts) if (shape) counted.push([shape, count])
    }
    return countersOf(counted)
  }

  /** Any entity of a shape tells what it is. */
  async #partsOf(entities: Entities, name: string): Promise<ShapeParts | undefined> {
    const known = this.#known.get(name)
    if (known) return known
    const found = await entities.findOne({ shape: name }, { projection: { text: 1 }, ...READING })
    if (found?.text === undefined) return undefined
    const parts = shapeParts(shapeOf(parseEntity(found.text)))
    if (this.#known.size >= KEPT) this.#known.clear()
    this.#known.set(name, parts)
    return parts
  }
}

/** Counts the entities of a tenant by looking at each. */
export async function countEach({ entities }: TenantCollections): Promise<Counters> {
  const shapes = new Map<Shape, number>()
  const all = entities.find({ text: { $exists: true } }).project<{ text: string }>({ text: 1 })
  for await (const { text } of all) {
    const shape = shapeOf(parseEntity(text))
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
  }
  return countersOf([...shapes].map(([shape, count]) => [shapeParts(shape), count]))
}

function countersOf(shapes: readonly (readonly [ShapeParts, entities: number])[]): Counters {
  const types = new Map<string, number>()
  const attributes = new Map<string, Map<string, number>>()
  const kinds = new Map<string, Map<string, Set<AttributeKind>>>()
  const instances = new Map<string, number>()
  for (const [shape, entities] of shapes) {
    const names = new Set(shape.kinds.map(({ attribute }) => attribute))
    for (const type of shape.types) {
      add(types, type, entities)
      for (const name of names)
        add(
          within(attributes, name, () => new Map()),
          type,
          entities,
        )
      for (const { attribute, kind } of shape.kinds)
        within(
          within(kinds, attribute, () => new Map()),
          type,
          () => new Set(),
        ).add(kind)
    }
    for (const one of shape.kinds) add(instances, one.attribute, one.instances * entities)
  }
  return { types, attributes, instances, kinds }
}

function add(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
}

function within<T>(map: Map<string, T>, name: string, make: () => T): T {
  const known = map.get(name)
  if (known !== undefined) return known
  const made = make()
  map.set(name, made)
  return made
}
