import { expect } from 'chai'
import { convert, unitOf, unitSpelled } from '../../../ontology/units.ts'

describe('ontology: units', () => {
  const cases: readonly [value: number, from: string, to: string, expected: number | undefined][] = [
    [50, 'FAH', 'CEL', 10],
    [293.15, 'KEL', 'CEL', 20],
    [0.79, 'GP', 'GQ', 790],
    [1, 'H29', 'M1', 0.001],
    [36, 'KMH', 'MTS', 10],
    [2, 'G51', 'MQH', 7.2],
    [57, 'P1', 'C62', 0.57],
    [9_876_543_213, 'WHR', 'KWH', 9_876_543.213],
    [12.5, 'KMT', 'MTR', 12_500],
    [90, 'DD', 'C81', 1.57079632679],
    [1, 'M1', 'GQ', undefined],
    [1, 'CEL', 'CEL', 1],
    [1, 'CEL', 'GQ', undefined],
    [1, 'ANN', 'DAY', undefined],
    [1, '59', 'GQ', undefined],
  ]
  for (const [value, from, to, expected] of cases) {
    it(`converts ${value} ${from} to ${expected} ${to}`, () => {
      expect(convert(value, unitOf(from)!, unitOf(to)!)).to.equal(expected)
    })
  }

  it('knows spellings whatever their case and marks, and does not take mega for milli', () => {
    for (const [text, code] of [
      ['µg/m³', 'GQ'],
      ['μg/Nm3', 'GQ'],
      ['ug/m3', 'GQ'],
      ['MG/L', 'M1'],
      ['°C', 'CEL'],
      ['oC', 'CEL'],
      ['kWh', 'KWH'],
      ['MW', 'MAW'],
      ['°', 'DD'],
    ] as const) {
      expect(unitSpelled(text)?.code, text).to.equal(code)
    }
    for (const text of ['mW', 'mwh', '', 'furlong', 'constructor'])
      expect(unitSpelled(text), text).to.equal(undefined)
  })
})
