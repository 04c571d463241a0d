import type { Logger } from 'pino'
import type { Egress } from '../../security/egress/egress.ts'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonValue } from '../core/model/json.ts'
import type { Micros } from '../core/model/time.ts'
import {
  createDistribution,
  type Distribution,
  type DistributionDependencies,
} from '../federation/distribute/distribution.ts'
import { createFederation, type Federation } from '../federation/federation.ts'
import { createKeptAnswers } from '../federation/forward/kept-answers.ts'
import { createKnownAnswers } from '../federation/forward/known-answers.ts'
import { type Aliases, learnAliases, NO_ALIASES } from '../federation/learn-aliases.ts'
import { createRegistry, loadRegistry } from '../federation/registry/registry.ts'
import { createSourceStates, type SourceStates } from '../federation/states/source-states.ts'
import { wakeSources } from '../federation/states/wake-sources.ts'
import {
  REGISTRATION_SEAL,
  type RegistrationSecrets,
  registrationSecrets,
} from '../operations/registrations/registration-secrets.ts'
import type { Store } from '../store/port/store.ts'
import { type WatchedRegistry, watchedRegistry } from './planting.ts'
import { sourcesApart } from './register-sources.ts'

/** What context sources are reached with. */
export interface FederationParts {
  readonly store: Store
  readonly egress: Egress
  readonly contexts: ContextService
  readonly clock: () => Micros
  readonly log: Pick<Logger, 'warn'>
  readonly secret: Uint8Array
  /** What other hubs are shown. */
  readonly outbound: DistributionDependencies['outbound']
  /** The hub itself. */
  readonly local: Caller
}

/** Registrations, and the ways to the sources behind them. */
export interface AssembledFederation {
  readonly registry: WatchedRegistry
  readonly registrationSecrets: RegistrationSecrets
  readonly states: SourceStates
  /** What every call of a source needs. */
  readonly sources: DistributionDependencies
  readonly federation: Federation
  readonly distribution: Distribution
  readonly aliases: Aliases
  readonly stopWaking?: () => void
}

/** Reads the registrations that are kept, and puts together what asks and writes at their sources. */
export async function assembleFederation(
  config: Config,
  { store, egress, contexts, clock, log, secret, outbound, local }: FederationParts,
): Promise<AssembledFederation> {
  const { federation: settings } = config
  const registry = watchedRegistry(createRegistry())
  const secrets = registrationSecrets(createSeal(secret, REGISTRATION_SEAL))
  await loadRegistry(registry, store, secrets.read)
  const states = createSourceStates()
  const sources: DistributionDependencies = {
    registry,
    states,
    egress,
    outbound,
    tableOf: (context: JsonValue) => contexts.resolve(context),
    alias: config.name,
    clock,
    defaultTimeoutMs: settings.timeout,
    maxAnswerBytes: settings.answerBytes,
    known: createKnownAnswers(),
    ...(settings.keptBytes > 0 && { kept: createKeptAnswers(settings.keptBytes) }),
    keepForMs: settings.keptSeconds * 1000,
    log: (record) => log.warn(record, 'context source did not answer'),
  }
  const waking = settings.probe && {
    stopWaking: wakeSources({
      ...sources,
      caller: local,
      table: () => contexts.resolve(undefined),
      current: (tenant, id) => registry.all(tenant).find((registration) => registration.id === id),
    }),
  }
  return {
    registry,
    registrationSecrets: secrets,
    states,
    sources,
    federation: createFederation({
      ...sources,
      splitEntities: settings.splitEntities,
      apart: sourcesApart(config),
    }),
    distribution: createDistribution(sources),
    aliases: settings.askIdentity
      ? learnAliases({ ...sources, caller: local, table: () => contexts.core })
      : NO_ALIASES,
    ...waking,
  }
}
