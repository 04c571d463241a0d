import { randomUUID } from 'node:crypto'
import type { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Registry as MetricsRegistry } from 'prom-client'
import type { Ontology } from '../../ontology/ontology.ts'
import type { Audit } from '../../security/audit/audit.ts'
import type { Egress } from '../../security/egress/egress.ts'
import type { GuardOptions } from '../../security/egress/guard.ts'
import type { IdentityProvider } from '../../security/identity/identity-provider.ts'
import type { DeclaredUses } from '../../security/privacy/feed-uses.ts'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { GeometryEngine } from '../core/geo/engine.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Distribution } from '../federation/distribute/distribution.ts'
import type { Federation } from '../federation/federation.ts'
import type { SourceDependencies } from '../federation/forward/source-connection.ts'
import type { Aliases } from '../federation/learn-aliases.ts'
import type { SourceStates } from '../federation/states/source-states.ts'
import { conditionalRoute } from '../http/conditional-route.ts'
import { explainedRoute } from '../http/explained-route.ts'
import { idempotentRoute } from '../http/idempotent-route.ts'
import { provenanceRoute } from '../http/provenance-route.ts'
import { inReferenceSystem } from '../http/reference-system-route.ts'
import type { Route } from '../http/route.ts'
import { attributeRoutes } from '../http/routes/attribute-routes.ts'
import { auditRoutes } from '../http/routes/audit-routes.ts'
import { batchRoutes } from '../http/routes/batch-routes.ts'
import { type ContextOperations, contextRoutes } from '../http/routes/context-routes.ts'
import { discoveryRoutes } from '../http/routes/discovery-routes.ts'
import { entityMapRoutes } from '../http/routes/entity-map-routes.ts'
import { entityRoutes } from '../http/routes/entity-routes.ts'
import { exchangeRoutes } from '../http/routes/exchange-routes.ts'
import { feedRoutes } from '../http/routes/feed-routes.ts'
import { identityRoutes } from '../http/routes/identity-routes.ts'
import { policyRoutes } from '../http/routes/policy-routes.ts'
import { purgeRoutes } from '../http/routes/purge-routes.ts'
import { type RegistrationOperations, registrationRoutes } from '../http/routes/registration-routes.ts'
import { revocationRoutes } from '../http/routes/revocation-routes.ts'
import { snapshotRoutes } from '../http/routes/snapshot-routes.ts'
import { storeRoutes } from '../http/routes/store-routes.ts'
import { unitRoutes } from '../http/routes/unit-routes.ts'
import { valueRoutes } from '../http/routes/value-routes.ts'
import { viewRoutes } from '../http/routes/view-routes.ts'
import { appendAttributes } from '../operations/attributes/append-attributes.ts'
import { deleteAttribute } from '../operations/attributes/delete-attribute.ts'
import { partialUpdateAttribute } from '../operations/attributes/partial-update-attribute.ts'
import { replaceAttribute } from '../operations/attributes/replace-attribute.ts'
import { setAttributeValue } from '../operations/attributes/set-attribute-value.ts'
import { updateAttributes } from '../operations/attributes/update-attributes.ts'
import { exportAudit, queryAudit, retrieveAuditHead } from '../operations/audit/query-audit.ts'
import { queryExchanges } from '../operations/audit/query-exchanges.ts'
import { distributeBatch } from '../operations/batch/distribute-batch.ts'
import type { Command } from '../operations/command.ts'
import { addContext } from '../operations/contexts/add-context.ts'
import { deleteContext } from '../operations/contexts/delete-context.ts'
import { listContexts } from '../operations/contexts/list-contexts.ts'
import { serveContext } from '../operations/contexts/serve-context.ts'
import { retrieveAttributeDetails } from '../operations/discovery/retrieve-attribute-details.ts'
import { retrieveAttributeInformation } from '../operations/discovery/retrieve-attribute-information.ts'
import { retrieveAttributes } from '../operations/discovery/retrieve-attributes.ts'
import { retrieveEntityTypeDetails } from '../operations/discovery/retrieve-entity-type-details.ts'
import { retrieveEntityTypeInformation } from '../operations/discovery/retrieve-entity-type-information.ts'
import { retrieveEntityTypes } from '../operations/discovery/retrieve-entity-types.ts'
import { distributePurge } from '../operations/distributed/distribute-purge.ts'
import type { LocalPage } from '../operations/entities/cached-page.ts'
import { createEntity } from '../operations/entities/create-entity.ts'
import { deleteEntity } from '../operations/entities/delete-entity.ts'
import { createEntityTags } from '../operations/entities/entity-tags.ts'
import { exportEntities } from '../operations/entities/export-entities.ts'
import { mergeEntity } from '../operations/entities/merge-entity.ts'
import type { Fragment } from '../operations/entities/read-dependencies.ts'
import { replaceEntity } from '../operations/entities/replace-entity.ts'
import { deleteEntityMap, updateEntityMap } from '../operations/entity-maps/change-entity-map.ts'
import { createEntityMap } from '../operations/entity-maps/create-entity-map.ts'
import { retrieveEntityMap } from '../operations/entity-maps/retrieve-entity-map.ts'
import { narrowToMap, queryThroughMap, retrieveThroughMap } from '../operations/entity-maps/use-entity-map.ts'
import {
  listFeeds,
  readCheckpoint,
  readFeed,
  saveCheckpoint,
  saveFeed,
} from '../operations/feeds/feed-state.ts'
import {
  addToQuarantine,
  deleteQuarantine,
  listQuarantine,
  readQuarantine,
} from '../operations/feeds/quarantine.ts'
import { receiveRecords } from '../operations/feeds/receive-records.ts'
import { replayQuarantine } from '../operations/feeds/replay-quarantine.ts'
import { NO_FEEDS, type RunningFeeds } from '../operations/feeds/running-feeds.ts'
import { onlyOnce } from '../operations/idempotency/only-once.ts'
import { listSigningKeys } from '../operations/identity/list-signing-keys.ts'
import { rotateSigningKeys } from '../operations/identity/rotate-signing-keys.ts'
import { endAlerts } from '../operations/indicators/end-alerts.ts'
import { limitedExports } from '../operations/limited-exports.ts'
import { may } from '../operations/may.ts'
import { explainAccess } from '../operations/policies/explain-access.ts'
import { listPolicies } from '../operations/policies/list-policies.ts'
import type { PoliciesInForce } from '../operations/policies/policies-in-force.ts'
import { reloadPolicies } from '../operations/policies/reload-policies.ts'
import { createRegistration } from '../operations/registrations/create-registration.ts'
import { deleteRegistration } from '../operations/registrations/delete-registration.ts'
import { listSources } from '../operations/registrations/list-sources.ts'
import { queryRegistrations } from '../operations/registrations/query-registrations.ts'
import type { RegistrationSecrets } from '../operations/registrations/registration-secrets.ts'
import { retrieveRegistration } from '../operations/registrations/retrieve-registration.ts'
import { retrieveSourceIdentity } from '../operations/registrations/retrieve-source-identity.ts'
import { sweepRegistrations } from '../operations/registrations/sweep-registrations.ts'
import { updateRegistration } from '../operations/registrations/update-registration.ts'
import { retrieveStoreSize } from '../operations/store/retrieve-store-size.ts'
import { type RevokeDependencies, revokeTokens } from '../operations/tokens/revoke-tokens.ts'
import { findNamedUnit } from '../operations/units/find-named-unit.ts'
import { findUnits, retrieveUnit } from '../operations/units/find-units.ts'
import { type RoleView, viewEntityByRole } from '../operations/views/view-entity-by-role.ts'
import type { Store } from '../store/port/store.ts'
import { type AssembledChanges, assembleChanges } from './changes.ts'
import type { KnownPlaces } from './places.ts'
import { type AssembledPlanting, assemblePlanting, type WatchedRegistry } from './planting.ts'
import { type AssembledPrivacy, assemblePrivacy, type PrivacyParts } from './privacy.ts'
import type { ConfiguredQuotas } from './quotas.ts'
import { type Recurring, recurring } from './recurring.ts'
import { referenceSystems } from './reference-systems.ts'
import { type AssembledSnapshots, assembleSnapshots } from './snapshots.ts'
import { assembleSubscriptionEngine, type SubscriptionEngine } from './subscription-engine.ts'
import { assembleSubscriptions, subscriptionRemovers } from './subscriptions.ts'
import { assembleTemporal } from './temporal.ts'
import { type AssembledUnclassified, assembleUnclassified } from './unclassified.ts'
import { assembleValidation } from './validation.ts'

