import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { Caller } from '../core/model/caller.ts'
import type { Tenant } from '../core/model/tenant.ts'
import { HOUR } from '../core/model/time.ts'
import { conditionalRoute } from '../http/conditional-route.ts'
import { explainedRoute } from '../http/explained-route.ts'
import { idempotentRoute } from '../http/idempotent-route.ts'
import { provenanceRoute } from '../http/provenance-route.ts'
import { inReferenceSystem } from '../http/reference-system-route.ts'
import type { Route } from '../http/route.ts'
import { type RegistrationOperations, registrationRoutes } from '../http/routes/registration-routes.ts'
import { snapshotRoutes } from '../http/routes/snapshot-routes.ts'
import { unitRoutes } from '../http/routes/unit-routes.ts'
import type { Command } from '../operations/command.ts'
import { createEntityTags } from '../operations/entities/entity-tags.ts'
import { onlyOnce } from '../operations/idempotency/only-once.ts'
import { endAlerts } from '../operations/indicators/end-alerts.ts'
import { limitedExports } from '../operations/limited-exports.ts'
import { findUnits, retrieveUnit } from '../operations/units/find-units.ts'
import { type Recurring, recurring } from '../store/port/recurring.ts'
import { administrationRoutes } from './administration-routes.ts'
import { assembleCatalog } from './catalog.ts'
import { type AssembledChanges, assembleChanges } from './changes.ts'
import { assembleDocument } from './document.ts'
import { assembleEntities } from './entities.ts'
import type { Parts } from './parts.ts'
import { type AssembledPlanting, assemblePlanting } from './planting.ts'
import { type AssembledPrivacy, assemblePrivacy, type PrivacyParts } from './privacy.ts'
import { referenceSystems } from './reference-systems.ts'
import { assembleRegistrations } from './registrations.ts'
import { type AssembledSnapshots, assembleSnapshots } from './snapshots.ts'
import { assembleSubscriptionEngine, type SubscriptionEngine } from './subscription-engine.ts'
import { assembleSubscriptions, subscriptionRemovers } from './subscriptions.ts'
import { assembleTemporal } from './temporal.ts'
import { type AssembledUnclassified, assembleUnclassified } from './unclassified.ts'
import { assembleValidation } from './validation.ts'

const EXPIRY_MILLISECONDS = 2000

export interface AssembledRoutes {
  readonly routes: readonly Route[]
  /** For the context sources that the configuration names. */
  readonly createRegistration: RegistrationOperations['createRegistration']
  readonly updateRegistration: RegistrationOperations['updateRegistration']
  readonly snapshots: AssembledSnapshots
  readonly subscriptions: SubscriptionEngine
  /** What ends by its time. */
  readonly expiry: readonly Recurring[]
  readonly planting: AssembledPlanting
  readonly unclassified: AssembledUnclassified
  readonly changes: AssembledChanges
  readonly privacy: AssembledPrivacy
}

/** Puts every operation and its route table together. */
export function assembleRoutes(config: Config, parts: Parts): AssembledRoutes {
  const { store, clock, registry } = parts
  const { limits } = config
  const { validation, routesOf: validationRoutesOf } = assembleValidation(config, parts)
  const rules = {
    ...(config.privacy.unmarked === 'refuse' && { classOf: parts.ontology.personalData }),
    ...(validation && { validation }),
  }
  const write = { store, clock, maxEntityBytes: limits.entityBytes, ...rules }
  const tags = createEntityTags(parts.secret, clock)
  const read = {
    ...parts,
    tags,
    maxRows: limits.rows,
    maxPageBytes: limits.pageBytes,
    maxJoined: limits.joined,
  }
  const exports = limitedExports(limits.exports)
  const once = onlyOnce({
    store,
    clock,
    secret: parts.secret,
    alone: parts.processes.alone,
    maxKeys: limits.idempotencyKeys,
    lifetime: limits.idempotencyHours * HOUR,
  })
  const settings = {
    seal: createSeal(parts.secret, 'cursor'),
    limits: { standard: limits.page, most: limits.maxPage },
  }
  const registrations = assembleRegistrations(config, parts)
  const snapshots = assembleSnapshots({ ...parts, ...read })
  const subscriptions = assembleSubscriptionEngine(config, { ...parts, ...read })
  const { log: _, ...planted } = parts
  const unclassified = assembleUnclassified(parts)
  const planting = assemblePlanting(config, planted)
  const subscribing = {
    ...parts,
    registry: planting.told(subscriptions.subscriptions),
    registrationSubscriptions: subscriptions.registrationSubscriptions,
    sources: registry,
  }
  const privacy = assemblePrivacy(config, {
    ...parts,
    removers: removersOf(parts.local, {
      ...subscriptionRemovers(config, subscribing),
      registration: registrations.operations.deleteRegistration,
    }),
  })
  const changes = assembleChanges(config, { ...parts, ...read })
  const systems = referenceSystems(parts.places)
  return {
    snapshots,
    privacy,
    subscriptions,
    planting,
    unclassified,
    expiry: [
      recurring(registrations.sweep, EXPIRY_MILLISECONDS, (error) =>
        parts.failed(error, 'expired registrations are not deleted'),
      ),
      recurring(
        () => endAlerts({ store, clock }),
        EXPIRY_MILLISECONDS,
        (error) => parts.failed(error, 'alerts whose time is over are not ended'),
      ),
    ],
    changes,
    createRegistration: registrations.operations.createRegistration,
    updateRegistration: registrations.operations.updateRegistration,
    routes: [
      ...assembleEntities(config, { ...parts, write, read, exports }, settings),
      ...administrationRoutes(config, parts),
      ...assembleCatalog(config, { ...parts, ...read }),
      ...registrationRoutes(registrations.operations, settings.limits),
      ...snapshotRoutes(snapshots.operations),
      ...unitRoutes({
        findUnits: findUnits(parts.places),
        retrieveUnit: retrieveUnit(parts.places),
        units: parts.places.units,
        clock,
      }),
      ...assembleTemporal(config, { ...parts, ...rules, exports }, settings),
      ...assembleSubscriptions(config, subscribing),
      ...privacy.routes,
      ...planting.routes,
      ...unclassified.routes,
      ...validationRoutesOf(read, settings),
      ...changes.routes,
      ...assembleDocument(config, parts),
    ].map((route) =>
      idempotentRoute(
        conditionalRoute(inReferenceSystem(provenanceRoute(explainedRoute(route)), systems), tags),
        once,
      ),
    ),
  }
}

/** Documents go in the name of the hub: who may erase a person need not have a right to each of them. */
function removersOf(
  caller: Caller,
  operations: Readonly<Record<string, (command: Command & { readonly id: string }) => Promise<void>>>,
): PrivacyParts['removers'] {
  return Object.fromEntries(
    Object.entries(operations).map(([collection, remove]) => [
      collection,
      (tenant: Tenant, id: string) => remove({ caller, tenant, id, origin: { by: 'hub' } }),
    ]),
  )
}
