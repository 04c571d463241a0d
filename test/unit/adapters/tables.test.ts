import { expect } from 'chai'
import { zipSync } from 'fflate'
import { csv } from '../../../adapters/formats/csv.ts'
import type { Decoded, Format, Piece } from '../../../adapters/formats/format.ts'
import { tablePieces } from '../../../adapters/formats/table-pieces.ts'
import { xlsx } from '../../../adapters/formats/xlsx.ts'
import type { ColumnMapping } from '../../../adapters/kit/definition/column-mapping.ts'
import { piecesOf } from '../../../adapters/kit/intake/take-inputs.ts'
import { columnMapper } from '../../../adapters/kit/mapping/column-mapper.ts'
import { packagedPlaces } from '../../../adapters/kit/mapping/feed-places.ts'
import type { MapContext } from '../../../adapters/kit/mapping/mapper.ts'
import type { Json } from '../../../adapters/kit/values/json.ts'
import { reportPeriod } from '../../../adapters/kit/values/row-period.ts'
import { workbook } from '../../support/workbook.ts'

const NAME = { name: 'bang' }
const told = (decoded: readonly Decoded[]): unknown[] =>
  decoded.map((one) => ('fault' in one ? one.fault.message : one.value))

describe('format xlsx', () => {
  const bytes = workbook({
    'Số liệu': [
      ['Tiêu đề'],
      ['Mã', ' Ngày \n giờ', 'Giá trị', null, 'Đúng'],
      ['A&1', new Date(Date.UTC(2025, 10, 15, 8, 30)), 12.5, null, true],
      [],
      ['A2', '15/11/2025', null, 'lạc', false],
      [null, null, { time: 1 }],
    ],
  })

  it('reads numbers, texts, times and flags below titles, and says what is under no column', () =>
    expect(told(xlsx({ columns: ['Mã', 'Ngày giờ'] }).decode(bytes, NAME))).to.deep.equal([
      { Mã: 'A&1', 'Ngày giờ': '2025-11-15T08:30:00', 'Giá trị': 12.5, Đúng: true },
      'Row has a cell where the header has none',
      { Mã: '', 'Ngày giờ': '', 'Giá trị': '24:00', Đúng: '' },
    ]))

  it('reads a row alone again, as quarantine keeps it', () => {
    const format = xlsx({ columns: ['Mã', 'Ngày giờ'] })
    const [first] = format.decode(bytes, NAME)
    expect(first?.line).to.equal(3)
    if (first) expect(told([format.decodeOne(first.raw, first.preamble, NAME)])).to.deep.equal(told([first]))
  })

  const BAD: readonly (readonly [string, Uint8Array, object, RegExp])[] = [
    ['half a file', bytes.subarray(0, bytes.length / 2), {}, /not a whole ZIP/],
    ['other bytes', Buffer.from('Mã;Giá trị\n'), {}, /not a workbook/],
    ['a sheet that is not there', bytes, { sheet: 'Khác' }, /no sheet Khác/],
    ['a column that is not there', bytes, { columns: ['Mã', 'Mới'] }, /no column Mới$/],
    [
      'a part that is cut',
      zipSync({ 'xl/workbook.xml': Buffer.from('<workbook><sheets>') }),
      {},
      /not whole/,
    ],
  ]
  for (const [title, given, options, text] of BAD) {
    it(`says of ${title} what is wrong`, () => {
      const [only, ...others] = told(xlsx(options).decode(given, NAME))
      expect(only).to.match(text)
      expect(others).to.deep.equal([])
    })
  }

  it('takes no memory for gaps', () => {
    const far =
      '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
    const parts = {
      'xl/workbook.xml': '<workbook><sheets><sheet name="A" r:id="r1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels':
        '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
      'xl/worksheets/sheet1.xml': far,
    }
    const texts = Object.entries(parts).map(([path, text]): [string, Uint8Array] => [path, Buffer.from(text)])
    const decoded = xlsx().decode(zipSync(Object.fromEntries(texts)), NAME)
    expect(told(decoded)).to.deep.equal(['Row has a cell where the header has none'])
  })

  it('does not unpack what grows beyond all measure', () => {
    const bomb = zipSync({ 'xl/worksheets/sheet1.xml': [new Uint8Array(1000), { level: 9 }] })
    // the size that the archive says, in its directory and before the part
    const view = Buffer.from(bomb)
    for (let at = view.indexOf('PK\x01\x02'); at >= 0; at = -1) view.writeUInt32LE(0xfffffff0, at + 24)
    expect(told(xlsx().decode(view, NAME))).to.deep.equal(['Archive is too large'])
  })
})

