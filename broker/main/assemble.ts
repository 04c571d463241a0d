import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'
import { readOntology } from '../../ontology/ontology.ts'
import { readSynonyms } from '../../ontology/synonyms.ts'
import type { Audit } from '../../security/audit/audit.ts'
import { createEgress } from '../../security/egress/create-egress.ts'
import { openDeclaredUses } from '../../security/privacy/feed-uses.ts'
import { openRestrictedData } from '../../security/privacy/restricted-data.ts'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import { createContextService } from '../contexts/context-service.ts'
import type { JsonValue } from '../core/model/json.ts'
import { visibleTenant } from '../core/model/tenant.ts'
import { createDistribution, type DistributionDependencies } from '../federation/distribute/distribution.ts'
import { createFederation } from '../federation/federation.ts'
import { createKeptAnswers } from '../federation/forward/kept-answers.ts'
import { createKnownAnswers } from '../federation/forward/known-answers.ts'
import { learnAliases, NO_ALIASES } from '../federation/learn-aliases.ts'
import { createRegistry, loadRegistry } from '../federation/registry/registry.ts'
import { createSourceStates } from '../federation/states/source-states.ts'
import { wakeSources } from '../federation/states/wake-sources.ts'
import { createGeometryEngine } from '../geometry/geos.ts'
import type { AccessRecord } from '../http/access-record.ts'
import { type App, createApp } from '../http/create-app.ts'
import { bodyShapes } from '../http/decode/body-shape.ts'
import { createMetrics } from '../http/pages/metrics.ts'
import { createRememberedAnswers } from '../http/remembered-answers.ts'
import type { HubEnvironment } from '../main.ts'
import { keepLinkedContext } from '../operations/contexts/keep-linked-context.ts'
import { type LocalPage, pageSize } from '../operations/entities/cached-page.ts'
import type { Fragment } from '../operations/entities/read-dependencies.ts'
import type { PolicyVersion } from '../operations/policies/policies-in-force.ts'
import { REGISTRATION_SEAL, registrationSecrets } from '../operations/registrations/registration-secrets.ts'
import type { Processes } from '../store/port/processes.ts'
import type { Store } from '../store/port/store.ts'
import { readApiDocument } from './api-document.ts'
import { assembleAudit, recordPolicies } from './audit.ts'
import { auditMetrics } from './audit-metrics.ts'
import { clock } from './clock.ts'
import { feedMetrics } from './feed-metrics.ts'
import { startConfiguredFeeds } from './feeds.ts'
import { hubSecret } from './hub-secret.ts'
import { assembleIdentity } from './identity.ts'
import { assembleMcp } from './mcp.ts'
import { logEnds, mirrorDocuments } from './mirror-documents.ts'
import { type InStep, toldPolicies, toldToOthers } from './other-processes.ts'
import { assemblePages } from './pages.ts'
import { loadPlaces } from './places.ts'
import { watchedRegistry } from './planting.ts'
import { policyMetrics } from './policy-metrics.ts'
import { configuredPrivacy } from './privacy.ts'
import type { ConfiguredQuotas } from './quotas.ts'
import { assembleRates } from './rates.ts'
import type { ConfiguredRecording } from './recording.ts'
import { registerSources, sourcesApart } from './register-sources.ts'
import type { ConfiguredRetention } from './retention.ts'
import { assembleRoutes } from './routes.ts'
import type { SealedByConfiguration } from './sealing.ts'
import { sourceMetrics } from './source-metrics.ts'
import { storeMetrics } from './store-metrics.ts'
import { NOTIFICATIONS } from './subscription-engine.ts'

/** What is there before the parts of a hub are built. */
export interface Assembly extends HubEnvironment {
  readonly lost: () => void
  readonly url: string
  /** Where parts of this process reach the hub. */
  readonly insideUrl: string
  readonly store: Store
  /** All that work on the store. */
  readonly processes: Processes
  readonly sealing: Pick<SealedByConfiguration, 'know'>
  readonly recording: ConfiguredRecording
  readonly retention: ConfiguredRetention
  readonly quotas: ConfiguredQuotas
  /** All that is to run does, and nobody told the hub to stop. */
  readonly serves: () => boolean
}

