import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { Caller } from '../core/model/caller.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { SourceDependencies } from '../federation/forward/source-connection.ts'
import type { Registry } from '../federation/registry/registry.ts'
import type { Route } from '../http/route.ts'
import { plantedRoutes } from '../http/routes/planted-routes.ts'
import { acceptNotification } from '../operations/planted-subscriptions/accept-notification.ts'
import {
  type PlantedSubscriptions,
  plantSubscriptions,
} from '../operations/planted-subscriptions/plant-subscriptions.ts'
import type { PlantingDependencies } from '../operations/planted-subscriptions/planting-dependencies.ts'
import { PLANTED_SEAL } from '../operations/planted-subscriptions/receiving-address.ts'
import { removeOrphans } from '../operations/planted-subscriptions/remove-orphan.ts'
import { SUBSCRIPTION_SEAL } from '../subscriptions/read-subscription.ts'
import type { Subscriptions } from '../subscriptions/subscriptions.ts'

/** The parts that the planting of subscriptions is made of. */
export interface PlantingParts
  extends Pick<
    PlantingDependencies,
    'store' | 'contexts' | 'delegate' | 'registrationSecrets' | 'url' | 'failed'
  > {
  readonly sources: SourceDependencies
  readonly registry: WatchedRegistry
  readonly secret: Uint8Array
  /** The hub itself. */
  readonly local: Caller
}

/** Subscriptions at sources, and the route that those notify. */
export interface AssembledPlanting
  extends Pick<PlantedSubscriptions, 'start' | 'stop' | 'rightsChanged' | 'subscriptionChanged'> {
  readonly routes: readonly Route[]
  /** Answers subscriptions that tell of their changes. */
  told(subscriptions: Subscriptions): Subscriptions
}

/** Registrations, and a tongue to tell of their changes with, once somebody listens. */
export interface WatchedRegistry extends Registry {
  changed?: (tenant: Tenant, id: string) => void
}

/** Makes registrations tell of their changes. */
export function watchedRegistry(registry: Registry): WatchedRegistry {
  const watched: WatchedRegistry = {
    ...registry,
    apply: (tenant, state) => {
      registry.apply(tenant, state)
      watched.changed?.(tenant, state.id)
    },
  }
  return watched
}

const MILLISECOND = 1000

/** Puts together what plants subscriptions at sources and takes their notifications. */
export function assemblePlanting(
  config: Config,
  { secret, local, sources, ...parts }: PlantingParts,
): AssembledPlanting {
  const dependencies: PlantingDependencies = {
    ...sources,
    ...parts,
    subscriptionSeal: createSeal(secret, SUBSCRIPTION_SEAL),
    seal: createSeal(secret, PLANTED_SEAL),
    splitEntities: config.federation.splitEntities,
    renewal: config.federation.renewal * MILLISECOND,
  }
  const planted = plantSubscriptions(dependencies)
  const accepting = { ...dependencies, orphaned: removeOrphans({ ...dependencies, local }) }
  return {
    routes: plantedRoutes({ acceptNotification: acceptNotification(accepting) }),
    start: async () => {
      parts.registry.changed = planted.registrationChanged
      await planted.start()
    },
    stop: planted.stop,
    rightsChanged: planted.rightsChanged,
    subscriptionChanged: planted.subscriptionChanged,
    told: (subscriptions) => ({
      ...subscriptions,
      apply: async (tenant, change) => {
        await subscriptions.apply(tenant, change)
        planted.subscriptionChanged(tenant, change.id)
      },
    }),
  }
}
