import type { Calculation } from '../../core/indicators/calculation.ts'
import type { Threshold } from '../../core/indicators/threshold.ts'
import type { Caller } from '../../core/model/caller.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { RetentionRule } from '../../core/temporal/retention.ts'
import type { WriteDependencies } from '../command.ts'

/** What the hub is to derive of each entity of a type, and where it puts it. Names are expanded. */
export interface Indicator {
  readonly name: string
  readonly source: {
    readonly type: Iri
    /** Attribute → what it measures, as the calculation names it. */
    readonly inputs: ReadonlyMap<Iri, string>
  }
  readonly calculation: Calculation
  readonly target: { readonly type: Iri; readonly attribute: Iri }
  readonly alert?: AlertRule
}

/** When an alert is raised because of an indicator, and how it is called. */
export interface AlertRule extends Threshold {
  readonly type: Iri
  readonly severity: string
  readonly category: string
}

/** Everything that indicators are derived with. */
export interface IndicatorDependencies extends WriteDependencies {
  /** In whose name is read and written. */
  readonly caller: Caller
  readonly tenant: Tenant
  /** How long history keeps what is read and derived; absent: for ever. */
  readonly retention?: readonly RetentionRule[]
  /** Expands a name of the ontology. */
  readonly expand: (name: string) => Iri
}

/** An indicator and the entity that it is derived of. */
export interface Derivation {
  readonly indicator: Indicator
  readonly source: Entity
}

/** Names the entity that holds what is derived: of one source always the same. */
export function derivedId({ indicator, source }: Derivation, type: Iri): string {
  return `urn:ngsi-ld:${encodeURIComponent(lastName(type))}:${indicator.name}:${source.id}`
}

function lastName(type: Iri): string {
  return /[^/#:]+$/.exec(type)?.[0] ?? 'Indicator'
}
