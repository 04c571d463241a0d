import { createHash } from 'node:crypto'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Indicator, IndicatorDependencies } from './indicator.ts'
import { ORIGIN } from './write-derived.ts'

/** Where an indicator stands. */
export interface IndicatorPlace {
  /** What was logged up to there is worked out. */
  readonly position: number
  /** So are the periods that ended up to then. */
  readonly ended: Micros
}

const NOTHING_KEPT: { readonly document: JsonObject; readonly version: number } = { document: {}, version: 0 }

type Dependencies = Pick<IndicatorDependencies, 'store' | 'tenant' | 'clock'>

/** Answers where an indicator stood, and in which version that is kept; no place: it is new, or another one by the same name. */
export async function readPlace(
  { store, tenant }: Dependencies,
  indicator: Indicator,
): Promise<{ readonly place?: IndicatorPlace; readonly version: number }> {
  const { document, version } = (await store.document(tenant, 'indicator', indicator.name)) ?? NOTHING_KEPT
  const { position, ended, basis } = document
  if (basis !== basisOf(indicator) || typeof position !== 'number' || typeof ended !== 'number')
    return { version }
  return { place: { position, ended }, version }
}

/**
 * Keeps where an indicator stands, and answers in which version. @throws Problem Conflict: another process has kept where it
 * stands meanwhile, and works it out
 */
export async function savePlace(
  { store, tenant, clock }: Dependencies,
  indicator: Indicator,
  { position, ended, version: expectedVersion }: IndicatorPlace & { readonly version: number },
): Promise<number> {
  const [result] = await store.commit(tenant, [
    {
      collection: 'indicator',
      id: indicator.name,
      expectedVersion,
      next: { position, ended, basis: basisOf(indicator) },
      at: clock(),
      origin: ORIGIN,
      logged: false,
    },
  ])
  if (result?.outcome === 'kept') return result.version
  throw new Problem('Conflict', `Indicator ${indicator.name} is worked out by another process`)
}

/** Names everything that the values of an indicator depend on, besides what is measured. */
function basisOf({ source, calculation, target, alert }: Indicator): string {
  const parts = [source.type, [...source.inputs], calculation.method, target, alert ?? null]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
