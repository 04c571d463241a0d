import { expect } from 'chai'
import { RecordFault } from '../../../adapters/kit/values/fault.ts'
import { iriOf } from '../../../adapters/kit/values/iri-of.ts'
import { compareTimes, toUtc } from '../../../adapters/kit/values/local-time.ts'
import { isNoValue, toMeasure, toNumber } from '../../../adapters/kit/values/measure.ts'
import { toCanonical } from '../../../adapters/kit/values/units.ts'

describe('times of sources', () => {
  const times: readonly [string, string, string][] = [
    ['2025-04-01T00:01:57.139881+07:00', 'iso', '2025-03-31T17:01:57.139881Z'],
    ['2025-11-15T08:30:00+07:00', 'iso', '2025-11-15T01:30:00Z'],
    ['2025-11-15T01:30:00Z', 'iso', '2025-11-15T01:30:00Z'],
    ['2025-11-15 08:30', 'iso', '2025-11-15T01:30:00Z'],
    ['2025-11-15T08:30:00.500-0330', 'iso', '2025-11-15T12:00:00.5Z'],
    ['15/11/2025 08:30', 'dd/MM/yyyy HH:mm', '2025-11-15T01:30:00Z'],
    ['01/01/2026 00:10', 'dd/MM/yyyy HH:mm', '2025-12-31T17:10:00Z'],
    ['20251115083000', 'yyyyMMddHHmmss', '2025-11-15T01:30:00Z'],
  ]
  for (const [text, format, expected] of times) {
    it(`reads ${text}`, () => expect(toUtc(text, format)).to.equal(expected))
  }

  for (const [text, format] of [
    ['31/02/2025 08:30', 'dd/MM/yyyy HH:mm'],
    ['11/15/2025 08:30', 'dd/MM/yyyy HH:mm'],
    ['20251115253000', 'yyyyMMddHHmmss'],
    ['2025-11-15T08:30:00+19:00', 'iso'],
    ['hôm qua', 'iso'],
    ['', 'iso'],
  ] as const) {
    it(`refuses "${text}"`, () => expect(() => toUtc(text, format)).to.throw(RecordFault))
  }

  it('orders times of different decimals', () => {
    expect(compareTimes('2025-01-01T00:00:00Z', '2025-01-01T00:00:00.000Z')).to.equal(0)
    expect(compareTimes('2025-01-01T00:00:00.5Z', '2025-01-01T00:00:00.49Z')).to.equal(1)
    expect(compareTimes('2024-12-31T23:59:59.999999Z', '2025-01-01T00:00:00Z')).to.equal(-1)
  })
})

describe('values of sources', () => {
  it('reads a decimal comma, and never makes a 0 of what is no number', () => {
    expect(toNumber('41,3')).to.equal(41.3)
    expect(toNumber('-0.5')).to.equal(-0.5)
    for (const text of ['', 'abc', '1.2.3', '1,234.5', '0x10', 'Infinity', '12 3']) {
      expect(() => toNumber(text), text).to.throw(RecordFault)
    }
  })

  it('reads units inside values', () => {
    expect(toMeasure('3.9 km/h')).to.deep.equal({ value: 3.9, unit: 'km/h' })
    expect(toMeasure('57%')).to.deep.equal({ value: 57, unit: '%' })
    expect(toMeasure('15.0°C')).to.deep.equal({ value: 15, unit: '°C' })
    expect(toMeasure('46.9')).to.deep.equal({ value: 46.9 })
    expect(() => toMeasure('N/A')).to.throw(RecordFault)
  })

  it('knows how sources say that there is no value', () => {
    for (const text of ['N/A', 'n/a', '', ' - ', 'null', 'NaN']) expect(isNoValue(text), text).to.equal(true)
    for (const text of ['0', '00', 'x']) expect(isNoValue(text), text).to.equal(false)
  })

  const units: readonly [Parameters<typeof toCanonical>, number, string][] = [
    [[{ value: 0.79, unit: 'mg/m3' }, 'mass'], 790, 'GQ'],
    [[{ value: 41.3, unit: 'µg/m³' }, 'mass'], 41.3, 'GQ'],
    [[{ value: 41.3, unit: 'μg/Nm3' }, 'mass'], 41.3, 'GQ'],
    [[{ value: 1, unit: 'ppm' }, 'mass', 'co'], 1144.9009, 'GQ'],
    [[{ value: 10, unit: 'ppb' }, 'mass', 'no2'], 18.804823, 'GQ'],
    [[{ value: 36, unit: 'km/h' }, 'speed'], 10, 'MTS'],
    [[{ value: 57, unit: '%' }, 'ratio'], 0.57, 'C62'],
    [[{ value: 15, unit: '°C' }, 'temperature'], 15, 'CEL'],
    [[{ value: 50, unit: '°F' }, 'temperature'], 10, 'CEL'],
    [[{ value: 2, unit: 'L/s' }, 'flow'], 7.2, 'MQH'],
    [[{ value: 3 }, 'concentration'], 3, 'M1'],
  ]
  for (const [given, value, unitCode] of units) {
    it(`converts ${JSON.stringify(given)}`, () => {
      const found = toCanonical(...given)
      expect(found.unitCode).to.equal(unitCode)
      expect(found.value).to.be.closeTo(value, value * 1e-6)
    })
  }

  it('refuses a unit of another quantity, and a mixing ratio of a gas that it does not know', () => {
    expect(() => toCanonical({ value: 1, unit: 'mg/L' }, 'mass')).to.throw(RecordFault, 'Unit is none')
    expect(() => toCanonical({ value: 1, unit: 'ppm' }, 'mass', 'pm25')).to.throw(RecordFault)
    expect(() => toCanonical({ value: 1, unit: 'toString' }, 'mass')).to.throw(RecordFault)
  })

  it('names entities in letters that every system takes', () => {
    expect(iriOf('Thing', 'Phổ Yên', 'Đường 1/5')).to.equal('urn:ngsi-ld:Thing:Pho-Yen:Duong-1-5')
    expect(() => iriOf('Thing', 'a', ' ')).to.throw(RecordFault)
  })
})