/** The parts that operations are made of. */
export interface Parts extends RevokeDependencies {
  readonly store: Store
  readonly clock: () => Micros
  readonly engine: GeometryEngine
  readonly contexts: ContextService
  readonly federation: Federation
  readonly distribution: Distribution
  readonly registry: WatchedRegistry
  /** What every call of a source needs. */
  readonly sources: SourceDependencies
  readonly quotas: Pick<ConfiguredQuotas, 'of'>
  /** The hub itself. */
  readonly local: Caller
  readonly aliases: Aliases
  readonly registrationSecrets: RegistrationSecrets
  readonly states: SourceStates
  readonly fragments: LRUCache<string, Fragment>
  readonly pages: LRUCache<string, LocalPage>
  /** Forgets every answer that is kept in memory, whole or in parts. */
  readonly forgetAnswers: () => void
  readonly secret: Uint8Array
  readonly url: string
  /** How the configured accounts and the public see a tenant's entities. */
  readonly roleViews: (tenant: Tenant) => readonly RoleView[]
  readonly policies: PoliciesInForce
  /** What feeds declare of the use of their data. */
  readonly uses: DeclaredUses
  /** The built-in identity provider, where it runs. */
  readonly provider: IdentityProvider | undefined
  /** The feeds of this process, once they run. */
  readonly feeds: () => RunningFeeds | undefined
  readonly egress: Egress
  readonly ontology: Pick<Ontology, 'personalData' | 'retention' | 'vocabulary'>
  readonly places: KnownPlaces
  readonly privacyRules: PrivacyParts['privacyRules']
  readonly restricted: PrivacyParts['restricted']
  /** Where notifications may go. */
  readonly guard: GuardOptions
  /** A caller with the rights that are left of a delegation; undefined: none are. */
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  readonly log: Logger
  readonly metrics: MetricsRegistry
  /** Who has to know of what is shown and done; absent: nobody. */
  readonly audit?: Audit
  /** Told of what went wrong in the background. */
  readonly failed: (err: unknown, text: string) => void
}

