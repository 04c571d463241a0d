import { createHmac, hash } from 'node:crypto'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'

/** What a notification is due for: the same whenever it is sent, also after a restart. */
export interface NotificationPlace {
  readonly tenant: Tenant
  readonly subscriptionId: string
  /** From when on the subscription holds: one that is made anew under an old id has notifications of its own. */
  readonly since: Micros
  /** Position in the tenant's log of the change that made it due, or the instant at which it was due by time. */
  readonly position: number
}

/**
 * Names a notification by what it is due for (CIM 009 v1.9.1, 5.3.1): always the same. Keyed, since positions tell how much
 * is written, also by and of others.
 */
export type NameNotification = (place: NotificationPlace) => string

/**
 * Answers what names the notifications of a hub: UUIDs of version 8, made by SHA-256 of a key of its secret and the place.
 * Half of each hash is kept, so no other can be derived from it.
 */
export function notificationNames(secret: Uint8Array): NameNotification {
  const key = createHmac('sha256', secret).update('notification').digest('hex')
  return ({ tenant, subscriptionId, since, position }) => {
    const digest = hash('sha256', JSON.stringify([key, tenant, subscriptionId, since, position]), 'hex')
    const variant = '89ab'[Number.parseInt(digest.charAt(16), 16) % 4] ?? '8'
    const parts = [
      digest.slice(0, 8),
      digest.slice(8, 12),
      `8${digest.slice(13, 16)}`,
      `${variant}${digest.slice(17, 20)}`,
    ]
    return `urn:ngsi-ld:Notification:${[...parts, digest.slice(20, 32)].join('-')}`
  }
}
