import type { TermTable } from '../../core/context/term-table.ts'
import { isJsonArray, isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import type { Message } from '../../subscriptions/deliver/message.ts'
import type { Envelope } from '../../subscriptions/notify/notice.ts'
import type { Templates } from '../../subscriptions/notify/templates.ts'
import { listText, writeLetter } from '../../subscriptions/notify/write-letter.ts'
import { encodeRegistration } from '../registrations/encode-registration.ts'
import type { TriggerReason } from './judge-registration-change.ts'

/** A notification of registrations (CIM 009 v1.9.1, 5.3.2) that is to be written. */
export interface RegistrationNotice extends Envelope {
  readonly reason: TriggerReason
  readonly documents: readonly JsonObject[]
}

/** How a source fared with this hub is no part of what is told. */
const NEVER_ASKED = { timesSent: 0, timesFailed: 0 }

/** Writes a CSourceNotification as the message that its receiver gets (CIM 009 v1.9.1, 5.11.7). @throws Problem */
export function writeRegistrations(
  templates: Pick<Templates, 'fill'>,
  { reason, documents, ...envelope }: RegistrationNotice,
): Promise<Message | undefined> {
  const { subscription, table } = envelope
  const view = { table, sysAttrs: subscription.options.sysAttrs === true }
  const texts = documents.map((document) => JSON.stringify(written(document, view)))
  const data = listText(envelope, texts)
  return writeLetter(templates, envelope, { type: 'ContextSourceNotification', triggerReason: reason, data })
}

interface RegistrationStyle {
  readonly table: TermTable
  readonly sysAttrs: boolean
}

/** Types of a notified EntityInfo are always an array, which 5.2.8 allows, so that its reader knows one form only. */
function written(document: JsonObject, style: RegistrationStyle): JsonObject {
  const { information, ...members } = encodeRegistration(document, NEVER_ASKED, style)
  return { ...members, information: each(information, withTypeArrays) }
}

function withTypeArrays(info: JsonObject): JsonObject {
  if (info.entities === undefined) return info
  return {
    ...info,
    entities: each(info.entities, ({ type, ...entity }) => ({
      ...(type !== undefined && { type: itemsOf(type) }),
      ...entity,
    })),
  }
}

function each(value: JsonValue | undefined, change: (item: JsonObject) => JsonObject): JsonValue {
  return isJsonArray(value) ? value.filter(isJsonObject).map(change) : []
}
