import { isJsonObject } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { projectionDepth } from '../../core/query/needs.ts'
import { readProjection } from '../../subscriptions/stored-subscription.ts'
import type { SubscriptionParts } from './decode-subscription.ts'

/** Checks a whole subscription: what is mandatory, and what excludes each other (CIM 009 v1.9.1, 5.2.12). @throws Problem BadRequestData */
export function checkSubscription(parts: SubscriptionParts): void {
  const { members } = parts
  for (const name of ['type', 'notification']) {
    if (members[name] === undefined) throw badRequestData(`Subscription has no ${name}`)
  }
  const local = members.localOnly === true
  if (!local && members.entities === undefined && members.watchedAttributes === undefined)
    throw badRequestData('Subscription has neither entities nor watchedAttributes, nor localOnly=true')
  if (members.localOnly === false && selectsAll(parts))
    throw badRequestData('Subscription selects type "*", which excludes localOnly=false')
  if (members.timeInterval !== undefined) checkPeriodic(parts, local)
  checkDepth(parts)
}

/** All types together are for this hub's own entities only (CIM 009 v1.9.1, 5.2.33). */
function selectsAll({ parsed }: SubscriptionParts): boolean {
  return parsed.entities?.some(({ types }) => types.kind === 'any') === true
}

function checkPeriodic({ members }: SubscriptionParts, local: boolean): void {
  for (const name of ['watchedAttributes', 'throttling']) {
    if (members[name] !== undefined)
      throw badRequestData(`Subscription has timeInterval and ${name}, which exclude each other`)
  }
  if (!local && members.entities === undefined)
    throw badRequestData('Subscription has timeInterval without entities or localOnly=true')
}

/** What is picked of linked entities reaches as deep as they come along (CIM 009 v1.9.1, 4.5.23); q asks by itself (4.9). */
function checkDepth({ members, parsed }: SubscriptionParts): void {
  const notification = isJsonObject(members.notification) ? members.notification : {}
  const { join = '@none', joinLevel = 1 } = notification
  const level = join === '@none' ? 0 : Number(joinLevel)
  const { pick, omit } = parsed.notification ?? {}
  const depths = {
    pick: pick ? projectionDepth(readProjection(pick)) : 0,
    omit: omit ? projectionDepth(readProjection(omit)) : 0,
  }
  for (const [name, depth] of Object.entries(depths)) {
    if (depth > level)
      throw badRequestData(
        `Subscription member ${name} looks into linked entities of level ${depth}, beyond the join of its notification`,
      )
  }
}
