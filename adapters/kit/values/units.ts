import { convert, type Unit, unitOf, unitSpelled } from '../../../ontology/units.ts'
import { unmapped } from './fault.ts'
import type { Measure } from './measure.ts'

/** Canonical units: UN/CEFACT Recommendation 20 codes by quantity. */
const CANONICAL = {
  mass: 'GQ',
  concentration: 'M1',
  flow: 'MQH',
  temperature: 'CEL',
  speed: 'MTS',
  ratio: 'C62',
  pressure: 'A97',
  length: 'MTR',
  volume: 'MTQ',
} as const

export type Quantity = keyof typeof CANONICAL

/** Molar masses, g/mol, of gases that sources give as a mixing ratio. */
const MOLAR_MASS: Readonly<Record<string, number>> = {
  co: 28.01,
  no2: 46.006,
  so2: 64.066,
  o3: 47.998,
  no: 30.006,
}

/** Litres per mole at 25 °C and 1013.25 hPa, the reference state of QCVN 05:2023/BTNMT. */
const MOLAR_VOLUME = 24.465

/** A value in the canonical unit of its quantity. */
export interface Canonical {
  readonly value: number
  readonly unitCode: string
}

/** Converts a measure to the canonical unit of a quantity; without a unit it is in that already. @throws RecordFault */
export function toCanonical({ value, unit }: Measure, quantity: Quantity, gas?: string): Canonical {
  const unitCode = CANONICAL[quantity]
  const to = unitOf(unitCode)
  if (unit === undefined || !to) return { value, unitCode }
  const from = unitSpelled(unit)
  const converted = from && convertGas(value, { from, to, gas })
  if (converted === undefined) throw unmapped(`Unit is none that can be converted to ${to.symbol}`)
  return { value: measured(converted), unitCode }
}

/** Converts between units, and the mixing ratio of a known gas to its mass in a volume of air; undefined: there is no way. */
export function convertGas(
  value: number,
  { from, to, gas = '' }: { readonly from: Unit; readonly to: Unit; readonly gas: string | undefined },
): number | undefined {
  const converted = convert(value, from, to)
  if (converted !== undefined) return converted
  const mass = Object.hasOwn(MOLAR_MASS, gas) ? MOLAR_MASS[gas] : undefined
  if (mass === undefined || from.quantity !== 'mixingRatio' || to.code !== CANONICAL.mass) return undefined
  return measured((value * from.factor * 1e9 * mass) / MOLAR_VOLUME)
}

/** No station measures more than nine significant digits: what was converted has no more. */
function measured(value: number): number {
  return Number(value.toPrecision(9))
}
