import type { Instance } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import { noInstance, type OfInstance } from './delete-attribute-instance.ts'
import type { EvolutionDependencies } from './evolution-dependencies.ts'
import { judgeInstances } from './judge-instances.ts'
import { changeEvolution } from './write-evolution.ts'

export interface ModifyAttributeInstance extends OfInstance {
  /** Makes the instance, as given at that instant. */
  readonly instance: (now: Micros) => Instance
}

/**
 * Modify Attribute instance in Temporal Evolution of an Entity (CIM 009 v1.9.1, 5.6.14): replaces it; its createdAt and
 * its instanceId stay. @throws Problem ResourceNotFound
 */
export const modifyAttributeInstance =
  (dependencies: EvolutionDependencies) =>
  async ({ id, attribute, instanceId, instance, ...command }: ModifyAttributeInstance): Promise<void> => {
    let note = (): void => undefined
    await changeEvolution(
      dependencies,
      command,
      { action: 'update', id, attributes: [attribute] },
      {
        change: ({ types }) => {
          const given = { attribute, instance: instance(dependencies.clock()) }
          const { instances, ...judged } = judgeInstances(dependencies, { id, types }, [given])
          note = judged.note
          return { action: 'replaceInstance', instanceId, ...(instances[0] ?? given) }
        },
        missing: () => noInstance(id, attribute, instanceId),
      },
    )
    note()
  }