/** A hub whose parts are together. */
export interface AssembledHub extends App {
  /** Reads the policy files again. @throws Problem Conflict for faulty ones, which change nothing */
  readonly reloadPolicies: () => Promise<PolicyVersion>
  /** Absent without access control. */
  readonly audit?: Audit
  /** Registers the configured context sources, and starts what runs beside requests, such as the configured feeds. */
  readonly start: () => Promise<void>
  /** Stops what runs beside requests, and hangs up on other servers. */
  readonly stop: () => Promise<void>
  /** Ends what requests under way still need. */
  readonly close: () => Promise<void>
}

/** Builds every part of a hub by hand. @throws Problem or Error that says what cannot be built */
export async function assemble(
  config: Config,
  {
    root,
    log,
    variables = {},
    lost,
    url,
    insideUrl,
    store,
    processes,
    sealing,
    recording,
    retention,
    quotas,
    serves,
  }: Assembly,
): Promise<AssembledHub> {
  const ontology = readOntology(root)
  const apiDocument = readApiDocument(root)
  const places = await loadPlaces(config, ontology)
  const secret = await hubSecret(config.secret, store, clock())
  const guard = {
    mode: egressMode(config),
    allowedOrigins: [...config.egress.allow, new URL(url).origin],
  }
  const egress = createEgress(guard)
  const contexts = createContextService({
    egress,
    publicUrl: url,
    store,
    clock,
    builtIn: ontology.contexts,
    servesCore: config.context.served === 'complete',
    ...defaultContext(config, ontology.contextUrl),
    ...(config.context.synonyms && { sameAs: readSynonyms(ontology.vocabulary).iri }),
  })
  await sealing.know(contexts, ontology)
  await recording.know(contexts)
  await retention.know(contexts, ontology)
  const privacy = configuredPrivacy(config)
  await privacy.know(contexts, ontology)
  const engine = createGeometryEngine()
  const ends = processes.alone ? undefined : await logEnds(store)
  const inStep: InStep = {
    processes,
    notTaken: (err, what) => log.warn({ err }, `${what} of another process are not taken over`),
  }
  const restricted = toldToOthers(await openRestrictedData(store), 'restrictions', inStep)
  const uses = toldToOthers(await openDeclaredUses(store), 'uses of feeds', inStep)
  const audit = await assembleAudit(config, { store, secret, clock, log, ontology })
  const identity = await assembleIdentity(config, {
    ...(audit && { audit }),
    restrictions: restricted.current,
    uses: uses.current,
    engine,
    root,
    log,
    url,
    secret,
    store,
    inStep,
    egress,
    ontology,
    units: places.units,
    clock,
  }).catch(async (error: unknown) => {
    await audit?.close()
    throw error
  })
  const policies = toldPolicies(identity.policies, inStep)
  const registry = watchedRegistry(createRegistry())
  const secretsOfRegistrations = registrationSecrets(createSeal(secret, REGISTRATION_SEAL))
  await loadRegistry(registry, store, secretsOfRegistrations.read)
  const states = createSourceStates()
  const sources: DistributionDependencies = {
    registry,
    states,
    egress,
    outbound: identity.outbound,
    tableOf: (context: JsonValue) => contexts.resolve(context),
    alias: config.name,
    clock,
    defaultTimeoutMs: config.federation.timeout,
    maxAnswerBytes: config.federation.answerBytes,
    known: createKnownAnswers(),
    ...(config.federation.keptBytes > 0 && { kept: createKeptAnswers(config.federation.keptBytes) }),
    keepForMs: config.federation.keptSeconds * 1000,
    log: (record) => log.warn(record, 'context source did not answer'),
  }
  const federation = createFederation({
    ...sources,
    splitEntities: config.federation.splitEntities,
    apart: sourcesApart(config),
  })
  const distribution = createDistribution(sources)
  const stopWaking = config.federation.probe
    ? wakeSources({
        ...sources,
        caller: identity.local,
        table: () => contexts.resolve(undefined),
        current: (tenant, id) => registry.all(tenant).find((registration) => registration.id === id),
      })
    : undefined
  const aliases = config.federation.askIdentity
    ? learnAliases({ ...sources, caller: identity.local, table: () => contexts.core })
    : NO_ALIASES
  const fragments = new LRUCache<string, Fragment>({
    maxSize: Math.max(Math.ceil(config.limits.fragments / 2), 1),
    // the links of a text repeat what it points to
    sizeCalculation: ({ text, links }, key) => (text?.length ?? 0) * (links ? 2 : 1) + key.length + 1,
  })
  const pages = new LRUCache<string, LocalPage>({
    maxSize: Math.max(Math.floor(config.limits.fragments / 6), 1),
    sizeCalculation: pageSize,
  })
  const metrics = createMetrics(config.name)
  storeMetrics(metrics.registry, store)
  quotas.show(metrics.registry)
  sourceMetrics(metrics.registry, states, clock)
  policyMetrics(metrics.registry, identity.policies)
  if (audit) auditMetrics(metrics.registry, audit)
  const rates = assembleRates(config, metrics.registry)
  const feeds: { current?: Awaited<ReturnType<typeof startConfiguredFeeds>> } = {}
  feedMetrics(metrics.registry, () => feeds.current?.figures())
  const policyWatch: { stop?: () => void } = {}
  const access = (record: AccessRecord): void => {
    metrics.observe(record)
    log.info(record, 'request')
  }
  const remembered = createRememberedAnswers({
    contexts,
    knownCaller: identity.knownCaller,
    access,
    ...(audit && { audit }),
    ...(rates && { rates }),
    maxSize: Math.floor(config.limits.fragments / 6),
  })
  const { routes, createRegistration, updateRegistration, snapshots, subscriptions, changes, ...others } =
    assembleRoutes(config, {
      store,
      processes,
      overtaken: lost,
      clock,
      engine,
      contexts,
      federation,
      distribution,
      aliases,
      registry,
      registrationSecrets: secretsOfRegistrations,
      states,
      sources,
      local: identity.local,
      fragments,
      pages,
      forgetAnswers: () => {
        for (const memory of [fragments, pages, remembered]) memory.clear()
        sources.kept?.forgetAll()
      },
      secret,
      url,
      apiDocument,
      roleViews: identity.roleViews,
      policies,
      provider: identity.provider,
      feeds: () => feeds.current?.running,
      egress,
      ontology,
      places,
      privacyRules: privacy.rules,
      restricted,
      uses,
      // no notification asks the hub itself for anything
      guard: { ...guard, allowedOrigins: config.egress.allow },
      delegate: identity.delegate,
      ...(identity.revocations && { revocations: identity.revocations }),
      log,
      quotas,
      metrics: metrics.registry,
      ...(audit && { audit }),
      failed: (err, text) => log.warn({ err }, text),
    })
  const keepLinked = keepLinkedContext({ store, contexts, clock })
  const app = createApp({
    routes,
    store,
    contexts,
    caller: identity.caller,
    ...(identity.challenge && { challenge: identity.challenge }),
    useTicket: changes.useTicket,
    pages: assemblePages({
      ...{ root, url, ontology, apiDocument, store, identity, metrics, config, serves, log },
      ...(audit && { audit }),
    }),
    ...(audit && { audit }),
    ...(rates && { rates }),
    maxBodyBytes: config.limits.bodyBytes,
    checkBody: bodyShapes(() =>
      JSON.parse(readFileSync(join(root, 'openapi', 'generated', 'openapi.json'), 'utf8')),
    ),
    useSnapshot: snapshots.use,
    keepLinked: (tenant, table) =>
      keepLinked(visibleTenant(tenant), table).catch((err: unknown) =>
        log.warn({ err }, 'linked @context is not kept'),
      ),
    remembered,
    access,
    failure: (problem, requestId) =>
      log.error({ err: problem.cause ?? problem, requestId }, 'request failed'),
    mcp: assembleMcp(config, { root, ontology }),
    corsOrigins: config.corsOrigins,
    secure: url.startsWith('https:'),
    compressBytes: config.compressBytes,
    url,
    heartbeatMilliseconds: config.changes.heartbeat,
    failed: (err) => log.error({ err }, 'stream failed'),
  })
  const [shared, sharedRegistrations] = subscriptions.shared
  const mirror =
    ends &&
    mirrorDocuments(
      { store, ends, failed: (err, text) => log.warn({ err }, text) },
      {
        registration: async (tenant, id) => {
          const found = await store.document(tenant, 'registration', id)
          const registration = found && secretsOfRegistrations.read(found.document, tenant)
          const version = found?.version ?? Number.POSITIVE_INFINITY
          registry.apply(tenant, { id, version, ...(registration && { registration }) })
          if (registration) aliases.learn(tenant, registration)
          else states.forget(tenant, id)
        },
        subscription: async (tenant, id, sequence) => {
          await shared?.learn(tenant, id, sequence)
          others.planting.subscriptionChanged(tenant, id)
        },
        registrationSubscription: async (tenant, id, sequence) =>
          sharedRegistrations?.learn(tenant, id, sequence),
        context: async (_, id) => contexts.drop(contexts.urlOf(id)),
      },
    )
  return {
    ...app,
    reloadPolicies: () => policies.reload('signal'),
    start: async () => {
      for (const each of subscriptions.shared) await each.know()
      mirror?.start()
      await processes.share('snapshots', { start: snapshots.start, stop: snapshots.stop })
      await processes.share(NOTIFICATIONS, subscriptions)
      for (const [at, round] of others.expiry.entries()) await processes.share(`expiry ${at}`, round)
      await processes.share('privacy', others.privacy)
      await processes.share('planting', others.planting)
      policyWatch.stop = await identity.followPolicies(() => {
        others.planting.rightsChanged()
        if (audit) setImmediate(() => recordPolicies(audit, identity.policies, log))
      })
      await processes.share('unclassified', others.unclassified)
      for (const tenant of await store.tenants()) {
        for (const registration of registry.all(tenant)) aliases.learn(tenant, registration)
      }
      await registerSources(config, {
        createRegistration,
        updateRegistration,
        contexts,
        caller: identity.local,
      })
      if (config.indicators.length > 0) {
        const { assembleIndicators } = await import('./indicators.ts')
        const indicators = await assembleIndicators(config, {
          ...{ store, clock, contexts },
          caller: identity.indicators,
          personalData: ontology.personalData,
          ...(recording.recording && { recording: recording.recording }),
          retention: retention.rules(),
          failed: (err, text) => log.warn({ err }, text),
        })
        await processes.share('indicators', indicators)
      }
      await processes.share('feeds', {
        start: async () => {
          feeds.current = await startConfiguredFeeds(config, {
            baseUrl: insideUrl,
            token: identity.feedToken,
            root,
            log,
            environment: variables,
          })
        },
        stop: async () => feeds.current?.stop(),
      })
    },
    stop: async () => {
      policyWatch.stop?.()
      aliases.stop()
      await processes.leave()
      await mirror?.stop()
      await changes.stop()
      await snapshots.stop()
      await subscriptions.close()
      stopWaking?.()
      identity.stop?.()
      await egress.close()
    },
    close: async () => audit?.close(),
    ...(audit && { audit }),
  }
}

function egressMode(config: Config): 'guarded' | 'open' {
  if (config.egress.mode !== '') return config.egress.mode
  return config.auth.mode === 'off' ? 'open' : 'guarded'
}

function defaultContext(config: Config, ontology: string): { defaultContext?: string } {
  if (config.context.default === 'core') return {}
  return { defaultContext: config.context.default === 'ontology' ? ontology : config.context.default }
}
