import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOntology } from '../../ontology/ontology.ts'
import { readSynonyms } from '../../ontology/synonyms.ts'
import type { Audit } from '../../security/audit/audit.ts'
import { createEgress } from '../../security/egress/create-egress.ts'
import { openDeclaredUses } from '../../security/privacy/feed-uses.ts'
import { openRestrictedData } from '../../security/privacy/restricted-data.ts'
import type { Config } from '../config.ts'
import { createContextService } from '../contexts/context-service.ts'
import { visibleTenant } from '../core/model/tenant.ts'
import { createGeometryEngine } from '../geometry/geos.ts'
import type { AccessRecord } from '../http/access-record.ts'
import { type App, createApp } from '../http/create-app.ts'
import { bodyShapes } from '../http/decode/body-shape.ts'
import { createMetrics } from '../http/pages/metrics.ts'
import { createRememberedAnswers } from '../http/remembered-answers.ts'
import type { HubEnvironment } from '../main.ts'
import { keepLinkedContext } from '../operations/contexts/keep-linked-context.ts'
import type { PolicyVersion } from '../operations/policies/policies-in-force.ts'
import type { Processes } from '../store/port/processes.ts'
import type { Store } from '../store/port/store.ts'
import { readApiDocument } from './api-document.ts'
import { assembleAudit } from './audit.ts'
import { auditMetrics } from './audit-metrics.ts'
import { clock } from './clock.ts'
import { startDuties } from './duties.ts'
import { assembleFederation } from './federation.ts'
import { feedMetrics } from './feed-metrics.ts'
import { startConfiguredFeeds } from './feeds.ts'
import { hubSecret } from './hub-secret.ts'
import { assembleIdentity } from './identity.ts'
import { type InStep, toldForgetting, toldPolicies, toldToOthers } from './in-step.ts'
import { assembleMcp } from './mcp.ts'
import { createMemories } from './memories.ts'
import { logEnds } from './mirror-documents.ts'
import { mirrorOthers } from './mirror-others.ts'
import { assemblePages } from './pages.ts'
import { loadPlaces } from './places.ts'
import { policyMetrics } from './policy-metrics.ts'
import { configuredPrivacy } from './privacy.ts'
import type { ConfiguredQuotas } from './quotas.ts'
import { assembleRates } from './rates.ts'
import type { ConfiguredRecording } from './recording.ts'
import type { ConfiguredRetention } from './retention.ts'
import { assembleRoutes } from './routes.ts'
import type { SealedByConfiguration } from './sealing.ts'
import { sourceMetrics } from './source-metrics.ts'
import { storeMetrics } from './store-metrics.ts'

/** What is there before the parts of a hub are built. */
export interface Assembly extends HubEnvironment {
  readonly lost: () => void
  readonly url: string
  /** Where parts of this process reach the hub. */
  readonly insideUrl: string
  readonly store: Store
  /** All that work on the store. */
  readonly processes: Processes
  readonly sealing: Pick<SealedByConfiguration, 'know' | 'resealing'>
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
  const ending = new AbortController()
  const inStep: InStep = {
    processes,
    ending: ending.signal,
    notTaken: (err, what) => log.warn({ err }, `${what} of another process are not taken over`),
  }
  const restricted = toldToOthers(await openRestrictedData(store), 'restrictions', inStep)
  const uses = toldToOthers(await openDeclaredUses(store), 'uses of feeds', inStep)
  const audit = await assembleAudit(config, { store, processes, secret, clock, log, ontology })
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
  const { registry, registrationSecrets, states, sources, federation, distribution, aliases, stopWaking } =
    await assembleFederation(config, {
      ...{ store, egress, contexts, clock, log, secret },
      ...{ outbound: identity.outbound, local: identity.local },
    })
  const { fragments, pages } = createMemories(config)
  const metrics = createMetrics(config.name)
  storeMetrics(metrics.registry, store)
  quotas.show(metrics.registry)
  sourceMetrics(metrics.registry, states, clock)
  policyMetrics(metrics.registry, identity.policies)
  if (audit) auditMetrics(metrics.registry, audit)
  const rates = assembleRates(config, metrics.registry)
  const failed = (err: unknown, text: string): void => log.warn({ err }, text)
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
      registrationSecrets,
      states,
      sources,
      local: identity.local,
      fragments,
      pages,
      forgetAnswers: toldForgetting(() => {
        for (const memory of [fragments, pages, remembered]) memory.clear()
        sources.kept?.forgetAll()
      }, inStep),
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
      failed,
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
  const mirror =
    ends &&
    mirrorOthers({
      store,
      ends,
      registry,
      registrationSecrets,
      states,
      aliases,
      contexts,
      subscriptions,
      planting: others.planting,
      failed,
    })
  return {
    ...app,
    reloadPolicies: () => policies.reload('signal'),
    start: async () => {
      for (const each of subscriptions.shared) await each.know()
      mirror?.start()
      await startDuties(config, {
        ...{
          store,
          clock,
          contexts,
          processes,
          log,
          identity,
          ontology,
          recording,
          retention,
          registry,
          aliases,
          sealing,
        },
        ...{ snapshots, subscriptions, createRegistration, updateRegistration, policyWatch, ...others },
        ...(audit && { audit }),
        feeds: {
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
        },
      })
    },
    stop: async () => {
      ending.abort()
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