const HOUR = 3_600_000_000
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
  const { store, clock, registry, states, federation } = parts
  const { limits } = config
  const { validation, routesOf: validationRoutesOf } = assembleValidation(config, parts)
  const write = {
    ...{ store, clock, maxEntityBytes: limits.entityBytes },
    ...(config.privacy.unmarked === 'refuse' && { classOf: parts.ontology.personalData }),
    ...(validation && { validation }),
  }
  const shared = { ...write, distribution: parts.distribution }
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
    alone: config.store.kind !== 'mongodb',
    maxKeys: limits.idempotencyKeys,
    lifetime: limits.idempotencyHours * HOUR,
  })
  const settings = {
    seal: createSeal(parts.secret, 'cursor'),
    limits: { standard: limits.page, most: limits.maxPage },
  }
  const entities = {
    createEntity: createEntity(shared),
    retrieveEntity: retrieveThroughMap(read),
    queryEntities: queryThroughMap(read),
    exportEntities: exportEntities({ ...read, exports }),
    mergeEntity: mergeEntity(shared),
    replaceEntity: replaceEntity(shared),
    deleteEntity: deleteEntity(shared),
    findNamedUnit: findNamedUnit(parts.places),
  }
  const attributes = {
    appendAttributes: appendAttributes(shared),
    updateAttributes: updateAttributes(shared),
    partialUpdateAttribute: partialUpdateAttribute(shared),
    replaceAttribute: replaceAttribute(shared),
    deleteAttribute: deleteAttribute(shared),
  }
  const registering = {
    store,
    registry,
    secrets: parts.registrationSecrets,
    states,
    clock,
    maxRows: limits.rows,
    kept: parts.aliases.learn,
    url: parts.url,
    newId: (attempt?: string) =>
      `urn:ngsi-ld:ContextSourceRegistration:${attempt === undefined ? randomUUID() : attempt}`,
  }
  const registrations: RegistrationOperations = {
    createRegistration: createRegistration(registering),
    updateRegistration: updateRegistration(registering),
    deleteRegistration: deleteRegistration(registering),
    retrieveRegistration: retrieveRegistration(registering),
    queryRegistrations: queryRegistrations({ ...registering, engine: parts.engine }),
    retrieveSourceIdentity: retrieveSourceIdentity({ clock, federation, startedAt: clock() }),
    listSources: listSources({ federation }),
  }
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
      registration: registrations.deleteRegistration,
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
      recurring(
        () => sweepRegistrations(registering),
        EXPIRY_MILLISECONDS,
        (error) => parts.failed(error, 'expired registrations are not deleted'),
      ),
      recurring(
        () => endAlerts({ store, clock }),
        EXPIRY_MILLISECONDS,
        (error) => parts.failed(error, 'alerts whose time is over are not ended'),
      ),
    ],
    changes,
    createRegistration: registrations.createRegistration,
    updateRegistration: registrations.updateRegistration,
    routes: [
      ...entityRoutes(entities, settings),
      ...purgeRoutes({
        purgeEntities: distributePurge({ ...parts, ...write, maxRows: limits.rows }),
        narrowToMap: narrowToMap(read),
      }),
      ...entityMapRoutes({
        createEntityMap: createEntityMap(read),
        retrieveEntityMap: retrieveEntityMap(read),
        updateEntityMap: updateEntityMap(read),
        deleteEntityMap: deleteEntityMap(read),
      }),
      ...attributeRoutes(attributes),
      ...valueRoutes({ ...entities, setAttributeValue: setAttributeValue(write) }),
      ...batchRoutes(
        async ({ createsTenant, ...command }, batch) => {
          const { caller, tenant } = command
          if (createsTenant && may(caller, 'create', tenant, { resource: 'entity' }))
            await store.createTenant(tenant)
          return distributeBatch(shared, command, batch)
        },
        { maxItems: limits.batchItems, maxBytes: limits.batchBytes },
      ),
      ...discoveryRoutes({
        retrieveEntityTypes: retrieveEntityTypes(parts),
        retrieveEntityTypeDetails: retrieveEntityTypeDetails(parts),
        retrieveEntityTypeInformation: retrieveEntityTypeInformation(parts),
        retrieveAttributes: retrieveAttributes(parts),
        retrieveAttributeDetails: retrieveAttributeDetails(parts),
        retrieveAttributeInformation: retrieveAttributeInformation(parts),
      }),
      ...contextRoutes(contextOperations(parts)),
      ...viewRoutes(viewEntityByRole(parts)),
      ...feedRoutes(feedOperations(parts)),
      ...registrationRoutes(registrations, settings.limits),
      ...snapshotRoutes(snapshots.operations),
      ...identityRoutes({
        listSigningKeys: listSigningKeys(parts),
        rotateSigningKeys: rotateSigningKeys(parts),
      }),
      ...policyRoutes({
        listPolicies: listPolicies(parts),
        reloadPolicies: reloadPolicies(parts),
        explainAccess: explainAccess(parts),
        expand: (name) => parts.policies.expand(name),
      }),
      ...auditRoutes(
        {
          queryAudit: queryAudit(parts),
          exportAudit: exportAudit(parts),
          retrieveAuditHead: retrieveAuditHead(parts),
        },
        { most: limits.maxPage },
      ),
      ...exchangeRoutes({ queryExchanges: queryExchanges(parts) }, parts),
      ...revocationRoutes({ revokeTokens: revokeTokens(parts) }),
      ...storeRoutes({ retrieveStoreSize: retrieveStoreSize(parts) }),
      ...unitRoutes({
        findUnits: findUnits(parts.places),
        retrieveUnit: retrieveUnit(parts.places),
        units: parts.places.units,
        clock,
      }),
      ...assembleTemporal(config, { ...parts, exports, validation }, settings),
      ...assembleSubscriptions(config, subscribing),
      ...privacy.routes,
      ...planting.routes,
      ...unclassified.routes,
      ...validationRoutesOf(read, settings),
      ...changes.routes,
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

function contextOperations({ store, contexts, clock }: Parts): ContextOperations {
  const dependencies = { store, contexts, clock }
  return {
    addContext: addContext(dependencies),
    listContexts: listContexts(dependencies),
    serveContext: serveContext(dependencies),
    deleteContext: deleteContext(dependencies),
  }
}

function feedOperations({
  store,
  clock,
  feeds,
  uses,
  audit,
  quotas,
}: Parts): Parameters<typeof feedRoutes>[0] {
  const dependencies = { store, clock, maxFeeds: (tenant: Tenant) => quotas.of(tenant, 'feeds') }
  const running: RunningFeeds = {
    get tenant() {
      return (feeds() ?? NO_FEEDS).tenant
    },
    runs: (feed) => (feeds() ?? NO_FEEDS).runs(feed),
    takesFrom: (feed) => (feeds() ?? NO_FEEDS).takesFrom(feed),
    receive: (feed, sent) => (feeds() ?? NO_FEEDS).receive(feed, sent),
    replay: (record) => (feeds() ?? NO_FEEDS).replay(record),
  }
  return {
    readFeed: readFeed(dependencies),
    listFeeds: listFeeds(dependencies),
    saveFeed: saveFeed({ ...dependencies, uses, audit }),
    readCheckpoint: readCheckpoint(dependencies),
    saveCheckpoint: saveCheckpoint(dependencies),
    addToQuarantine: addToQuarantine(dependencies),
    listQuarantine: listQuarantine(dependencies),
    readQuarantine: readQuarantine(dependencies),
    deleteQuarantine: deleteQuarantine(dependencies),
    replayQuarantine: replayQuarantine({ ...dependencies, running }),
    receiveRecords: receiveRecords({ ...dependencies, running }),
  }
}
