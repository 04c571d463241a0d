import { mergeEntity as merge } from '../../core/merge/merge-entity.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface MergeEntity extends Command, Selected {
  readonly fragment: EntityFragment
  readonly observedAt?: Micros
  readonly lang?: string
}

/** Merge Entity (CIM 009 v1.9.1, 5.6.17): overlays the fragment on the stored entity. */
export const mergeEntity =
  (dependencies: WriteDependencies) =>
  async ({ id, selects, fragment, observedAt, lang, ...command }: MergeEntity): Promise<void> => {
    const attributes = Object.keys(fragment.attributes)
    const options = { ...(observedAt !== undefined && { observedAt }), ...(lang !== undefined && { lang }) }
    await writeEntity(
      dependencies,
      command,
      { action: 'update', id, attributes, ...(selects && { selects }) },
      (current, now) => merge(current, fragment, options, now),
    )
  }
