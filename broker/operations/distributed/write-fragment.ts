import type { Decision } from '../../core/model/change.ts'
import type { Entity, EntityFragment } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import type { WriteRequest, WrittenEntity } from '../../federation/distribute/distribution.ts'
import { narrowFragment } from '../../federation/distribute/narrow-fragment.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'
import { contentOf } from './content-of.ts'
import { distributeWrite, type WriteOutcome } from './distribute-write.ts'

/** A write that brings attributes of an entity that is there. */
export interface FragmentWrite extends DistributedCommand, Selected {
  readonly fragment: EntityFragment
}

/** What an operation makes of a fragment. */
export interface FragmentOperation {
  /** Name of 4.20 that a source has to support. */
  readonly operation: string
  /** Decides this hub's part of the fragment; pure. */
  decide(current: Entity | undefined, part: EntityFragment, now: Micros): Decision
  /** Writes the request to the sources. */
  request(written: WrittenEntity): WriteRequest
}

/** Carries out a write of attributes, here and where its parts belong (CIM 009 v1.9.1, 4.3.6). @throws Problem */
export function writeFragment(
  dependencies: EntityWriteDependencies,
  { id, selects, selection, fragment, ...command }: FragmentWrite,
  { operation, decide, request }: FragmentOperation,
): Promise<WriteOutcome> {
  const attributes = Object.keys(fragment.attributes)
  const intent = { action: 'update', id, ...(selects && { selects }) } as const
  return distributeWrite(dependencies, command, {
    operation,
    intent: { attributes, ...intent },
    ...contentOf(fragment),
    ...(selection && { selection }),
    own: (part, sure) =>
      writeEntity(
        dependencies,
        sure,
        { attributes: part.attributes === 'everything' ? attributes : part.attributes, ...intent },
        (current, now) => decide(current, narrowFragment(fragment, part), now),
      ),
    request: (known) => request({ id, known }),
  })
}
