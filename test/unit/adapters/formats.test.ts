import { expect } from 'chai'
import { csv } from '../../../adapters/formats/csv.ts'
import type { Decoded, Format } from '../../../adapters/formats/format.ts'
import { isUnreadable } from '../../../adapters/formats/format.ts'
import { jsonText } from '../../../adapters/formats/json-text.ts'
import { stationText } from '../../../adapters/formats/station-text.ts'

const STATION = { name: 'TNG_SCONG1_NUOTHA_20251115083000.txt' }
const TIME = '20251115083000'
const UTC = '2025-11-15T01:30:00Z'

function values(decoded: readonly Decoded[]): unknown[] {
  return decoded.map((item) => (isUnreadable(item) ? `fault: ${item.fault.message}` : item.value))
}

function readings(text: string | Uint8Array): unknown[] {
  return values(stationText.decode(typeof text === 'string' ? Buffer.from(text) : text, STATION)).map(
    (value) => {
      if (typeof value === 'string') return value
      const { parameter, value: measured, unit, observedAt, status } = value as Record<string, unknown>
      return [parameter, measured, unit, observedAt, status]
    },
  )
}

describe('station text (Circular 10/2021/TT-BTNMT)', () => {
  const lines: readonly [string, readonly unknown[]][] = [
    [`pH\t7.12\t-\t${TIME}\t00`, ['pH', 7.12, null, UTC, 'measuring']],
    [`PM2,5 41.3 ug/m3 ${TIME} 00`, ['PM2,5', 41.3, 'ug/m3', UTC, 'measuring']],
    [`${TIME} COD 61.2 mg/L`, ['COD', 61.2, 'mg/L', UTC, 'measuring']],
    [`${TIME} COD 61.2`, ['COD', 61.2, null, UTC, 'measuring']],
    [`Temp 28,4 ${TIME} 01`, ['Temp', 28.4, null, UTC, 'calibrating']],
    [`Temp 28.4 ${TIME}`, ['Temp', 28.4, null, UTC, 'measuring']],
    [`Flow\t0\tm3/h\t${TIME}\t02`, ['Flow', null, 'm3/h', UTC, 'deviceError']],
    ['TSS 1 mg/L 20251115003000', ['TSS', 1, 'mg/L', '2025-11-14T17:30:00Z', 'measuring']],
  ]
  for (const [line, expected] of lines) {
    it(`reads ${JSON.stringify(line)}`, () => expect(readings(`${line}\n`)).to.deep.equal([expected]))
  }

  const faults: readonly [string, string][] = [
    [`COD loi mg/L ${TIME} 00`, 'Value is not a number'],
    [`COD - mg/L ${TIME} 00`, 'Value is not a number'],
    [`COD 61.2 mg/L ${TIME} 07`, 'Status is none of 00, 01 and 02'],
    ['COD 61.2 mg/L 20251315083000 00', 'Time is not a valid yyyyMMddHHmmss'],
    ['COD 61.2', 'Line has no time yyyyMMddHHmmss where one is expected'],
    [`COD 61.2 mg/L ${TIME} 00 00`, 'Line has more than five words'],
  ]
  for (const [line, fault] of faults) {
    it(`quarantines ${JSON.stringify(line)} and takes the next line`, () => {
      expect(readings(`${line}\npH 7 - ${TIME}\n`)).to.deep.equal([
        `fault: ${fault}`,
        ['pH', 7, null, UTC, 'measuring'],
      ])
    })
  }

  it('never publishes the value of a device error, even one that is no number', () => {
    expect(readings(`Flow *** m3/h ${TIME} 02\n`)).to.deep.equal([['Flow', null, 'm3/h', UTC, 'deviceError']])
  })

  it('takes a byte order mark, CRLF and blank lines', () => {
    const bytes = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      Buffer.from(`pH 7 - ${TIME} 00\r\n\r\nCOD 5 mg/L ${TIME} 00\r\n`),
    ])
    expect(readings(bytes)).to.have.length(2)
    expect(readings(bytes)[0]).to.deep.equal(['pH', 7, null, UTC, 'measuring'])
  })

  it('names the station by the parts of the file name', () => {
    const [first] = values(stationText.decode(Buffer.from(`pH 7 - ${TIME}\n`), STATION))
    expect(first).to.include({ province: 'TNG', station: 'SCONG1', kind: 'NUOTHA' })
  })

  it('leaves the station out where the name of the file does not say which it is: the feed may know', () => {
    const [first] = values(stationText.decode(Buffer.from(`pH 7 - ${TIME}\n`), { name: 'data.txt' }))
    expect(first).to.include({ parameter: 'pH', value: 7 })
    expect(first).not.to.have.any.keys('province', 'station', 'kind')
  })

  it('quarantines a line that is not UTF-8, with its bytes', () => {
    const bytes = Buffer.concat([
      Buffer.from([0xb5, 0x67, 0x20]),
      Buffer.from(`7 - ${TIME}\npH 7 - ${TIME}\n`),
    ])
    const [bad, good] = stationText.decode(bytes, STATION)
    expect(bad).to.have.nested.property('fault.message', 'Record is not UTF-8 text')
    expect(Buffer.from(bad!.raw).subarray(0, 2)).to.deep.equal(Buffer.from([0xb5, 0x67]))
    expect(good).to.have.property('value')
  })

  const cut: readonly [string, boolean][] = [
    [`pH 7.1 - ${TIME} 00\nCOD 61.2 mg/L 2025111508`, false],
    [`pH 7.1 - ${TIME} 00\nCOD 61.2 mg/L ${TIME}`, false],
    [`pH 7.1 - ${TIME} 00\nCOD 61.2 mg/L ${TIME} 0`, false],
    [`${TIME} pH 7.1\n${TIME} COD 61`, false],
    [`${TIME} pH 7.1 -\n${TIME} COD 61.2 mg`, false],
    [`${TIME} pH 7.1 -\n${TIME} COD 61.2 mg/L`, true],
    [`pH 7.1 - ${TIME} 00\nCOD 61.2 mg/L ${TIME} 00`, true],
    [`pH 7.1 - ${TIME}\nCOD 61.2 mg/L ${TIME}`, true],
  ]
  for (const [text, whole] of cut) {
    it(`${whole ? 'takes' : 'quarantines'} the last line of ${JSON.stringify(text)}`, () => {
      const [first, last] = readings(text)
      expect(first).to.be.an('array')
      if (whole) expect(last).to.be.an('array')
      else expect(last).to.match(/^fault: /)
    })
  }
})

