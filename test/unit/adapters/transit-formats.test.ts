import { expect } from 'chai'
import { strToU8, zipSync } from 'fflate'
import { PbfWriter } from 'pbf'
import type { Decoded, Format } from '../../../adapters/formats/format.ts'
import { isUnreadable } from '../../../adapters/formats/format.ts'
import { gtfs } from '../../../adapters/formats/gtfs.ts'
import { gtfsRealtime } from '../../../adapters/formats/gtfs-realtime.ts'

const INPUT = { name: 'http-poll' }

function read(format: Format, bytes: Uint8Array): unknown[] {
  return format.decode(bytes, INPUT).map(told)
}

function told(item: Decoded): unknown {
  return isUnreadable(item) ? `${item.fault.reason}: ${item.fault.message}` : item.value
}

const TABLES = {
  'agency.txt':
    'agency_id,agency_name,agency_url,agency_timezone\nA,Xe buýt,https://a.example,Asia/Ho_Chi_Minh\n',
  'stops.txt': 'stop_id,stop_name,stop_lat,stop_lon\nS1,Ga,21.5836,105.8268\n',
  'routes.txt': 'route_id,route_type\nR1,3\n',
  'trips.txt': 'route_id,service_id,trip_id\nR1,T2-T6,T1\nR1,T2-T6,T2\n',
  'stop_times.txt': 'trip_id,departure_time,stop_id,stop_sequence\nT1,6:08:00,S2,2\nT1,6:00:00,S1,1\n',
}

function zipOf(changes: Readonly<Record<string, string | undefined>> = {}): Uint8Array {
  const files = Object.entries({ ...TABLES, ...changes }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, strToU8(text)] as const],
  )
  return zipSync(Object.fromEntries(files))
}

describe('timetables (GTFS Schedule)', () => {
  it('takes no memory for a table that is there twice, and too large the second time', () => {
    const [table, twin, entry] = ['stops.txt', 'stopz.txt', 'PK\u0001\u0002']
    const bytes = Buffer.from(zipOf({ [twin]: 'stop_id\n' }))
    const size = bytes.lastIndexOf(entry, bytes.lastIndexOf(twin), 'latin1') + 24
    bytes.writeUInt32LE(0x7000_0000, size)
    for (let at = bytes.indexOf(twin); at >= 0; at = bytes.indexOf(twin)) bytes.write(table, at)
    const before = process.memoryUsage().arrayBuffers
    const found = read(gtfs, bytes)
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(0x1000_0000)
    expect(found).to.include('unreadable: Table stops.txt has more than 67108864 bytes')
    expect(JSON.stringify(found)).to.include('"stop_name":"Ga"').and.not.include('spoilt')
  })

  it('reads rows with their tables, and the first departure of a trip', () => {
    expect(read(gtfs, zipOf())).to.deep.equal([
      {
        table: 'agency.txt',
        agency_id: 'A',
        agency_name: 'Xe buýt',
        agency_url: 'https://a.example',
        agency_timezone: 'Asia/Ho_Chi_Minh',
      },
      { table: 'stops.txt', stop_id: 'S1', stop_name: 'Ga', stop_lat: '21.5836', stop_lon: '105.8268' },
      { table: 'routes.txt', route_id: 'R1', route_type: '3' },
      { table: 'trips.txt', route_id: 'R1', service_id: 'T2-T6', trip_id: 'T1', first_departure: '06:00:00' },
      { table: 'trips.txt', route_id: 'R1', service_id: 'T2-T6', trip_id: 'T2' },
    ])
  })

  const faults: readonly [string, Readonly<Record<string, string | undefined>>, string][] = [
    ['a table that is missing', { 'stops.txt': undefined }, 'unreadable: Timetable has no stops.txt'],
    [
      'a table that GTFS does not have',
      { 'ghi_chu.txt': 'x' },
      'unreadable: Table ghi_chu.txt is none of GTFS',
    ],
    [
      'a column that is missing',
      { 'routes.txt': 'route_id\nR1\n' },
      'unreadable: routes.txt: Table has no column route_type',
    ],
    [
      'a column that GTFS does not have',
      { 'routes.txt': '\uFEFFroute_id,route_type,mau_xe\r\nR1,3,x\r\n' },
      'unmapped: routes.txt: column mau_xe is none of GTFS',
    ],
    [
      'a row that is cut',
      { 'routes.txt': 'route_id,route_type\nR1,3\nR2' },
      'unreadable: routes.txt: Row has 1 cells where the header has 2',
    ],
    [
      'a row that comes twice',
      { 'routes.txt': 'route_id,route_type\nR1,3\nR1,3\n' },
      'unreadable: Row repeats route_id of a row before it',
    ],
  ]
  for (const [what, changes, fault] of faults) {
    it(`tells ${what}, and reads the rest`, () => {
      const all = read(gtfs, zipOf(changes))
      expect(all.filter((item) => typeof item === 'string')).to.deep.equal([fault])
      expect(all.filter((item) => typeof item !== 'string')).to.have.length.above(3)
    })
  }

  it('tells half a zip, and a spoilt table of a whole one', () => {
    const zip = zipOf()
    expect(read(gtfs, zip.subarray(0, zip.length / 2))).to.deep.equal(['unreadable: Input is no whole zip'])
    const spoilt = Uint8Array.from(zip)
    spoilt.fill(255, 45, 60)
    expect(read(gtfs, spoilt)[0]).to.equal('unreadable: Table agency.txt is spoilt in the zip')
    expect(read(gtfs, strToU8('<html>'))).to.deep.equal(['unreadable: Input is no whole zip'])
  })

  it('tells a row that is no UTF-8, and reads one alone again as quarantine keeps it', () => {
    const latin = Buffer.concat([
      Buffer.from('stop_id,stop_name,stop_lat,stop_lon\nS1,Ch\xe2u,1,2\n', 'latin1'),
    ])
    const zip = zipSync({
      ...Object.fromEntries(Object.entries(TABLES).map(([n, t]) => [n, strToU8(t)])),
      'stops.txt': latin,
    })
    const [fault] = gtfs.decode(zip, INPUT).filter(isUnreadable)
    expect(fault && told(fault)).to.equal('unreadable: stops.txt: Row is not UTF-8 text')
    const again = gtfs.decodeOne(Buffer.from('S1,Châu,1,2'), fault?.preamble, INPUT)
    expect(told(again)).to.deep.equal({
      table: 'stops.txt',
      stop_id: 'S1',
      stop_name: 'Châu',
      stop_lat: '1',
      stop_lon: '2',
    })
  })
})

