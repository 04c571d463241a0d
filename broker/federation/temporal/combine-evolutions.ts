import type { Iri } from '../../core/model/iri.ts'
import {
  type TemporalEntity,
  type TemporalInstance,
  type TimeProperty,
  timeOf,
} from '../../core/model/temporal.ts'

/** What one source told of the evolution of an entity. */
export interface EvolutionCopy {
  readonly source: string
  readonly entity: TemporalEntity
  /** It only fills in times that nobody else has. */
  readonly auxiliary?: true
}

/** Instances of an attribute that one source has, and whether they only fill in. */
export interface InstanceCopies {
  readonly instances: readonly TemporalInstance[]
  readonly auxiliary?: true | undefined
}

/**
 * Puts instances of one attribute together, of whatever sources (CIM 009 v1.9.1, 4.5.5, 5.7.3.4). Pure. The same instance
 * of two sources is told once: what has the same datasetId and observedAt, or without one the same id; of two versions of
 * it the one that was modified last, else that of the first source. Auxiliary ones come in only at times that none has.
 */
export function combineInstances(
  copies: readonly InstanceCopies[],
  property: TimeProperty | undefined,
): readonly TemporalInstance[] {
  const kept = new Map<string, readonly TemporalInstance[]>()
  for (const { instances } of copies.filter(({ auxiliary }) => !auxiliary)) {
    for (const [key, group] of grouped(instances, identity)) {
      const other = kept.get(key)
      if (!other || latest(group) > latest(other)) kept.set(key, group)
    }
  }
  const at = (instance: TemporalInstance): string =>
    `${instance.datasetId ?? ''}\n${timeOf(instance, property ?? 'observedAt') ?? instance.instanceId}`
  const times = new Set([...kept.values()].flat().map(at))
  const filling = copies.filter(({ auxiliary }) => auxiliary).map(({ instances }) => instances)
  const filled = filling.flatMap((instances) =>
    [...grouped(instances, at)].flatMap(([time, group]) => {
      if (times.has(time)) return []
      times.add(time)
      return group
    }),
  )
  return [...[...kept.values()].flat(), ...filled]
}

function identity({ datasetId, observedAt, instanceId }: TemporalInstance): string {
  return observedAt === undefined ? instanceId : `${datasetId ?? ''}\n${observedAt}`
}

function grouped(
  instances: readonly TemporalInstance[],
  keyOf: (instance: TemporalInstance) => string,
): ReadonlyMap<string, readonly TemporalInstance[]> {
  const groups = new Map<string, TemporalInstance[]>()
  for (const instance of instances) {
    const key = keyOf(instance)
    const group = groups.get(key)
    if (group) group.push(instance)
    else groups.set(key, [instance])
  }
  return groups
}

function latest(instances: readonly TemporalInstance[]): number {
  return instances.reduce((time, { modifiedAt }) => Math.max(time, modifiedAt), 0)
}

/** Answers all attributes that copies have. */
export function attributesIn(copies: readonly EvolutionCopy[]): ReadonlySet<Iri> {
  return new Set(copies.flatMap(({ entity }) => Object.keys(entity.attributes)))
}
