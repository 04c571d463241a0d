import { validUntil } from '../../core/merge/valid-until.ts'
import type { LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import type { View } from '../../core/view/view.ts'
import type { NotifiedEntity } from '../notified-entity.ts'
import { seeChange } from './see-change.ts'

/** Answers what `seeChange` does; the same object for all who see a record with equal views. */
export type Sight = (record: LogRecord, view: View, now: Micros) => NotifiedEntity | undefined

/** Makes a sight that looks once at a record for all who share a view, as long as the record is at hand. */
export function rememberedSight(): Sight {
  const seen = new WeakMap<LogRecord, Map<string, NotifiedEntity | undefined>>()
  return (record, view, now) => {
    // of what expires the next look may show less
    if (record.after && validUntil(record.after as Entity) !== undefined) return seeChange(record, view, now) // records of entities hold entities
    const ofRecord = seen.get(record) ?? new Map<string, NotifiedEntity | undefined>()
    if (ofRecord.size === 0) seen.set(record, ofRecord)
    if (!ofRecord.has(view.id)) ofRecord.set(view.id, seeChange(record, view, now))
    return ofRecord.get(view.id)
  }
}
