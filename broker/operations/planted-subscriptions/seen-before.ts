import { createHash } from 'node:crypto'
import type { Entity, Instance } from '../../core/model/entity.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { DAY, type Micros } from '../../core/model/time.ts'
import type { View } from '../../core/view/view.ts'
import type { DocumentUnit, Store } from '../../store/port/store.ts'
import { seeTold, sourceNoticeId, type ToldBySource } from '../../subscriptions/source-notice.ts'
import type { Subscription } from '../../subscriptions/subscription.ts'

/** What was told through one copy, and to whom. */
export interface Teller {
  readonly tenant: Tenant
  readonly registrationId: string
  readonly subscription: Subscription
  readonly view: View
  readonly now: Micros
}

/** What is left to tell, and what to remember once that is kept. */
export interface NewlySeen {
  readonly entities: readonly ToldBySource[]
  readonly marks: readonly DocumentUnit[]
}

/** What was seen is remembered for so long. */
const REMEMBERED: Micros = 30 * DAY
const ORIGIN = { by: 'hub' }

/**
 * Leaves out what a source tells of because of something that the subscriber may not see: of whom it does not see
 * everything only a change of what it sees is told, as of this hub's own entities. A mark of what was seen is kept of each
 * entity, and nothing that could be read again.
 */
export async function newlySeen(
  store: Pick<Store, 'document'>,
  teller: Teller,
  told: readonly ToldBySource[],
): Promise<NewlySeen> {
  const { tenant, subscription, view, registrationId, now } = teller
  if (view.unrestricted || subscription.timeInterval !== undefined) return { entities: told, marks: [] }
  const entities: ToldBySource[] = []
  const marks: DocumentUnit[] = []
  for (const each of told) {
    const seen = seeTold(each, view, { at: now, now })
    if (!seen) continue
    const id = `${sourceNoticeId(subscription.id, registrationId)} ${each.entity.id}`
    const mark = markOf(seen.after, subscription)
    const before = await store.document(tenant, 'sourceNotice', id)
    if (before?.document.mark === mark) continue
    entities.push(each)
    marks.push({
      ...{ collection: 'sourceNotice', id, at: now, origin: ORIGIN, logged: false },
      ...{ next: { mark }, expiresAt: now + REMEMBERED },
    })
  }
  return { entities, marks }
}

/** Of what is watched, without the times of the system: a new time alone tells of something that is not seen. */
function markOf(entity: Entity | undefined, { watchedAttributes: watched }: Subscription): string {
  if (!entity) return 'gone'
  const names = Object.keys(entity.attributes)
    .filter((name) => watched?.has(name) ?? true)
    .sort()
  const seen = names.map((name) => [name, (entity.attributes[name] ?? []).map(timeless)])
  const text = JSON.stringify([[...entity.types].sort(), seen])
  return createHash('sha256').update(text).digest('base64url')
}

function timeless({ createdAt: _, modifiedAt: __, attributes, ...instance }: Instance): object {
  if (!attributes) return instance
  const inner = Object.entries(attributes).map(([name, instances]) => [name, instances.map(timeless)])
  return { ...instance, attributes: inner }
}