describe('csv', () => {
  const header = ['a;b', '1;2'].join('\n')
  const tables: readonly [string, string | Uint8Array, readonly unknown[]][] = [
    ['semicolons', `${header}\n`, [{ a: '1', b: '2' }]],
    ['commas', 'a,b\n1,2', [{ a: '1', b: '2' }]],
    ['tabs', 'a\tb\n1\t2\n', [{ a: '1', b: '2' }]],
    ['a byte order mark and CRLF', '\ufeffa;b\r\n1;2\r\n', [{ a: '1', b: '2' }]],
    ['quoted line ends', 'a,b\n"1\n1",2\n', [{ a: '1\n1', b: '2' }]],
    [
      'a row with too few cells',
      'a,b\n1\n3,4\n',
      ['fault: Row has 1 cells where the header has 2', { a: '3', b: '4' }],
    ],
    [
      'a quotation mark left open',
      'a,b\n1,2\n"3,4\n5,6\n',
      [{ a: '1', b: '2' }, 'fault: Row has a quotation mark that is not closed'],
    ],
    ['an empty table', '', []],
    [
      'blank lines, a mark and a row that is not text',
      Buffer.concat([
        Buffer.from('\ufeff\r\n\r\na,b\r\n\r\n1,'),
        Buffer.from([0xe1]),
        Buffer.from('\r\n3,ễ\r\n\r\n'),
      ]),
      ['fault: Row is not UTF-8 text', { a: '3', b: 'ễ' }],
    ],
    [
      'bytes that are no text',
      Buffer.from([0xff, 0x00, 0x7b]),
      ['fault: Header of the table is not UTF-8 text'],
    ],
    ['half a character of UTF-16', Buffer.from([0xff, 0xfe, 0x61]), ['fault: Table is not UTF-16 text']],
    ['__proto__ as a column', '__proto__,b\n1,2\n', [JSON.parse('{"__proto__":"1","b":"2"}')]],
  ]
  for (const [title, text, expected] of tables) {
    it(`reads ${title}`, () => expect(values(decode(csv(), text))).to.deep.equal(expected))
  }

  it('says which columns are missing, once for the table', () => {
    expect(values(decode(csv({ columns: ['a', 'c', 'd'] }), header))).to.deep.equal([
      'fault: Table has no column c, d',
    ])
  })

  it('quarantines only the row that is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('a,b\nVạn Xuân,2\n'), Buffer.from([0xff]), Buffer.from(',4\n')])
    expect(values(decode(csv(), bytes))).to.deep.equal([
      { a: 'Vạn Xuân', b: '2' },
      'fault: Row is not UTF-8 text',
    ])
  })

  it('reads a row alone again from its bytes and its header', () => {
    const format = csv()
    const [, second] = decode(format, 'a;b\n1;2\n3;4\n')
    expect(values([format.decodeOne(second!.raw, second!.preamble, STATION)])).to.deep.equal([
      { a: '3', b: '4' },
    ])
    expect(second!.line).to.equal(3)
  })

  it('reads nothing alone that is not one row', () => {
    const header = Buffer.from('a;b')
    for (const [raw, preamble] of [
      ['a;b\n1;2\n3;4', undefined],
      ['1;2\n3;4', header],
      ['', header],
    ] as const)
      expect(csv().decodeOne(Buffer.from(raw), preamble, STATION)).to.have.property('fault')
  })
})

