import { travelsOpen } from '../../../security/egress/travels-open.ts'
import { Problem } from '../../core/model/problem.ts'
import { typesIn } from '../../core/query/types-in.ts'
import { isAttributeProjected } from '../../core/view/render.ts'
import type { Store } from '../../store/port/store.ts'
import { type ParsedMembers, readProjection } from '../../subscriptions/stored-subscription.ts'
import type { Command } from '../command.ts'

/** What is known of where notifications go, and of what they tell. */
export interface Carriage {
  readonly uri: string
  readonly parsed: ParsedMembers
}

/**
 * Refuses an endpoint to which personal data that the caller sees in clear would travel without TLS: what entities of the
 * tenant have now is looked at, and what is sent later is looked at again then. @throws Problem Forbidden
 */
export async function checkCarriage(
  { store, plainHttp }: { readonly store: Pick<Store, 'counters'>; readonly plainHttp: boolean },
  { caller, tenant }: Pick<Command, 'caller' | 'tenant'>,
  { uri, parsed: { entities, notification } }: Carriage,
): Promise<void> {
  if (plainHttp || !travelsOpen(uri)) return
  const { personal } = caller.view(tenant)
  if (!personal) return
  const wanted = entities?.map(({ types }) => typesIn(types))
  const isWanted = (type: string): boolean =>
    wanted?.every((types) => types && !types.includes(type)) !== true
  const picking = {
    ...(notification?.pick && { pick: readProjection(notification.pick) }),
    ...(notification?.omit && { omit: readProjection(notification.omit) }),
  }
  const { attributes } = await store.counters(tenant)
  for (const [attribute, types] of attributes)
    for (const type of types.keys())
      if (isWanted(type) && isAttributeProjected(attribute, picking) && personal([type], attribute)?.clear)
        throw new Problem(
          'Forbidden',
          'Subscription endpoint is beyond this machine and has no TLS, and personal data that the caller sees in clear ' +
            'would be sent there: use https or mqtts, or leave it out',
        )
}
