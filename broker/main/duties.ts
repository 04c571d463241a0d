import type { Logger } from 'pino'
import type { Ontology } from '../../ontology/ontology.ts'
import type { Audit } from '../../security/audit/audit.ts'
import type { Config } from '../config.ts'
import type { Duty, Processes } from '../store/port/processes.ts'
import { recordPolicies } from './audit.ts'
import type { AssembledFederation } from './federation.ts'
import type { AssembledIdentity } from './identity.ts'
import type { IndicatorParts } from './indicators.ts'
import type { ConfiguredRecording } from './recording.ts'
import { type RegisteringParts, registerSources } from './register-sources.ts'
import type { ConfiguredRetention } from './retention.ts'
import type { AssembledRoutes } from './routes.ts'
import type { SealedByConfiguration } from './sealing.ts'
import { NOTIFICATIONS } from './subscription-engine.ts'
import { untilMine } from './until-mine.ts'

/** What runs beside requests, and what that is done with. */
export interface DutyParts
  extends Pick<
      AssembledRoutes,
      | 'snapshots'
      | 'subscriptions'
      | 'expiry'
      | 'privacy'
      | 'planting'
      | 'unclassified'
      | 'createRegistration'
      | 'updateRegistration'
    >,
    Pick<AssembledFederation, 'registry' | 'aliases'>,
    Pick<IndicatorParts, 'store' | 'clock'> {
  readonly contexts: IndicatorParts['contexts'] & RegisteringParts['contexts']
  readonly processes: Processes
  readonly log: Logger
  readonly identity: Pick<AssembledIdentity, 'followPolicies' | 'indicators' | 'local' | 'policies'>
  readonly ontology: Pick<Ontology, 'personalData'>
  readonly recording: ConfiguredRecording
  readonly retention: ConfiguredRetention
  readonly sealing: Pick<SealedByConfiguration, 'resealing'>
  readonly feeds: Duty
  /** Given how to stop following policy files. */
  readonly policyWatch: { stop?: () => void }
  readonly audit?: Audit
}

const INDICATORS = 'indicators'

/** Takes part in every duty of the processes on the store, and registers the configured context sources. */
export async function startDuties(config: Config, parts: DutyParts): Promise<void> {
  const { processes, snapshots, subscriptions, planting, identity, sealing, log, audit } = parts
  if (sealing.resealing) await processes.share('resealing', sealing.resealing)
  await processes.share('snapshots', snapshots)
  await processes.share(NOTIFICATIONS.subscription, subscriptions.subscriptions)
  await processes.share(NOTIFICATIONS.registrationSubscription, subscriptions.registrationSubscriptions)
  for (const [at, round] of parts.expiry.entries()) await processes.share(`expiry ${at}`, round)
  await processes.share('privacy', parts.privacy)
  await processes.share('planting', planting)
  parts.policyWatch.stop = await identity.followPolicies(() => {
    planting.rightsChanged()
    if (audit) setImmediate(() => recordPolicies(audit, identity.policies, log))
  })
  await processes.share('unclassified', parts.unclassified)
  for (const tenant of await parts.store.tenants()) {
    for (const registration of parts.registry.all(tenant)) parts.aliases.learn(tenant, registration)
  }
  const { createRegistration, updateRegistration, contexts } = parts
  await registerSources(config, { createRegistration, updateRegistration, contexts, caller: identity.local })
  if (config.indicators.length > 0) await processes.share(INDICATORS, await indicatorsOf(config, parts))
  await processes.share('feeds', parts.feeds)
}

async function indicatorsOf(
  config: Config,
  { store, clock, contexts, identity, ontology, recording, retention, log, processes }: DutyParts,
): Promise<Duty> {
  const { assembleIndicators } = await import('./indicators.ts')
  return assembleIndicators(config, {
    ...{ store, clock, contexts },
    caller: identity.indicators,
    personalData: ontology.personalData,
    ...(recording.recording && { recording: recording.recording }),
    retention: retention.rules(),
    failed: (err, text) => log.warn({ err }, text),
    mine: () => untilMine(INDICATORS, processes),
  })
}
