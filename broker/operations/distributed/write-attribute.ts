import type { Decision } from '../../core/model/change.ts'
import type { Entity, InstanceFragment } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import { instancesOf } from '../../federation/distribute/narrow-fragment.ts'
import { attributeRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'
import { datasetsOf } from './content-of.ts'
import { distributeWrite, type WriteOutcome } from './distribute-write.ts'

/** A write of instances of one attribute that is there. */
export interface AttributeWrite extends DistributedCommand, Selected {
  readonly attribute: Iri
  readonly fragments: readonly InstanceFragment[]
}

/** What an operation makes of instances of an attribute. */
export interface AttributeOperation {
  /** Name of 4.20 that a source has to support. */
  readonly operation: string
  readonly method: 'PATCH' | 'PUT'
  /** Decides this hub's part of the instances; pure. */
  decide(
    current: Entity | undefined,
    attribute: Iri,
    fragments: readonly InstanceFragment[],
    now: Micros,
  ): Decision
}

/** Carries out a write of one attribute, here and where its parts belong (CIM 009 v1.9.1, 4.3.6). @throws Problem */
export function writeAttribute(
  dependencies: EntityWriteDependencies,
  { id, selects, selection, attribute, fragments, ...command }: AttributeWrite,
  { operation, method, decide }: AttributeOperation,
): Promise<WriteOutcome> {
  const intent = { action: 'update', id, attributes: [attribute], ...(selects && { selects }) } as const
  return distributeWrite(dependencies, command, {
    operation,
    intent,
    attributes: [attribute],
    whole: false,
    ...datasetsOf({ [attribute]: fragments }),
    ...(selection && { selection }),
    own: (part, sure) =>
      writeEntity(dependencies, sure, intent, (current, now) =>
        decide(current, attribute, instancesOf(part, attribute, fragments), now),
      ),
    request: (known) => attributeRequest(method, { id, known }, { attribute, fragments }),
  })
}
