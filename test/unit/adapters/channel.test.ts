import { expect } from 'chai'
import { channelOf, described, factsOf, reading } from '../../../adapters/kit/mapping/channel.ts'
import { RecordFault } from '../../../adapters/kit/values/fault.ts'
import type { Json, JsonMap } from '../../../adapters/kit/values/json.ts'
import { payloadFields } from '../../../adapters/kit/values/payload-fields.ts'

const observedAt = '2025-11-15T01:30:00Z'

/** What becomes of a value, and what is told of it. */
function read(row: JsonMap, value: Json | undefined): { attribute: unknown; doubts: readonly string[] } {
  const doubts: string[] = []
  const channel = channelOf(row, 'FloodMonitoring')
  const attribute =
    channel && reading(channel, value, { observedAt, doubt: (text) => void doubts.push(text) })
  return { attribute, doubts }
}

const depth = (value: number): JsonMap => ({ type: 'Property', value, unitCode: 'MTR', observedAt })

describe('channels of a feed', () => {
  const cm = { attribute: 'floodDepth', unit: 'cm' }
  const state = { type: 'Streetlight', attribute: 'status', values: { 0: 'ok', true: 'defectiveLamp' } }
  const values: readonly [string, JsonMap, Json | undefined, unknown][] = [
    ['a unit of the source in ours', cm, 18.5, depth(0.185)],
    ['a text with a decimal comma', cm, '18,5', depth(0.185)],
    [
      'a gas that is told as a ratio',
      { type: 'AirQualityObserved', attribute: 'no2', unit: 'ppb' },
      10,
      { type: 'Property', value: 18.8048232, unitCode: 'GQ', observedAt },
    ],
    ['a value of the canonical unit', { attribute: 'floodDepth' }, 0.2, depth(0.2)],
    ['counts of a factor', { attribute: 'floodDepth', factor: 0.1, offset: -1 }, 12, depth(0.2)],
    ['no value', cm, null, undefined],
    ['a value that is not there', cm, undefined, undefined],
    ['a text for no value', cm, '--', undefined],
    [
      'volts as a share',
      { type: 'Device', attribute: 'batteryLevel', between: [3, 3.6] },
      3.7,
      { type: 'Property', value: 1, unitCode: 'C62', observedAt },
    ],
    [
      'a word of the list by its name here',
      { type: 'Streetlight', attribute: 'powerState' },
      'TAT',
      { type: 'Property', value: 'off', observedAt },
    ],
    [
      'a day that begins with the day',
      { type: 'Device', attribute: 'installedAt' },
      '15/11/2025 08:30',
      { type: 'Property', value: '2025-11-15T01:30:00Z', observedAt },
    ],
    [
      'every digit of a sum of money',
      { type: 'UrbanProject', attribute: 'totalInvestment' },
      '1234567890123,5',
      { type: 'Property', value: 1234567890123.5, observedAt },
    ],
    ['a word that the table has', state, true, { type: 'Property', value: 'defectiveLamp', observedAt }],
  ]
  for (const [title, row, value, expected] of values) {
    it(`reads ${title}`, () =>
      expect(read(row, value)).to.deep.equal({
        attribute: expected,
        doubts: [],
      }))
  }

  const doubted: readonly [string, JsonMap, Json, string][] = [
    ['-9 in the middle', cm, -9, 'floodDepth is out of its range'],
    ['a text that is no number', cm, 'lỗi', 'floodDepth is not a number'],
    ['an object', cm, { value: 3 }, 'floodDepth is not a number'],
    [
      'a word that neither the table nor the list has',
      state,
      7,
      'status has a value that the table does not have',
    ],
    [
      'a word that the table has not, where there is no list',
      { type: 'DeviceMeasurement', attribute: 'textValue', values: { 0: 'đóng' } },
      '1',
      'textValue has a value that the table does not have',
    ],
    [
      'a day that there is not',
      { type: 'Device', attribute: 'installedAt' },
      '31/02/2025',
      'installedAt is not a time',
    ],
    [
      'a word that is not of the list',
      { type: 'Streetlight', attribute: 'status' },
      'x',
      'status has a value that is not of its list',
    ],
  ]
  for (const [title, row, value, doubt] of doubted) {
    it(`leaves ${title} out and says so`, () =>
      expect(read(row, value)).to.deep.equal({ attribute: undefined, doubts: [doubt] }))
  }

  const wrong: readonly [string, JsonMap, string][] = [
    ['no attribute', {}, 'Row of the table has no type and attribute'],
    [
      'an attribute that is not there',
      { attribute: 'depht' },
      'Table names FloodMonitoring depht, which the ontology does not have',
    ],
    [
      'a unit that is not there',
      { attribute: 'floodDepth', unit: 'gang' },
      'Unit of FloodMonitoring floodDepth is not known',
    ],
  ]
  for (const [title, row, text] of wrong) {
    it(`refuses a table with ${title}`, () => expect(() => read(row, 1)).to.throw(RecordFault, text))
  }

  it('describes a thing by its row', () => {
    const row = { name: 'Mẫu', longitude: 105.8, latitude: 21.5, facts: { circuit: 'L1' } }
    expect(described(row)).to.deep.equal({
      name: { type: 'Property', value: 'Mẫu' },
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.5] } },
    })
    expect(factsOf(row)).to.deep.equal({ circuit: { type: 'Property', value: 'L1' } })
    expect([described({ longitude: 105 }), factsOf(undefined)]).to.deep.equal([{}, {}])
  })
})

describe('payloads of devices', () => {
  const layouts: readonly [string, string, readonly JsonMap[], JsonMap][] = [
    [
      'numbers one after another',
      '00b90ee0',
      [
        { name: 'a', as: 'uint16', scale: 0.1 },
        { name: 'b', as: 'uint16' },
      ],
      { a: 18.5, b: 3808 },
    ],
    [
      'signed and little-endian numbers',
      'ffff38ff',
      [
        { name: 'a', as: 'int16' },
        { name: 'b', as: 'int16', little: true },
      ],
      { a: -1, b: -200 },
    ],
    ['bytes of no use', 'aabbcc01', [{ as: 'uint24' }, { name: 'a', as: 'uint8' }], { a: 1 }],
    [
      'bits',
      'b4',
      [
        { name: 'a', as: 'uint8', at: 0, mask: 0xf0, shift: 4 },
        { name: 'b', as: 'uint8', at: 0, mask: 4, shift: 2 },
      ],
      { a: 11, b: 1 },
    ],
    ['a float', '41940000', [{ name: 'a', as: 'float32' }], { a: 18.5 }],
  ]
  const none = (): void => expect.fail('nothing is doubted')
  for (const [title, hex, layout, fields] of layouts) {
    it(`reads ${title}`, () =>
      expect(payloadFields(Buffer.from(hex, 'hex'), layout, none)).to.deep.equal(fields))
  }

  it('says what is behind the declared fields', () => {
    const doubts: string[] = []
    payloadFields(Buffer.from('0102', 'hex'), [{ name: 'a', as: 'uint8' }], (text) => void doubts.push(text))
    expect(doubts).to.deep.equal(['Payload has 1 bytes after its declared fields'])
  })

  it('refuses a payload that was cut, and a layout that is none', () => {
    const bytes = Buffer.from('01', 'hex')
    expect(() => payloadFields(bytes, [{ name: 'a', as: 'uint32' }], none)).to.throw(
      RecordFault,
      'ends before',
    )
    expect(() => payloadFields(bytes, [{ name: 'a', as: 'toString' }], none)).to.throw(
      RecordFault,
      'no known kind',
    )
  })
})
