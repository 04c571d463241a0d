import type { Ontology } from '../../ontology/ontology.ts'
import type { Config, ConfiguredIndicator } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import type { ContextService } from '../contexts/context-service.ts'
import { type Calculation, type CalculationSettings, calculationOf } from '../core/indicators/calculation.ts'
import type { Caller } from '../core/model/caller.ts'
import type { Iri } from '../core/model/iri.ts'
import { DEFAULT_TENANT } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Recording } from '../core/temporal/recording.ts'
import type { RetentionRule } from '../core/temporal/retention.ts'
import type { Indicator } from '../operations/indicators/indicator.ts'
import { IndicatorRun } from '../operations/indicators/indicator-run.ts'
import type { Duty } from '../store/port/processes.ts'
import type { Store } from '../store/port/store.ts'
import { createLiveFeeds } from '../subscriptions/follow/live-feeds.ts'
import { laxIndicators } from './lax-indicators.ts'

/** What indicators are put together of. */
export interface IndicatorParts {
  readonly store: Store
  readonly clock: () => Micros
  readonly contexts: ContextService
  readonly caller: Caller
  /** How the ontology classes attributes. */
  readonly personalData: Ontology['personalData']
  /** What history keeps, where that is not everything. */
  readonly recording?: Recording
  /** How long history keeps it. */
  readonly retention: readonly RetentionRule[]
  readonly failed: (error: unknown, text: string) => void
  /** Resolves once no other process can have this duty. */
  readonly mine: () => Promise<void>
}

type Expand = (name: string) => Iri

const ALERT_STATUS = 'alertStatus'

/** Puts together the indicators that the configuration names. @throws ConfigError with the faults of all of them */
export async function assembleIndicators(
  { indicators: configured, limits }: Config,
  { store, clock, contexts, caller, personalData, recording, retention, failed, mine }: IndicatorParts,
): Promise<Duty> {
  const { expand } = await contexts.resolve(undefined)
  const indicators = readIndicators(configured, expand)
  if (recording) checkRecorded(indicators, recording, expand)
  const lax = laxIndicators(indicators, personalData).map(
    (name) => `Indicator ${name} derives of personal data what the ontology classes less strictly`,
  )
  if (lax.length > 0) throw new ConfigError(lax.map((text) => ({ where: 'indicators', text })))
  const feeds = createLiveFeeds({ store, failed: (error) => failed(error, 'change log cannot be read') })
  const runs = indicators.map(
    (indicator) =>
      new IndicatorRun(
        {
          ...{ store, clock, caller, expand, feeds, retention, failed, mine },
          tenant: DEFAULT_TENANT,
          maxEntityBytes: limits.entityBytes,
        },
        indicator,
      ),
  )
  return {
    start: async () => {
      for (const run of runs) await run.claim()
      for (const run of runs) run.start()
    },
    stop: async () => {
      await Promise.all(runs.map((run) => run.stop()))
      await feeds.stop()
    },
  }
}

/** Reads configured indicators. @throws ConfigError with the faults of all of them */
export function readIndicators(
  configured: readonly ConfiguredIndicator[],
  expand: Expand,
): readonly Indicator[] {
  const faults: string[] = []
  const names = new Set<string>()
  const indicators = configured.flatMap((each) => {
    const calculation = calculationOf(settingsOf(each))
    faults.push(...faultsOf(each, calculation).map((text) => `Indicator ${each.name} ${text}`))
    if (names.has(each.name)) faults.push(`Indicator ${each.name} is there twice`)
    names.add(each.name)
    return calculation ? [indicatorOf(each, calculation, expand)] : []
  })
  for (const { name, source } of indicators.filter((each) => derivesItself(each, indicators)))
    faults.push(`Indicator ${name} derives what it is derived of, type ${source.type}`)
  if (faults.length > 0) throw new ConfigError(faults.map((text) => ({ where: 'indicators', text })))
  return indicators
}

/** What is derived is compared with history, so history has to keep all of it. @throws ConfigError */
function checkRecorded(indicators: readonly Indicator[], recording: Recording, expand: Expand): void {
  const faults = indicators
    .filter(
      ({ target, alert }) =>
        recording([target.type], target.attribute) ||
        (alert && recording([alert.type], expand(ALERT_STATUS))),
    )
    .map(({ name }) => `Indicator ${name} derives what history does not keep all of`)
  if (faults.length > 0) throw new ConfigError(faults.map((text) => ({ where: 'indicators', text })))
}

function settingsOf(configured: ConfiguredIndicator): CalculationSettings {
  const { calculation: kind, minimumHours, part = 'day', regulation, hours = 24, accumulated } = configured
  switch (kind) {
    case 'vn-aqi-day':
      return { kind, ...(minimumHours !== undefined && { minimumHours }) }
    case 'noise':
      return { kind, part, ...(regulation && { regulation }) }
    case 'moving-average':
      return { kind, hours }
    case 'rain-day':
      return { kind, ...(accumulated !== undefined && { accumulated }) }
    default:
      return { kind }
  }
}

function faultsOf(
  { attributes, part, regulation, alert }: ConfiguredIndicator,
  calculation: Calculation | undefined,
): readonly string[] {
  if (!calculation) return [`has a part of the day, ${part}, that ${regulation} does not know`]
  const { inputs } = calculation
  const unknown = attributes.filter((name) => inputs && !inputs.includes(name))
  const faults = unknown.map((name) => `takes attribute ${name}, which is none of ${inputs?.join(', ')}`)
  if (!inputs && attributes.length !== 1) faults.push('takes more attributes than one')
  const { side = 'above', raise = 0, clear = 0 } = alert ?? {}
  if (side === 'above' ? clear > raise : clear < raise)
    faults.push('has an alert that ends beyond where it is raised')
  return faults
}

function indicatorOf(
  { name, type, attributes, target, alert }: ConfiguredIndicator,
  calculation: Calculation,
  expand: Expand,
): Indicator {
  return {
    name,
    source: {
      type: expand(type),
      inputs: new Map(attributes.map((attribute) => [expand(attribute), attribute])),
    },
    calculation,
    target: { type: expand(target.type), attribute: expand(target.attribute) },
    ...(alert && {
      alert: {
        type: expand(alert.type ?? 'Alert'),
        side: alert.side ?? 'above',
        raise: alert.raise,
        clear: alert.clear,
        severity: alert.severity ?? 'medium',
        category: alert.category ?? 'environment',
      },
    }),
  }
}

/** What is derived may be derived of again, but never in a circle. */
function derivesItself({ source, target, alert }: Indicator, all: readonly Indicator[]): boolean {
  const reached = new Set([target.type, ...(alert ? [alert.type] : [])])
  for (const type of reached)
    for (const other of all)
      if (other.source.type === type) {
        reached.add(other.target.type)
        if (other.alert) reached.add(other.alert.type)
      }
  return reached.has(source.type)
}
