import type { DerivedValue } from '../../core/indicators/calculation.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { type Derivation, derivedId, type IndicatorDependencies } from './indicator.ts'
import { keepDerived, type WantedValue } from './keep-derived.ts'
import { keptFrom } from './kept-from.ts'
import { locationOf } from './location-of.ts'
import { raiseAlerts } from './raise-alerts.ts'
import { readMeasured } from './read-measured.ts'

/** Periods that are worked out at once. */
const MOST_ENDS = 200

/**
 * Derives an indicator of one entity for periods that have ended, by their ends in the order of time, and keeps what is
 * new or other than it was: the same readings give the same entities, and then nothing is written. Periods of which
 * history does not keep everything any more stay as they are. @throws Problem
 */
export async function deriveIndicator(
  dependencies: IndicatorDependencies,
  derivation: Derivation,
  allEnds: readonly Micros[],
): Promise<void> {
  const from = keptFrom(dependencies, derivation)
  const ends = allEnds.filter((end) => end >= from)
  for (const group of groupsOf(ends, derivation.indicator.calculation.reach))
    await deriveGroup(dependencies, derivation, group)
  const [first] = ends
  if (first !== undefined) await raiseAlerts(dependencies, derivation, first)
}

async function deriveGroup(
  dependencies: IndicatorDependencies,
  derivation: Derivation,
  ends: readonly Micros[],
): Promise<void> {
  const { indicator, source } = derivation
  const { calculation, target } = indicator
  const [first = 0, last = first] = [ends[0], ends.at(-1)]
  const measured = await readMeasured(dependencies, derivation, {
    after: first - calculation.reach,
    to: last,
  })
  if (!measured) {
    if (ends.length === 1)
      throw new Problem('TooComplexQuery', `Indicator ${indicator.name} reads more than it can of one period`)
    const middle = Math.ceil(ends.length / 2)
    await deriveGroup(dependencies, derivation, ends.slice(0, middle))
    return deriveGroup(dependencies, derivation, ends.slice(middle))
  }
  const values = ends.flatMap((end) => {
    const derived = calculation.derive(measured, end)
    return derived ? [wantedOf(dependencies, derivation, { at: end, derived })] : []
  })
  await keepDerived(dependencies, {
    id: derivedId(derivation, target.type),
    type: target.type,
    ...(source.scopes && { scopes: source.scopes }),
    lasting: {
      [dependencies.expand('derivedFrom')]: [{ kind: 'Relationship', value: source.id }],
      ...locationOf(source),
    },
    attribute: target.attribute,
    after: first - 1,
    to: last,
    judged: new Set(ends),
    values,
  })
}

/** Which calculation made a value is told beside it; when it did so is its modifiedAt. */
function wantedOf(
  { expand }: IndicatorDependencies,
  { indicator }: Derivation,
  { at, derived }: { readonly at: Micros; readonly derived: DerivedValue },
): WantedValue {
  const { value, unitCode, details } = derived
  const told: [Iri, JsonValue][] = Object.entries(details).map(([name, detail]) => [expand(name), detail])
  return {
    at,
    value,
    ...(unitCode !== undefined && { unitCode }),
    details: Object.fromEntries([...told, [expand('calculationMethod'), indicator.calculation.method]]),
  }
}

/** Periods that lie apart are read apart. */
function groupsOf(ends: readonly Micros[], reach: Micros): readonly (readonly Micros[])[] {
  const groups: Micros[][] = []
  for (const end of ends) {
    const group = groups.at(-1)
    const last = group?.at(-1)
    if (!group || last === undefined || end - last > reach || group.length === MOST_ENDS) groups.push([end])
    else group.push(end)
  }
  return groups
}
