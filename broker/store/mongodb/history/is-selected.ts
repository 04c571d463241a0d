import type { TimeWindow } from '../../../core/model/temporal.ts'
import type { PastSelection } from '../../port/past-selection.ts'
import type { KeptInstance } from '../mongo-documents.ts'

/** Tells whether an instance of an entity is selected of its past. */
export function isSelected(
  instance: KeptInstance,
  { attributes, datasetIds, window }: PastSelection,
): boolean {
  return (
    (attributes?.includes(instance.attribute) ?? true) &&
    (datasetIds?.includes(instance.dataset) ?? true) &&
    (!window || isInside(instance, window))
  )
}

function isInside(instance: KeptInstance, { property, from, to }: Partial<TimeWindow>): boolean {
  const time = instance[property ?? 'time']
  return time !== undefined && (from === undefined || time >= from) && (to === undefined || time < to)
}
