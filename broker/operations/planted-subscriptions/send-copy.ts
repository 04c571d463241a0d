import { createHash } from 'node:crypto'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { Called, SourceConnection } from '../../federation/forward/source-connection.ts'
import { steering } from '../../federation/forward/source-headers.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import { type CopyOutcome, plantCopy, removeCopy, updateCopy } from './copy-at-source.ts'
import type { PlantedCopy } from './planted-copy.ts'
import type { PlantingDependencies } from './planting-dependencies.ts'
import { addressKey, RECEIVING_PATH } from './receiving-address.ts'
import { type Original, type Reduced, type WritingCopy, writeReduced } from './reduced-subscription.ts'

/** A copy that is to be sent to its source. */
export interface Sending {
  readonly tenant: Tenant
  readonly wanted: Original
  readonly reduced: Reduced
  readonly copy: PlantedCopy
  /** What it says is other than what was sent last. */
  readonly change: 'none' | 'some'
  readonly endsAt: Micros
}

/** Answers what a copy says, as it is compared: `isActive` is always there. */
export function writtenHere(original: Original, reduced: Reduced, writing: WritingCopy): JsonObject {
  return { isActive: true, ...writeReduced(original, reduced, writing) }
}

/** Tells copies apart by what they say, and by how it is written for the source. */
export function digestOf(written: JsonObject, registration: Registration): string {
  const style = steering(registration, 'jsonldContext') ?? null
  return createHash('sha256')
    .update(JSON.stringify([written, style]))
    .digest('base64url')
}

/** Does at a source what a copy needs: plants it, changes it, or renews it (CIM 009 v1.9.1, 5.8.1.4). */
export async function sendCopy(
  { seal, url, clock }: Pick<PlantingDependencies, 'seal' | 'url' | 'clock'>,
  connection: SourceConnection,
  { tenant, wanted, reduced, copy, change, endsAt }: Sending,
): Promise<Called<CopyOutcome>> {
  const { remoteId, name } = copy
  const { operations } = reduced.registration
  const { notification, ...written } = writtenHere(wanted, reduced, {
    table: connection.table,
    now: clock(),
  })
  const uri = `${url}${RECEIVING_PATH}/${addressKey({ tenant, ...copy }, seal)}`
  const end = { expiresAt: formatDateTime(endsAt) }
  const body = {
    ...written,
    ...end,
    notification: { ...(notification as JsonObject), endpoint: { uri, accept: 'application/json' } }, // as written
  }
  if (remoteId === undefined) return plantCopy(connection, name, body)
  if (!operations.has('updateSubscription')) {
    if (operations.has('deleteSubscription')) await removeCopy(connection, remoteId)
    return plantCopy(connection, name, body)
  }
  const fragment = change === 'none' ? end : { ...removals(copy, written), ...body }
  const called = await updateCopy(connection, remoteId, fragment)
  // the source has lost it
  return 'outcome' in called && called.outcome === 'gone' ? plantCopy(connection, name, body) : called
}

function removals({ members }: PlantedCopy, written: JsonObject): JsonObject {
  const gone = members.filter((name) => written[name] === undefined && name !== 'notification')
  return Object.fromEntries(gone.map((name) => [name, null satisfies JsonValue]))
}
