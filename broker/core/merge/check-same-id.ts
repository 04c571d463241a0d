import type { Entity, EntityFragment } from '../model/entity.ts'
import { badRequestData } from '../model/problem.ts'

/** Refuses a fragment that names another entity than the one it is for. @throws Problem BadRequestData */
export function checkSameId({ id }: Entity, fragment: EntityFragment): void {
  if (fragment.id !== undefined && fragment.id !== id) {
    throw badRequestData(`Entity id ${fragment.id} in the body differs from ${id}`)
  }
}
