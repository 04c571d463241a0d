import { disclosureOf } from '../../core/view/disclosure.ts'
import { featureCollection } from '../../core/view/with-context.ts'
import type { Message } from '../deliver/message.ts'
import { type EntityText, entityWriter, wantsFeatures } from './entity-texts.ts'
import { contextInBody } from './headers.ts'
import { type JoinLinked, linkedTexts } from './join-linked.ts'
import type { Notice } from './notice.ts'
import { renameMembers } from './rename-members.ts'
import type { Templates } from './templates.ts'
import { listText, writeLetter } from './write-letter.ts'

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
    const { rename } = notice.subscription.delivery
    const written = notice.entities.map((entity) => writeEntity(entity, notice))
    if (notice.disclose) discloseWritten(notice, written)
    const texts = await linkedTexts(joinLinked, notice, written)
    if (texts.length === 0) return undefined
    const named = rename ? texts.map((text) => renameMembers(text, rename)) : texts
    return writeLetter(templates, notice, { type: 'Notification', data: dataOf(notice, named) })
  }
}

/** What deleted instances were counts like what is there. */
function discloseWritten(
  { entities, view, subscription, disclose }: Notice,
  written: readonly EntityText[],
): void {
  entities.forEach(({ after, before }, at) => {
    const entity = after ?? before
    if (entity && written[at]?.text !== undefined)
      disclose?.(disclosureOf(entity, view, subscription.options), entity.types)
  })
}

/** JSON-LD: each entity with its @context; GeoJSON: one collection with it (5.3.1, 6.3.8). */
function dataOf(notice: Notice, texts: readonly string[]): string {
  const { subscription, table } = notice
  if (!wantsFeatures(subscription)) return listText(notice, texts)
  return featureCollection(texts, contextInBody(subscription) ? table.served : undefined)
}
