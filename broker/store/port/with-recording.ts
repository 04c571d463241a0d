import { noteRecorded, type Recording } from '../../core/temporal/recording.ts'
import type { Unit } from './store.ts'

/** Notes in units what of them history keeps, unless it is noted already. */
export function withRecording<T extends Unit>(
  units: readonly T[],
  recording: Recording | undefined,
): readonly T[] {
  if (!recording) return units
  return units.map((unit) => {
    if (unit.collection !== 'entity' || unit.change.recorded) return unit
    const { types = [] } = unit.next ?? unit.before ?? {}
    return { ...unit, change: noteRecorded(unit.change, types, recording) }
  })
}
