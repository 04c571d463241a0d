/** A unit of measure: UN/CEFACT Recommendation 20 code, symbol, and how it leads to the base of its quantity. */
export interface Unit {
  readonly code: string
  readonly symbol: string
  readonly quantity: string
  /** Value × factor + offset is the value in the base of the quantity. */
  readonly factor: number
  readonly offset: number
}

/** Code, symbol, factor, and further spellings or the offset of a scale. */
type Row = readonly [code: string, symbol: string, factor?: number, ...more: (string | number)[]]

/** Units by quantity. A unit without a factor is not converted; one without a code is only read from texts of sources. */
const TABLE: Readonly<Record<string, readonly Row[]>> = {
  ratio: [
    ['C62', '1', 1],
    ['P1', '%', 0.01],
    ['NX', '‰', 1e-3],
  ],
  temperature: [
    ['CEL', '°C', 1, 273.15, 'oc'],
    ['KEL', 'K', 1],
    ['FAH', '°F', 5 / 9, (459.67 * 5) / 9],
  ],
  length: [
    ['MTR', 'm', 1],
    ['KMT', 'km', 1000],
    ['CMT', 'cm', 0.01],
    ['MMT', 'mm', 1e-3],
    ['4H', 'µm', 1e-6],
    ['C45', 'nm', 1e-9],
    ['INH', 'in', 0.0254],
    ['FOT', 'ft', 0.3048],
    ['SMI', 'mile', 1609.344],
  ],
  area: [
    ['MTK', 'm²', 1],
    ['KMK', 'km²', 1e6],
    ['HAR', 'ha', 1e4],
    ['CMK', 'cm²', 1e-4],
  ],
  volume: [
    ['MTQ', 'm³', 1],
    ['LTR', 'L', 1e-3],
    ['MLT', 'mL', 1e-6],
    ['HLT', 'hL', 0.1],
  ],
  mass: [
    ['KGM', 'kg', 1],
    ['TNE', 't', 1000],
    ['GRM', 'g', 1e-3],
    ['MGM', 'mg', 1e-6],
    ['MC', 'µg', 1e-9],
  ],
  time: [
    ['SEC', 's', 1],
    ['C26', 'ms', 1e-3],
    ['MIN', 'min', 60],
    ['HUR', 'h', 3600],
    ['DAY', 'd', 86_400],
    ['WEE', 'wk', 604_800],
    ['MON', 'mo'],
    ['ANN', 'y'],
  ],
  frequency: [
    ['HTZ', 'Hz', 1],
    ['KHZ', 'kHz', 1000],
    ['MHZ', 'MHz', 1e6],
    ['C97', '1/s', 1],
    ['C94', '1/min', 1 / 60],
    ['H10', '1/h', 1 / 3600],
  ],
  speed: [
    ['MTS', 'm/s', 1],
    ['KMH', 'km/h', 1 / 3.6],
    ['2M', 'cm/s', 0.01],
    ['C16', 'mm/s', 1e-3],
    ['H67', 'mm/h', 1e-3 / 3600],
    ['KNT', 'kn', 1852 / 3600],
    ['HM', 'mile/h', 0.44704],
  ],
  flow: [
    ['MQS', 'm³/s', 1],
    ['MQH', 'm³/h', 1 / 3600],
    ['G53', 'm³/min', 1 / 60],
    ['G52', 'm³/d', 1 / 86_400],
    ['G51', 'L/s', 1e-3],
    ['L2', 'L/min', 1e-3 / 60],
    ['E32', 'L/h', 1e-3 / 3600],
  ],
  massFlow: [
    ['E93', 'kg/h', 1],
    ['F27', 'g/h', 1e-3],
    ['E18', 't/h', 1000],
  ],
  /** Of dust and gases in air, and below of what is dissolved in water: who takes one for the other is wrong. */
  massInAir: [
    ['GQ', 'µg/m³', 1e-9],
    ['GP', 'mg/m³', 1e-6],
    ['', 'ng/m³', 1e-12],
  ],
  massInWater: [
    ['M1', 'mg/L', 1e-3],
    ['H29', 'µg/L', 1e-6],
    ['GL', 'g/L', 1],
    ['A93', 'g/m³', 1e-3],
    ['KMQ', 'kg/m³', 1],
  ],
  pressure: [
    ['PAL', 'Pa', 1],
    ['A97', 'hPa', 100],
    ['MBR', 'mbar', 100],
    ['KPA', 'kPa', 1000],
    ['MPA', 'MPa', 1e6],
    ['BAR', 'bar', 1e5],
    ['ATM', 'atm', 101_325],
  ],
  angle: [
    ['DD', '°', Math.PI / 180, 'deg'],
    ['C81', 'rad', 1],
  ],
  irradiance: [['D54', 'W/m²', 1]],
  illuminance: [['LUX', 'lx', 1]],
  luminousFlux: [['LUM', 'lm', 1]],
  luminousIntensity: [['CDL', 'cd', 1]],
  soundLevel: [['2N', 'dB', 1]],
  powerLevel: [['DBM', 'dBm', 1]],
  voltage: [
    ['VLT', 'V', 1],
    ['KVT', 'kV', 1000],
    ['2Z', 'mV', 1e-3],
  ],
  current: [
    ['AMP', 'A', 1],
    ['4K', 'mA', 1e-3],
  ],
  resistance: [['OHM', 'Ω', 1]],
  power: [
    ['WTT', 'W', 1],
    ['KWT', 'kW', 1000],
    ['MAW', 'MW', 1e6],
  ],
  apparentPower: [
    ['D46', 'VA', 1],
    ['KVA', 'kVA', 1000],
  ],
  reactivePower: [
    ['D44', 'var', 1],
    ['KVR', 'kvar', 1000],
  ],
  energy: [
    ['JOU', 'J', 1],
    ['KJO', 'kJ', 1000],
    ['3B', 'MJ', 1e6],
    ['GV', 'GJ', 1e9],
    ['WHR', 'Wh', 3600],
    ['KWH', 'kWh', 3.6e6],
    ['MWH', 'MWh', 3.6e9],
    ['GWH', 'GWh', 3.6e12],
  ],
  reactiveEnergy: [['K3', 'kvarh', 1]],
  energyPerVolume: [['E46', 'kWh/m³', 1]],
  conductivity: [
    ['D10', 'S/m', 1],
    ['G42', 'µS/cm', 1e-4],
    ['G43', 'µS/m', 1e-6],
    ['H61', 'mS/cm', 0.1],
  ],
  acidity: [['Q30', 'pH', 1]],
  turbidity: [['NTU', 'NTU', 1]],
  information: [
    ['AD', 'byte', 1],
    ['4L', 'MB', 1e6],
    ['E34', 'GB', 1e9],
  ],
  dataRate: [['E20', 'Mbit/s', 1]],
  /** Of amount or volume: leads to a mass concentration only by the gas that it is of. */
  mixingRatio: [
    ['59', 'ppm', 1e-6],
    ['61', 'ppb', 1e-9],
  ],
}

