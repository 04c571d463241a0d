import type { Egress } from '../../../security/egress/egress.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { OfSnapshot } from './keep-snapshot.ts'
import type { Snapshot } from './snapshot.ts'

export interface NotifyDependencies {
  readonly egress: Egress
  readonly clock: () => Micros
  readonly newId: () => string
  /** Writes a snapshot as the standard has it. */
  readonly encode: (snapshot: Snapshot) => JsonObject
  /** Told why a notification did not get through. */
  readonly undelivered: (error: unknown) => void
}

const TIMEOUT_MS = 5000
const MOST_BYTES = 65_536

/**
 * Tells the endpoint of a snapshot how it stands (CIM 009 v1.9.1, 5.16.6 and 5.3.4): once, in the background. The
 * notification says nothing of the entities inside.
 */
export const notifyStatus =
  ({ egress, clock, newId, encode, undelivered }: NotifyDependencies) =>
  ({ tenant }: OfSnapshot, snapshot: Snapshot): void => {
    const { endpoint, receiverInfo = [] } = snapshot.given
    if (endpoint === undefined || snapshot.status === 'preparing') return
    const {
      snapshotPriority = null,
      snapshotStatus = null,
      expiresAt = null,
      snapshotQueriesDetails,
    } = encode(snapshot)
    const notification: JsonObject = {
      id: newId(),
      type: 'SnapshotNotification',
      notifiedAt: formatDateTime(clock()),
      snapshotId: snapshot.id,
      snapshotStatus,
      snapshotPriority,
      expiresAt,
      ...(snapshotQueriesDetails !== undefined && { snapshotQueriesDetails }),
    }
    void egress
      .request({
        url: endpoint,
        method: 'POST',
        headers: {
          ...Object.fromEntries(receiverInfo.map(({ key, value }) => [key, value])),
          'Content-Type': 'application/json',
          ...(tenant !== DEFAULT_TENANT && { 'NGSILD-Tenant': tenant }),
        },
        body: JSON.stringify(notification),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_BYTES,
      })
      .catch(undelivered)
  }