describe('tables in pieces', () => {
  const header = '\uFEFFa;b\r\n'
  const rows = Array.from({ length: 200 }, (_, at) =>
    at % 7 === 0 ? `${at};"x\n${at}"\r\n` : `${at};y${at}\r\n`,
  )
  const bytes = Buffer.from(header + rows.join(''))

  async function pieces(chunk: number, of: Uint8Array = bytes): Promise<Piece[]> {
    const all: Piece[] = []
    for await (const piece of tablePieces(chunked(of, chunk), 256)) all.push(piece)
    return all
  }

  it('are the same however the bytes come, small, and have all rows with their lines', async () => {
    const [first, ...others] = await Promise.all([1, 37, 255, 100_000].map((chunk) => pieces(chunk)))
    for (const other of others) expect(other).to.deep.equal(first)
    const decoded = (first ?? []).flatMap((piece) => csv().decode(piece.bytes, { ...NAME, ...piece }))
    const whole = csv().decode(bytes, NAME)
    expect(told(decoded)).to.deep.equal(told(whole))
    expect(decoded.map(({ line }) => line)).to.deep.equal(whole.map(({ line }) => line))
    expect(Math.max(...(first ?? []).map((piece) => piece.bytes.length))).to.be.below(600)
  })

  it('lose one piece at most to a quotation mark that is not closed', async () => {
    const broken = Buffer.from(`${header}"open;1\r\n${rows.join('')}`)
    const decoded = (await pieces(64, broken)).flatMap((piece) => csv().decode(piece.bytes, NAME))
    expect(decoded.filter((one) => !('fault' in one)).length).to.be.above(150)
  })

  it('are read of UTF-16 too', async () => {
    const wide = Buffer.from(header + rows.join(''), 'utf16le')
    const decoded = (await pieces(99, wide)).flatMap((piece) => csv().decode(piece.bytes, NAME))
    expect(told(decoded)).to.deep.equal(told(csv().decode(bytes, NAME)))
  })

  it('flow of what is larger than may be held, and only as far as the feed takes it', async () => {
    const size = 3_000_000
    const stream = async function* () {
      yield Buffer.from('a;b\n')
      for (let left = size; left > 0; left -= 100_000) yield Buffer.from('12345;789\n'.repeat(10_000))
    }
    const input = { name: 'lon.csv', bytes: new Uint8Array(9), size, stream, repeatable: false }
    const count = async (format: Format, maxBytes: number): Promise<number[]> => {
      const sizes: number[] = []
      const definition = { maxBytes } as Parameters<typeof piecesOf>[0]['definition'] // nothing else is read
      for await (const piece of piecesOf({ format, definition }, input)) sizes.push(piece.bytes.length)
      return sizes
    }
    expect((await count(csv(), 1e9)).length).to.be.above(1)
    expect(await count(csv(), 1e6)).to.deep.equal([9])
    expect(await count(xlsx(), 1e9)).to.deep.equal([size + 4])
  })
})