const UNITS = Object.entries(TABLE).flatMap(([quantity, rows]) =>
  rows.map(([code, symbol, factor = Number.NaN, ...more]) => ({
    unit: { code, symbol, quantity, factor, offset: more.find((one) => typeof one === 'number') ?? 0 },
    spellings: [symbol, ...more.filter((one) => typeof one === 'string')],
  })),
)

const BY_CODE: ReadonlyMap<string, Unit> = new Map(
  UNITS.flatMap(({ unit }) => (unit.code === '' ? [] : [[unit.code, unit] as const])),
)

const BY_SYMBOL: ReadonlyMap<string, Unit> = new Map(
  UNITS.flatMap(({ unit, spellings }) => spellings.map((text) => [text, unit] as const)),
)

/** Mega is not milli: what begins with a great M is known as it is written only. */
const BY_SPELLING: ReadonlyMap<string, Unit> = new Map(
  [...BY_SYMBOL].filter(([text]) => !/^M|^°$/.test(text)).map(([text, unit]) => [plainSpelling(text), unit]),
)

/** Answers the unit of a UN/CEFACT code; undefined: the table has it not. */
export function unitOf(code: string): Unit | undefined {
  return BY_CODE.get(code)
}

/** Answers the unit that a source writes so, whatever its case, marks and spaces. */
export function unitSpelled(text: string): Unit | undefined {
  return BY_SYMBOL.get(text) ?? BY_SPELLING.get(plainSpelling(text))
}

/** Converts a value between units of one quantity; undefined: there is no way from one to the other. */
export function convert(value: number, from: Unit, to: Unit): number | undefined {
  if (from.quantity !== to.quantity) return undefined
  if (from === to) return value
  const converted = (value * from.factor + from.offset - to.offset) / to.factor
  return Number.isFinite(converted) ? tidy(converted) : undefined
}

/** Cuts the noise of binary fractions: twelve significant digits are more than any instrument has. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}

function plainSpelling(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[μµ]/g, 'u')
    .replace(/[°º\s^]/g, '')
    .replace('nm3', 'm3')
}
