import type { Measured } from '../../core/indicators/calculation.ts'
import type { Reading } from '../../core/indicators/readings.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import { toldInstance } from '../../store/port/history-instances.ts'
import type { HistoryInstance } from '../../store/port/store.ts'
import type { Derivation, IndicatorDependencies } from './indicator.ts'

/** Readings of one attribute that are taken into memory at once. */
const MOST_READINGS = 50_000

/** What is told of a device that does measure. */
const MEASURING = 'measuring'

/**
 * Answers what was measured behind `after`, up to and with `to`, as far as the indicators may see it in clear. Of several
 * devices (datasetId) the default one counts, and no reading of a device that was calibrated or broken.
 * undefined: there is more than can be read at once.
 */
export async function readMeasured(
  { store, caller, tenant, expand }: IndicatorDependencies,
  { indicator, source }: Derivation,
  { after, to }: { readonly after: Micros; readonly to: Micros },
): Promise<Measured | undefined> {
  const { inputs } = indicator.source
  const view = caller.view(tenant)
  const seen = view.admits(source)
    ? [...inputs.keys()].filter((name) => view.treatment(source.types, name) === 'clear')
    : []
  if (seen.length === 0) return {}
  const instances = await store.instances(tenant, source.id, {
    attributes: seen,
    window: { property: 'observedAt', from: after + 1, to: to + 1 },
    order: 'oldest',
    perAttribute: MOST_READINGS,
  })
  const measured = new Map<string, Reading[]>()
  const counts = new Map<string, number>()
  const status = expand('observationStatus')
  for (const instance of instances) {
    counts.set(instance.attribute, (counts.get(instance.attribute) ?? 0) + 1)
    const reading = readingOf(instance, status)
    const role = inputs.get(instance.attribute)
    if (!reading || role === undefined) continue
    const readings = measured.get(role)
    if (readings) readings.push(reading)
    else measured.set(role, [reading])
  }
  if (Math.max(0, ...counts.values()) >= MOST_READINGS) return undefined
  return Object.fromEntries(measured)
}

function readingOf(told: HistoryInstance, status: Iri): Reading | undefined {
  if (told.datasetId !== undefined || told.deletedAt !== undefined) return undefined
  const { value, observedAt, unitCode, attributes } = toldInstance(told)
  if (typeof value !== 'number' || observedAt === undefined) return undefined
  if ((attributes?.[status]?.[0]?.value ?? MEASURING) !== MEASURING) return undefined
  return { at: observedAt, value, ...(unitCode !== undefined && { unitCode }) }
}
