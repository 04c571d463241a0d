import type { JoinLinked } from '../../subscriptions/notify/join-linked.ts'
import { type JoinDependencies, joinEntities } from './join-entities.ts'
import { styleOf } from './render-entity.ts'

/** Answers what joins linked entities to those of notifications, as to those of answers (CIM 009 v1.9.1, 4.5.23, 5.8.6). */
export function notifiedJoiner(dependencies: JoinDependencies): JoinLinked {
  return async (entities, { join, disclose, ...how }) => {
    const joining = { join: { ...join, containedBy: [] }, style: styleOf({ ...how, linking: true }) }
    const { texts, disclosed, datasets } = await joinEntities(dependencies, entities, joining)
    disclose?.(disclosed, datasets)
    return texts
  }
}
