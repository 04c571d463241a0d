import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { Problem } from '../../../broker/core/model/problem.ts'
import { CsvObservations } from '../../../broker/core/observations/csv-observations.ts'
import { csvCells, isOpenAfter } from '../../../broker/core/observations/csv-record.ts'
import { decodeObservation } from '../../../broker/core/observations/decode-observation.ts'
import { PlainObservations } from '../../../broker/core/observations/plain-observations.ts'
import { tableOf } from '../context/terms.ts'

const NOW = 1_767_225_600_000_000
const mostly = <T>(good: readonly T[], ...other: readonly T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...good) }, fc.constantFrom(...other))
const time = mostly(['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.125Z'], '2026-02-30T00:00:00Z', 'noon', '')
const id = mostly(['urn:t:1', 'urn:t:2'], 'no uri', 'urn:ngsi-ld:null')
const type = mostly(['T', 'https://example.org/T'], 'no name', '')
const name = mostly(
  ['a', 'b', 'https://uri.etsi.org/ngsi-ld/default-context/a'],
  ...[
    'location',
    'scope',
    'createdAt',
    'unitCode',
    '__proto__',
    'a b',
    'expiresAt',
    '@context',
    'ngsildproof',
  ],
)
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))

/** What comes out, or the text of the refusal. */
function outcome<T>(make: () => T): T | string {
  try {
    return make()
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

describe('Plain observations', () => {
  it('are what any line is, of JSON', () => {
    const table = tableOf()
    const plain = new PlainObservations(table)
    const value = fc.oneof(
      { weight: 5, arbitrary: number },
      fc.constantFrom('x', true, null, { value: 1 }, [1]),
    )
    const line = fc.record({ id, type, observedAt: time }, { requiredKeys: ['id', 'type'] })
    let fast = 0
    fc.assert(
      fc.property(line, fc.dictionary(name, value, { maxKeys: 3 }), (members, attributes) => {
        const whole = { ...members, ...attributes }
        const found = plain.ofJson(whole, NOW)
        if (!found) return
        if (found.instances.length > 0) fast++
        expect(found).to.deep.equal(decodeObservation(whole, table, NOW))
      }),
      { numRuns: 1000 },
    )
    expect(fast).to.be.greaterThan(30)
  })

  it('are what any line is, of a table', () => {
    const cell = fc.oneof(
      { weight: 5, arbitrary: number.map(String) },
      fc.constantFrom(
        '',
        'x',
        'true',
        '007',
        '1e400',
        '0.12345678901234567891',
        '-0',
        '.5',
        '1.',
        'urn:ngsi-ld:null',
      ),
    )
    const unit = fc.constantFrom('', 'GQ')
    const dataset = fc.constantFrom('', 'urn:d:1', 'no uri', '@none')
    const wide = 'id,type,observedAt,a,unitCode,datasetId,b'
    const long = 'id,type,observedAt,attribute,unitCode,datasetId,value'
    const table = tableOf()
    const readers = { wide: new CsvObservations(wide, table), long: new CsvObservations(long, table) }
    let kept = 0
    fc.assert(
      fc.property(fc.tuple(id, type, time, fc.oneof(cell, name), unit, dataset, cell), (cells) => {
        for (const reader of Object.values(readers)) {
          const general = outcome(() => decodeObservation(reader.written(cells), table, NOW))
          const found = outcome(() => reader.read(cells.join(','), NOW))
          if (typeof found !== 'string' && found.instances.length > 0) kept++
          expect(found).to.deep.equal(general)
        }
      }),
      { numRuns: 1000 },
    )
    expect(kept).to.be.greaterThan(15)
  })
})

describe('CSV records', () => {
  const cell = fc.oneof(
    fc.constantFrom('', ',', '"', 'a"b', '\n', ' ', 'a,b'),
    fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' '), maxLength: 6 }),
  )
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  const written = (text: string): string => (/[",\n]/.test(text) ? quoted(text) : text)

  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        expect(csvCells(cells.map(written).join(','))).to.deep.equal(cells)
        expect(csvCells(cells.map(quoted).join(','))).to.deep.equal(cells)
      }),
    )
  })

  it('are read or refused as csv-parse does it', () => {
    const record = fc.string({ unit: fc.constantFrom('a', ',', '"'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(record, (text) => {
        const ours = outcome(() => csvCells(text))
        let theirs: unknown = 'refused'
        try {
          ;[theirs] = parse(text, { relax_column_count: true }) as unknown[][]
        } catch {}
        expect(typeof ours === 'string' ? 'refused' : ours, text).to.deep.equal(theirs)
      }),
      { numRuns: 1000 },
    )
  })

  it('go on behind a line that ends inside of a cell', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        const lines = cells.map(written).join(',').split('\n')
        let open = false
        for (const [at, line] of lines.entries()) {
          open = isOpenAfter(line, open)
          expect(open).to.equal(at < lines.length - 1)
        }
      }),
    )
  })
})
