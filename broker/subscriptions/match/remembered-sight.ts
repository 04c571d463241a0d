import { validUntil } from '../../core/merge/valid-until.ts'
import type { LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import type { View } from '../../core/view/view.ts'
import type { NotifiedEntity } from '../notified-entity.ts'
import { RecentWork } from '../recent-work.ts'
import { seeChange } from './see-change.ts'

/** Answers what `seeChange` does; the same object for all who see a record with equal views. */
export type Sight = (record: LogRecord, view: View, now: Micros) => NotifiedEntity | undefined

/** Makes a sight that looks once at a record for all who share a view and look at about the same time. */
export function rememberedSight(): Sight {
  const seen = new RecentWork<NotifiedEntity | undefined>()
  return (record, view, now) => {
    // of what expires the next look may show less
    if (record.after && validUntil(record.after as Entity) !== undefined) return seeChange(record, view, now) // records of entities hold entities
    return seen.of(record, view.id, () => seeChange(record, view, now))
  }
}
