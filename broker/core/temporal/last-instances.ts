import { type TemporalEntity, type TimeProperty, timeOf } from '../model/temporal.ts'
import { withAttributes } from './keep-instances.ts'

/**
 * Answers the last n instances of each attribute, the newest first (CIM 009 v1.9.1, 5.7.3.4 and 5.7.4.4): all datasetIds of
 * an attribute together.
 */
export function lastInstances(
  entity: TemporalEntity,
  n: number,
  property: TimeProperty | undefined,
): TemporalEntity {
  const attributes = Object.entries(entity.attributes).map(([name, instances]) => {
    const timed = instances.map((instance) => ({
      instance,
      at: timeOf(instance, property) ?? Number.NEGATIVE_INFINITY,
    }))
    timed.sort((left, right) => right.at - left.at)
    return [name, timed.slice(0, n).map(({ instance }) => instance)] as const
  })
  return withAttributes(entity, Object.fromEntries(attributes))
}
