import { unmapped } from './fault.ts'
import type { Measure } from './measure.ts'

/** How a unit text turns into a UN/CEFACT code, and by how much into the canonical unit of its quantity. */
interface Unit {
  readonly quantity: Quantity
  readonly factor: number
  readonly offset?: number
}

/** Canonical units: UN/CEFACT Recommendation 20 codes by quantity. */
const CANONICAL = {
  mass: { code: 'GQ', text: 'µg/m³' },
  concentration: { code: 'M1', text: 'mg/L' },
  flow: { code: 'MQH', text: 'm³/h' },
  temperature: { code: 'CEL', text: '°C' },
  speed: { code: 'MTS', text: 'm/s' },
  ratio: { code: 'C62', text: '1' },
} as const

export type Quantity = keyof typeof CANONICAL

const UNITS: Readonly<Record<string, Unit>> = {
  'ug/m3': { quantity: 'mass', factor: 1 },
  'mg/m3': { quantity: 'mass', factor: 1000 },
  'ng/m3': { quantity: 'mass', factor: 0.001 },
  'mg/l': { quantity: 'concentration', factor: 1 },
  'g/m3': { quantity: 'concentration', factor: 1 },
  'ug/l': { quantity: 'concentration', factor: 0.001 },
  'g/l': { quantity: 'concentration', factor: 1000 },
  'm3/h': { quantity: 'flow', factor: 1 },
  'm3/s': { quantity: 'flow', factor: 3600 },
  'm3/d': { quantity: 'flow', factor: 1 / 24 },
  'l/s': { quantity: 'flow', factor: 3.6 },
  c: { quantity: 'temperature', factor: 1 },
  oc: { quantity: 'temperature', factor: 1 },
  k: { quantity: 'temperature', factor: 1, offset: -273.15 },
  f: { quantity: 'temperature', factor: 5 / 9, offset: -160 / 9 },
  'm/s': { quantity: 'speed', factor: 1 },
  'km/h': { quantity: 'speed', factor: 1 / 3.6 },
  '%': { quantity: 'ratio', factor: 0.01 },
  '1': { quantity: 'ratio', factor: 1 },
}

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
  const { code, text } = CANONICAL[quantity]
  if (unit === undefined) return { value, unitCode: code }
  const name = unitName(unit)
  const known = UNITS[name] ?? (quantity === 'mass' ? mixingRatio(name, gas) : undefined)
  if (known?.quantity !== quantity) throw unmapped(`Unit ${unit.slice(0, 20)} cannot be converted to ${text}`)
  return { value: tidy(value * known.factor + (known.offset ?? 0)), unitCode: code }
}

function mixingRatio(name: string, gas: string | undefined): Unit | undefined {
  const mass = gas === undefined ? undefined : MOLAR_MASS[gas]
  if (mass === undefined) return undefined
  if (name === 'ppb') return { quantity: 'mass', factor: mass / MOLAR_VOLUME }
  return name === 'ppm' ? { quantity: 'mass', factor: (1000 * mass) / MOLAR_VOLUME } : undefined
}

function unitName(unit: string): string {
  return unit
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[μµ]/g, 'u')
    .replace(/[°º\s^]/g, '')
    .replace('nm3', 'm3')
}

/** Cuts the noise of binary fractions: nine significant digits are more than any instrument has. */
function tidy(value: number): number {
  return Number(value.toPrecision(9))
}
