import type { Audit } from '../../security/audit/audit.ts'
import { travelsOpen } from '../../security/egress/travels-open.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonObject } from '../core/model/json.ts'
import { Problem } from '../core/model/problem.ts'
import { beginDisclosures } from '../core/view/begin-disclosures.ts'
import { hasAny } from '../core/view/disclosure.ts'
import type { WriteNotification } from '../subscriptions/notify/write-notification.ts'

/** Who has to know of what subscribers are told, and who these are. */
export interface NotificationAudit {
  readonly audit: Pick<Audit, 'shown'>
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  /** What subscribers are told may be read on the way. */
  readonly plainHttp: boolean
}

/**
 * Answers a writer whose notifications can be sent, since it is on disk what they tell of persons, and since nothing of that
 * that is in clear can be read on the way. @throws Problem
 */
export function auditedNotifications(
  write: WriteNotification,
  { audit, delegate, plainHttp }: NotificationAudit,
): WriteNotification {
  return async (notice) => {
    const { tenant, subscription } = notice
    const caller = delegate(subscription.delegation)
    if (!caller) return write(notice)
    const disclosures = beginDisclosures()
    const message = await write({ ...notice, disclose: disclosures.disclose })
    if (!message) return undefined
    const shown = disclosures.take()
    const clear = shown?.disclosed?.clear
    if (!plainHttp && clear && hasAny(clear) && travelsOpen(subscription.endpoint.uri))
      throw new Problem('Forbidden', 'it has personal data in clear, and its endpoint no TLS')
    await audit.shown({
      ...{ kind: 'notification', caller, tenant, operation: 'notification' },
      ...shown,
      details: { subscription: subscription.id, to: hostOf(subscription.endpoint.uri) },
    })
    return message
  }
}

/** Of an endpoint no path and no user is written down. */
function hostOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).host : ''
}