describe('json', () => {
  const documents: readonly [string, Parameters<typeof jsonText>[0], string, readonly unknown[]][] = [
    ['one document', {}, '{"a":1}', [{ a: 1 }]],
    ['an array', {}, '[{"a":1}, 2 ,"]"]', [{ a: 1 }, 2, ']']],
    ['an array at a path', { path: 'd.items' }, '{"x":[9],"d":{"y":"}","items":[1,[2]]}}', [1, [2]]],
    ['an empty array', {}, ' [ ] ', []],
    [
      'lines',
      { lines: true },
      '{"a":1}\r\n\n{"a":\n{"a":3}',
      [{ a: 1 }, 'fault: Record is not valid JSON', { a: 3 }],
    ],
    [
      'one bad item',
      {},
      '[{"a":1},{"a":tru},{"a":3}]',
      [{ a: 1 }, 'fault: Record is not valid JSON', { a: 3 }],
    ],
    ['a document that was cut', {}, '[{"a":1},{"a"', ['fault: Record is not valid JSON']],
    ['no array at the path', { path: 'd' }, '{"d":{}}', ['fault: Document has no array at d']],
    [
      'an array in a text',
      { path: 'd.Data' },
      String.raw`{"d":"{\"Success\":true,\"Data\":[{\"a\":1},{\"a\":}]}"}`,
      [{ a: 1 }, 'fault: Record is not valid JSON'],
    ],
    ['a text in a text', { path: 'd.e' }, String.raw`{"d":"{\"e\":\"[1,2]\"}"}`, [1, 2]],
    [
      'no array in a text',
      { path: 'd.Data' },
      String.raw`{"d":"{\"Data\":null}"}`,
      ['fault: Document has no array at Data'],
    ],
    [
      'a text that was cut',
      { path: 'd.Data' },
      String.raw`{"d":"{\"Data\":[1,"}`,
      ['fault: Record is not valid JSON'],
    ],
    ['quotes in strings', {}, String.raw`[{"a":"\"]\\"},1]`, [{ a: '"]\\' }, 1]],
  ]
  for (const [title, options, text, expected] of documents) {
    it(`reads ${title}`, () => expect(values(decode(jsonText(options), text))).to.deep.equal(expected))
  }

  it('keeps the bytes and the line of each item', () => {
    const [first, second] = decode(jsonText(), '[\n {"a":1.0},\n {"a":2}\n]')
    expect(Buffer.from(first!.raw).toString()).to.equal('{"a":1.0}')
    expect(second).to.include({ line: 3 })
  })

  it('reads a string of megabytes', () => {
    expect(decode(jsonText(), JSON.stringify(['x'.repeat(3_000_000), '\\"'.repeat(500_000)]))).to.have.length(
      2,
    )
  })
})

function decode(format: Format, text: string | Uint8Array): readonly Decoded[] {
  return format.decode(typeof text === 'string' ? Buffer.from(text) : text, STATION)
}
