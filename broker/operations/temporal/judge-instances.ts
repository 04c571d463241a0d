import type { EntityChange } from '../../core/model/change.ts'
import type { Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { WriteDependencies } from '../command.ts'
import { refuseUnmarked } from '../guard.ts'

/** Instances that history is given, each with its attribute. */
export type GivenInstances = readonly { readonly attribute: Iri; readonly instance: Instance }[]

/** The rules that hold for what is written, of which history has its part. */
export type InstanceRules = Pick<WriteDependencies, 'classOf' | 'validation'>

/** Instances as they are to be kept. */
export interface JudgedInstances {
  readonly instances: GivenInstances
  /** To be called when they are kept: tells of what a rule forbids. */
  note(): void
}

/**
 * Judges what history is given of an entity of these types by the rules that hold for a write of it, instance by instance, and
 * converts units where that is asked for; what a whole entity has to have is not asked of its past. @throws Problem
 * BadRequestData that names attribute and rule
 */
export function judgeInstances(
  { classOf, validation }: InstanceRules,
  whose: Pick<Entity, 'id' | 'types'>,
  given: GivenInstances,
): JudgedInstances {
  if (!classOf && !validation) return { instances: given, note: () => undefined }
  const written = asWritten(whose, given)
  if (classOf) refuseUnmarked(whose, written.change, classOf)
  if (!validation) return { instances: given, note: () => undefined }
  const decision = validation.inUnits(written)
  validation.refuse(decision, decision.next)
  return {
    instances: given.map((one, at) => {
      const instance = decision.change?.attributes[at]?.after
      return instance && instance !== one.instance ? { ...one, instance } : one
    }),
    note: () => validation.note(decision),
  }
}

/** As a write that came late does: the entity stays as it is. */
function asWritten(
  { id, types }: Pick<Entity, 'id' | 'types'>,
  given: GivenInstances,
): { readonly next: Entity; readonly change: EntityChange } {
  const at = 0
  return {
    next: { id, types, createdAt: at, modifiedAt: at, attributes: {} },
    change: {
      ...{ action: 'updated', at, members: false },
      attributes: given.map(({ attribute, instance }) => ({
        ...{ attribute, action: 'updated', late: true },
        ...(instance.datasetId !== undefined && { datasetId: instance.datasetId }),
        after: instance,
      })),
    },
  }
}