type Write = (writer: PbfWriter) => void

function messageOf(...entities: readonly Write[]): Uint8Array {
  const writer = new PbfWriter()
  const nested = (tag: number, write: Write): void =>
    writer.writeMessage(tag, (_, inner) => write(inner), undefined)
  nested(1, (header) => {
    header.writeStringField(1, '2.0')
    header.writeVarintField(3, 1_763_170_200)
  })
  for (const entity of entities) nested(2, entity)
  return writer.finish()
}

const vehicle =
  (id: string, more: Write = () => undefined): Write =>
  (entity) => {
    entity.writeStringField(1, id)
    entity.writeMessage(
      4,
      (_, position) => {
        position.writeMessage(8, (__, descriptor) => descriptor.writeStringField(3, '20B-000.00'), undefined)
        position.writeVarintField(4, 1)
        more(position)
      },
      undefined,
    )
  }

const HEADER = { gtfs_realtime_version: '2.0', timestamp: 1_763_170_200 }
const VEHICLE = { vehicle: {}, current_status: 'STOPPED_AT' }

describe('public transport as it runs (GTFS-Realtime)', () => {
  it('reads entities with the time of the message, and no number plate', () => {
    const entity = { id: 'v1', vehicle: VEHICLE, header: HEADER, unknown: [] }
    expect(read(gtfsRealtime, messageOf(vehicle('v1')))).to.deep.equal([entity])
  })

  it('tells fields that the protocol does not have, and no extensions', () => {
    const odd = vehicle('v1', (position) => {
      position.writeStringField(77, 'x')
      position.writeVarintField(1500, 1)
    })
    expect(read(gtfsRealtime, messageOf(odd))).to.deep.equal([
      { id: 'v1', vehicle: VEHICLE, header: HEADER, unknown: ['VehiclePosition 77'] },
    ])
  })

  it('reads what comes before a cut, wherever it is', () => {
    const [whole, empty] = [messageOf(vehicle('v1'), vehicle('v2')), messageOf().length]
    for (let length = 0; length < whole.length; length++) {
      const all = read(gtfsRealtime, whole.subarray(0, length))
      const records = all.filter((item) => typeof item !== 'string')
      const faults = all.length - records.length
      expect(records.length + faults > 0 || length === empty, String(length)).to.equal(true)
      expect(records.length).to.be.at.most(2)
    }
  })

  it('sets an entity aside whose bytes are spoilt, and reads the next', () => {
    const spoilt: Write = (entity) => entity.writeBytesField(4, Buffer.from([0x0a, 0x7f, 0x01]))
    const latin: Write = (entity) => entity.writeBytesField(1, Buffer.from([0xe2]))
    const all = gtfsRealtime.decode(messageOf(spoilt, latin, vehicle('v3')), INPUT)
    expect(all.map((item) => (isUnreadable(item) ? item.fault.message : 'read'))).to.deep.equal([
      'Message is cut or is none of the protocol',
      'Record is not UTF-8 text',
      'read',
    ])
    const [, , last] = all
    expect(last && told(gtfsRealtime.decodeOne(last.raw, last.preamble, INPUT))).to.deep.equal(
      last && told(last),
    )
  })

  it('tells what is no message of Protocol Buffers', () => {
    for (const text of ['', '<html><body>503</body></html>', '{"header":{}}'])
      expect(read(gtfsRealtime, Buffer.from(text))).to.have.length(1)
  })
})
