import { formatDateTime } from '../../core/model/time.ts'
import { withContext } from '../../core/view/with-context.ts'
import type { Message } from '../deliver/message.ts'
import { addressed, addressedCustom } from './addressed.ts'
import { contextInBody } from './headers.ts'
import type { Envelope } from './notice.ts'
import type { Templates } from './templates.ts'

/** What a notification says (CIM 009 v1.9.1, 5.3.1 and 5.3.2). */
export interface Letter {
  readonly type: 'Notification' | 'ContextSourceNotification'
  readonly triggerReason?: string
  /** JSON text. */
  readonly data: string
}

/** Writes a letter as the message that its receiver gets, through the template of the subscription; undefined: that makes nothing of it. */
export async function writeLetter(
  templates: Pick<Templates, 'fill'>,
  envelope: Envelope,
  letter: Letter,
): Promise<Message | undefined> {
  const { tenant, subscription } = envelope
  const { template } = subscription.delivery
  const notification = letterText(envelope, letter)
  if (template === undefined) return addressed(envelope, notification)
  const filled = await templates.fill({ owner: `${tenant} ${subscription.owner}`, template, notification })
  return filled && addressedCustom(envelope, filled)
}

function letterText(
  { id, subscription, notifiedAt }: Envelope,
  { type, triggerReason, data }: Letter,
): string {
  const members = { id, type, subscriptionId: subscription.id, notifiedAt: formatDateTime(notifiedAt) }
  const head = JSON.stringify({ ...members, ...(triggerReason !== undefined && { triggerReason }) })
  return `${head.slice(0, -1)},"data":${data}}`
}

/** Writes a list of documents, each with its @context where the body names it. */
export function listText({ subscription, table }: Envelope, texts: readonly string[]): string {
  const documents = contextInBody(subscription) ? texts.map((text) => withContext(text, table.served)) : texts
  return `[${documents.join(',')}]`
}
