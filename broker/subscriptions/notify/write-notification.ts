import { formatDateTime } from '../../core/model/time.ts'
import { featureCollection, withContext } from '../../core/view/with-context.ts'
import type { Message } from '../deliver/message.ts'
import { addressed, addressedCustom } from './addressed.ts'
import { entityWriter, wantsFeatures } from './entity-texts.ts'
import { contextInBody } from './headers.ts'
import { type JoinLinked, linkedTexts } from './join-linked.ts'
import type { Notice } from './notice.ts'
import { renameMembers } from './rename-members.ts'
import type { Templates } from './templates.ts'

/** Writes a notification as the message that its receiver gets; undefined: there is nothing left to tell. */
export type WriteNotification = (notice: Notice) => Promise<Message | undefined>

/** What the writing of notifications works with. */
export interface NotificationDependencies {
  readonly joinLinked: JoinLinked
  readonly templates: Pick<Templates, 'fill'>
}

/** Answers the writer of notifications (CIM 009 v1.9.1, 5.3.1 and 5.8.6). */
export function notificationWriter({ joinLinked, templates }: NotificationDependencies): WriteNotification {
  const writeEntity = entityWriter()

  return async (notice) => {
    const { rename, template } = notice.subscription.delivery
    const written = notice.entities.map((entity) => writeEntity(entity, notice))
    const texts = await linkedTexts(joinLinked, notice, written)
    if (texts.length === 0) return undefined
    const notification = bodyOf(notice, rename ? texts.map((text) => renameMembers(text, rename)) : texts)
    if (template === undefined) return addressed(notice, notification)
    const filled = await templates.fill({ template, notification })
    return filled && addressedCustom(notice, filled)
  }
}

function bodyOf(notice: Notice, texts: readonly string[]): string {
  const { id, subscription, notifiedAt } = notice
  const about = `"id":${JSON.stringify(id)},"type":"Notification"`
  const due = `"subscriptionId":${JSON.stringify(subscription.id)},"notifiedAt":"${formatDateTime(notifiedAt)}"`
  return `{${about},${due},"data":${dataOf(notice, texts)}}`
}

/** JSON-LD: each entity with its @context; GeoJSON: one collection with it (5.3.1, 6.3.8). */
function dataOf({ subscription, table }: Notice, texts: readonly string[]): string {
  const context = contextInBody(subscription) ? table.served : undefined
  if (wantsFeatures(subscription)) return featureCollection(texts, context)
  const entities = context === undefined ? texts : texts.map((text) => withContext(text, context))
  return `[${entities.join(',')}]`
}
