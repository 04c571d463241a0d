import type { Seal } from '../../../security/seal.ts'
import type { ContextService } from '../../contexts/context-service.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { LogRecord } from '../../core/model/change.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { beginDisclosures } from '../../core/view/begin-disclosures.ts'
import type { Store } from '../../store/port/store.ts'
import { termsOf } from '../../subscriptions/index/terms.ts'
import { judgeChange, looksBehind } from '../../subscriptions/match/judge-change.ts'
import { seeChange } from '../../subscriptions/match/see-change.ts'
import type { NotifiedEntity } from '../../subscriptions/notified-entity.ts'
import type { NameNotification } from '../../subscriptions/notify/notification-id.ts'
import type { WriteNotification } from '../../subscriptions/notify/write-notification.ts'
import { readSubscription, storedSubscription } from '../../subscriptions/read-subscription.ts'
import type { Subscription } from '../../subscriptions/subscription.ts'
import type { Command } from '../command.ts'
import { checkSubscriptionRight, isOwner } from '../subscriptions/keep-subscription.ts'
import type { TellDependencies } from './tell-change.ts'
import type { LaterTold, Telling } from './telling.ts'

export interface NotificationDependencies extends TellDependencies {
  readonly nameNotification: NameNotification
  readonly store: Pick<Store, 'document'>
  readonly contexts: Pick<ContextService, 'resolve'>
  /** Opens what subscriptions keep sealed. */
  readonly subscriptionSeal: Seal
  readonly writeNotification: WriteNotification
}

/** A subscription whose notifications go to a stream. */
export interface StreamedSubscription {
  readonly telling: Telling
  readonly table: TermTable
}

/**
 * Answers what tells the notifications of a subscription to somebody who may read it: matched and written as for its
 * endpoint, but with the rights of who listens, and whether it is paused or not. @throws Problem
 */
export async function tellNotifications(
  dependencies: NotificationDependencies,
  command: Command & { readonly id: string },
): Promise<StreamedSubscription> {
  const { caller, tenant, id } = command
  caller.check('read', tenant, { resource: 'subscription', id })
  const keptIn = { tenant, collection: 'subscription' } as const
  const found = await dependencies.store.document(tenant, keptIn.collection, id)
  const stored = checkSubscriptionRight(command, 'read', found && storedSubscription(found.document))
  const read = found && readSubscription(found.document, keptIn, dependencies.subscriptionSeal)
  if (!read) throw new Problem('ResourceNotFound', `Subscription ${id} cannot be read by this hub`)
  if (looksBehind(read.query))
    throw new Problem(
      'OperationNotSupported',
      `Subscription ${id} looks into linked entities, which streams do not`,
    )
  const subscription = toStream(read)
  const table = await dependencies.contexts.resolve(subscription.jsonldContext, tenant)
  const about = { subscription, table, own: isOwner(caller, stored), asOf: stored.modifiedAt }
  return { table, telling: notifications(dependencies, about) }
}

/** Nobody else learns what is for its endpoint. */
function toStream({ endpoint: { accept }, ...subscription }: Subscription): Subscription {
  const endpoint = { uri: 'https://stream.invalid/', accept, receiverInfo: [], notifierInfo: [] }
  return { ...subscription, endpoint, delivery: {} }
}

interface About {
  readonly subscription: Subscription
  readonly table: TermTable
  readonly own: boolean
  /** When it was changed last. */
  readonly asOf: Micros
}

function notifications(
  { engine, clock, nameNotification, writeNotification }: NotificationDependencies,
  { subscription, table, own, asOf }: About,
): Telling {
  const { id, query, watchedAttributes, since, expiresAt = Number.POSITIVE_INFINITY } = subscription
  return {
    targets: [{ resource: 'entity' }, { resource: 'subscription', id, own }],
    ...(query.geo && { needsGeometry: true }),
    begin: ({ tenant, caller }) => {
      const view = caller.view(tenant)
      const write = async (change: NotifiedEntity, position: number): Promise<LaterTold> => {
        if (clock() >= expiresAt) return { reason: `Subscription ${id} is expired` }
        const name = nameNotification({ tenant, subscriptionId: id, since, position })
        const disclosures = beginDisclosures()
        const notice = {
          id: name,
          tenant,
          subscription,
          table,
          view,
          notifiedAt: clock(),
          entities: [change],
          disclose: disclosures.disclose,
        }
        const message = await writeNotification(notice)
        if (!message) return {}
        const { disclosed, datasets } = disclosures.take() ?? {}
        const told = { ...(disclosed && { disclosed }), ...(datasets && { of: datasets }) }
        return { text: `"notification":${message.body}`, ...told }
      }
      return {
        terms: [...termsOf(query, watchedAttributes, view), { collection: 'subscription' }],
        tell: (record: LogRecord) => {
          if (record.collection === 'subscription')
            return record.id === id && record.at > asOf
              ? async () => ({ reason: `Subscription ${id} is another one now` })
              : undefined
          if (record.collection !== 'entity' || record.at < since) return undefined
          const change = seeChange(record, view, clock())
          const matches = change !== undefined && judgeChange(subscription, change, { engine })
          return matches ? () => write(change, record.sequence) : undefined
        },
      }
    },
  }
}