async function* chunked(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('mapping by columns', () => {
  const mapping: ColumnMapping = {
    type: 'LoadCurveObserved',
    id: 'tn:{ma}',
    time: { from: 'ngay', format: 'dd/MM/yyyy', zone: '+07:00', period: 'PT30M' },
    columns: { ma: 'stationCode' },
    series: { columns: 'H{n}', attribute: 'totalActivePower', unit: 'kW' },
  }
  const map = async (
    given: ColumnMapping,
    record: Json,
  ): Promise<{ documents: readonly Json[]; notices: string[] }> => {
    const notices: string[] = []
    const context: MapContext = {
      feed: { name: 'x', source: 'urn:x', dataProvider: 'x' },
      variables: {},
      tables: {},
      input: NAME,
      places: packagedPlaces(),
      doubt: (text) => void notices.push(text),
      notice: (text) => void notices.push(text),
      hash: (text) => `h${text.length}`,
    }
    return { documents: await columnMapper(given, 'feed.yaml')(record, context), notices }
  }

  it('makes an observation of each interval, and says what it does not know', async () => {
    const { documents, notices } = await map(mapping, {
      ma: 'A',
      ngay: '15/11/2025',
      H1: 1,
      H48: '2,5',
      H2: '',
      moi: 1,
    })
    const powers = documents.map((document) => (document as Record<string, Json>).totalActivePower)
    expect(powers).to.deep.equal([
      { type: 'Property', value: 1000, unitCode: 'WTT', observedAt: '2025-11-14T17:30:00Z' },
      { type: 'Property', value: 2500, unitCode: 'WTT', observedAt: '2025-11-15T17:00:00Z' },
    ])
    expect(notices).to.deep.equal(['Column moi is not mapped'])
  })

  it('reads times of another zone', async () => {
    const time = { from: 'ngay', format: 'yyyyMMddHHmm', zone: 'Z' }
    const given = {
      ...mapping,
      time,
      series: undefined,
      columns: { P: 'totalActivePower' },
    } as unknown as ColumnMapping
    const { documents } = await map(given, { ma: 'A', ngay: '202511150830', P: 1 })
    expect(JSON.stringify(documents)).to.include('"observedAt":"2025-11-15T08:30:00Z"')
  })

  it('names things by a hash where a column is hashed, and tells nothing else of it', async () => {
    const given: ColumnMapping = {
      ...mapping,
      id: 'tn:{ma}',
      columns: { ma: { attribute: 'refMeteringPoint', link: 'MeteringPoint', id: 'tn:{ma}' }, ten: 'name' },
      hashed: ['ma', 'ten'],
      skip: { ma: ['Cộng'] },
    }
    const { documents } = await map(given, { ma: 'PD0001', ten: 'Nguyễn Văn An', ngay: '15/11/2025', H1: 1 })
    expect(documents).to.have.length(1)
    expect(documents[0]).to.deep.include({
      id: 'urn:ngsi-ld:LoadCurveObserved:tn:h6',
      refMeteringPoint: { type: 'Relationship', object: 'urn:ngsi-ld:MeteringPoint:tn:h6' },
      name: { type: 'Property', value: 'h13' },
    })
    expect((await map(given, { ma: 'Cộng', ten: '', ngay: '' })).documents).to.deep.equal([])
    const nameless = map(given, { ma: ' ', ten: 'An', ngay: '15/11/2025', H1: 1 })
    expect(await nameless.catch((error: Error) => error.message)).to.match(/nothing in column ma/)
  })

  it('takes the marks of thousands for what they are, and no others', async () => {
    const read = async (decimal: ',' | '.', text: string): Promise<unknown> => {
      const columns = { tien: 'totalInvestment' }
      const { documents } = await map(
        { type: 'UrbanProject', id: '{ma}', columns, decimal },
        { ma: 'A', tien: text },
      )
      return (documents[0] as { totalInvestment?: { value: number } }).totalInvestment?.value
    }
    const texts = ['1.234,5', '1.234.567', '12.5', '1234,5', '1 234']
    expect(await Promise.all(texts.map((text) => read(',', text)))).to.deep.equal([
      1234.5, 1234567, 12.5, 1234.5, 1234,
    ])
    expect(await Promise.all(['1,234.5', '1204,5', '1.234,5'].map((text) => read('.', text)))).to.deep.equal([
      1234.5,
      1204.5,
      undefined,
    ])
  })

  it('reads members of members, coordinates, days and times since 1970', async () => {
    const given: ColumnMapping = {
      type: 'WasteContainer',
      id: 'tn:{thung.ma}',
      time: { from: 'luc', format: 'seconds' },
      place: { longitude: 'vi_tri.kinh_do', latitude: 'vi_tri.vi_do' },
      columns: {
        'thung.muc': { attribute: 'fillingLevel', unit: '%' },
        'thung.don': { attribute: 'emptiedAt', format: 'dd/MM/yyyy HH:mm' },
      },
    }
    const record = {
      thung: { ma: 'A', muc: 72, don: '14/11/2025 22:30' },
      vi_tri: { kinh_do: '105,84', vi_do: 21.59 },
      luc: 1763170200,
    }
    const { documents, notices } = await map(given, record)
    expect(notices).to.deep.equal([])
    expect(documents).to.deep.equal([
      {
        id: 'urn:ngsi-ld:WasteContainer:tn:A',
        type: 'WasteContainer',
        location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.84, 21.59] } },
        fillingLevel: { type: 'Property', value: 0.72, unitCode: 'C62', observedAt: '2025-11-15T01:30:00Z' },
        emptiedAt: { type: 'Property', value: '2025-11-14T15:30:00Z' },
      },
    ])
    const odd = { ...record, thung: { ma: 'A', don: '31/02/2025' }, vi_tri: { kinh_do: 'x', vi_do: 21.59 } }
    const { documents: others, notices: doubts } = await map(given, odd)
    expect(others).to.deep.equal([{ id: 'urn:ngsi-ld:WasteContainer:tn:A', type: 'WasteContainer' }])
    expect(doubts).to.deep.equal([
      'location has a coordinate that is not a number',
      'emptiedAt is not a time of its format',
    ])
  })

  it('tells all faults of a declaration together', () =>
    expect(() =>
      columnMapper(
        {
          ...mapping,
          columns: { a: 'altitudeOfRoof', b: { attribute: 'activeEnergy', unit: 'con bò' } },
          facts: { totalActivePower: 'nhiều', colour: 'red' },
        },
        'feed.yaml',
      ),
    ).to.throw(
      /altitudeOfRoof[\s\S]*Unit of LoadCurveObserved activeEnergy[\s\S]*totalActivePower is not a number[\s\S]*colour/,
    ))

  const PERIODS: readonly (readonly [string, string, string])[] = [
    ['2024', '2023-12-31T17:00:00Z', '2024-12-31T17:00:00Z'],
    ['Quý IV năm 2025', '2025-09-30T17:00:00Z', '2025-12-31T17:00:00Z'],
    ['2025-Q1', '2024-12-31T17:00:00Z', '2025-03-31T17:00:00Z'],
    ['Tháng 02/2024', '2024-01-31T17:00:00Z', '2024-02-29T17:00:00Z'],
  ]
  for (const [text, start, end] of PERIODS)
    it(`reads the period ${text}`, () => expect(reportPeriod(text, '+07:00')).to.deep.equal({ start, end }))
  it('refuses a period that is none', () => expect(() => reportPeriod('13/2025', '+07:00')).to.throw())
})
