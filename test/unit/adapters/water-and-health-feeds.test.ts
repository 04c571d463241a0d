import path from 'node:path'
import { expect } from 'chai'
import { asOne } from '../../../adapters/formats/as-one.ts'
import { csv } from '../../../adapters/formats/csv.ts'
import { isUnreadable } from '../../../adapters/formats/format.ts'
import { xlsx } from '../../../adapters/formats/xlsx.ts'
import { loadFeed } from '../../../adapters/kit/intake/feed.ts'
import { type MappedInput, mapInput } from '../../../adapters/kit/intake/map-input.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { workbook } from '../../support/workbook.ts'

type Entity = Record<string, { value?: unknown; object?: unknown; observedAt?: string } | undefined>

async function mapped(
  feed: string,
  text: string,
  { name = 'x', ...variables }: Record<string, string> = {},
): Promise<MappedInput> {
  const file = path.join(packageRoot, 'adapters/feeds', feed, 'feed.yaml')
  const input = { name, bytes: Buffer.from(text), receivedAt: '2025-11-15T12:00:00.000Z' }
  return mapInput(await loadFeed(file, variables), input)
}

const entitiesOf = ({ mapped: records }: MappedInput): Entity[] =>
  records.flatMap(({ documents }) => documents as unknown as Entity[])

describe('tables as one record', () => {
  const read = (text: string): unknown =>
    asOne(csv({ columns: ['a'] }))
      .decode(Buffer.from(text), { name: 'x' })
      .map((one) => (isUnreadable(one) ? one.fault.message : one.value))

  it('have all rows, or none', () => {
    expect(read('a;b\n1;2\n3;4\n')).to.deep.equal([
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ])
    expect(read('a;b\n1;2\n3\n')).to.deep.equal([
      'Input cannot be read as a whole, line 3: Row has 1 cells where the header has 2',
    ])
    expect(read('1;2\n3;4\n')).to.deep.equal([
      'Input cannot be read as a whole, line 1: Table has no column a',
    ])
  })
})

describe('feed rain-gauges', () => {
  const gauge = (sumDepth: unknown, address = 'Phường Phan Đình Phùng') =>
    JSON.stringify([{ station: { uuid: '0-1', name: 'Mẫu', address }, sumDepth, level: 'Mưa nhỏ' }])

  it('names the unit that an address names, and none for one that names nothing', async () => {
    const units = []
    for (const address of ['Phường Phan Đình Phùng', 'Tổ 3, Phường Tích Lương', 'Gần chợ'])
      units.push(entitiesOf(await mapped('rain-gauges', gauge(1, address)))[0]?.refAdministrativeUnit?.object)
    expect(units).to.deep.equal([
      'urn:ngsi-ld:AdministrativeUnit:vn-19-05443-20250701',
      'urn:ngsi-ld:AdministrativeUnit:vn-19-05500-20250701',
      undefined,
    ])
  })

  it('counts what is told at 19:00 to the day before', async () => {
    const starts = []
    for (const receivedAt of ['2025-11-15T11:59:59Z', '2025-11-15T12:00:00Z', '2025-11-15T12:00:01Z']) {
      const feed = await loadFeed(path.join(packageRoot, 'adapters/feeds/rain-gauges/feed.yaml'))
      const [entity] = entitiesOf(
        await mapInput(feed, { name: 'x', bytes: Buffer.from(gauge(1)), receivedAt }),
      )
      starts.push(entity?.periodStart?.value)
    }
    const day = (date: string) => ({ '@type': 'DateTime', '@value': `${date}T12:00:00Z` })
    expect(starts).to.deep.equal([day('2025-11-14'), day('2025-11-14'), day('2025-11-15')])
  })
})

describe('feed river-levels', () => {
  const levels: readonly [level: string, alarm: string | undefined][] = [
    ['24,99', 'none'],
    ['25', 'alarm1'],
    ['25.99', 'alarm1'],
    ['26', 'alarm2'],
    ['27', 'alarm3'],
    ['27,01', 'aboveAlarm3'],
    ['-9999', undefined],
    ['', undefined],
  ]
  for (const [level, alarm] of levels)
    it(`${level || 'nothing'}: ${alarm ?? 'no alarm is known'}`, async () => {
      const table = `station;time;level_m\nGIABAY;2025-09-09 05:00;${level}\n`
      const [entity] = entitiesOf(await mapped('river-levels', table))
      expect(entity?.alarmLevel?.value).to.equal(alarm)
      expect(entity?.alarmLevel1?.value).to.equal(25)
    })
})

describe('feed water-telemetry', () => {
  it('finds the parameter behind a device with underscores, of several that fit', async () => {
    const tags = [
      { tag: 'GS1_NM2_TONGLUULUONG', value: 5 },
      { tag: 'GS1_NM2_LUULUONG', value: 6 },
    ]
    const [entity, ...others] = entitiesOf(
      await mapped('water-telemetry', JSON.stringify({ ts: '2025-11-15T01:30:00Z', d: tags })),
    )
    expect(others).to.deep.equal([])
    expect([entity?.abstractedVolume?.value, entity?.flow?.value]).to.deep.equal([5, 6])
  })
})

describe('feed health-indicators', () => {
  const HEADER = 'MA_LK;HO_TEN;MAXA_CU_TRU;MA_BENH_CHINH;NGAY_VAO'
  const row = (id: number, more: { unit?: string; icd?: string; time?: string } = {}) =>
    [`M${id}`, 'Nguyễn Văn An', more.unit ?? '05443', more.icd ?? 'A90', more.time ?? '202511100830'].join(
      ';',
    )
  const rows = (count: number, more = {}) => Array.from({ length: count }, (_, at) => row(at, more))
  const week = (list: readonly string[], name = `mau-2025-W46_${list.length}.csv`, variables = {}) =>
    mapped('health-indicators', [HEADER, ...list, ''].join('\n'), { name, ...variables })

  it('tells no count below ten, and what is told says nothing of a row', async () => {
    expect(entitiesOf(await week(rows(9)))).to.deep.equal([])
    const told = await week(rows(10))
    const [count, ...others] = entitiesOf(told)
    expect(others).to.deep.equal([])
    expect(count?.indicatorValue).to.deep.include({ value: 10, observedAt: '2025-11-16T17:00:00Z' })
    expect(count?.periodStart?.value).to.deep.include({ '@value': '2025-11-09T17:00:00Z' })
    expect(JSON.stringify(entitiesOf(told))).not.to.match(/M\d|Nguyễn/)
    expect(entitiesOf(await week(rows(3), undefined, { least: '3' }))).to.have.length(1)
    expect(entitiesOf(await week(rows(3), undefined, { least: '1' }))).to.deep.equal([])
  })

  it('counts a treatment once, a unit by its code of the day, and passes other diseases over', async () => {
    const list = [...rows(10, { unit: '5443', icd: 'a90.9' }), row(0), ...rows(20, { icd: 'I10' })]
    const outcome = await week(list)
    expect(entitiesOf(outcome).map(({ indicatorValue }) => indicatorValue?.value)).to.deep.equal([10])
    expect(outcome.mapped.flatMap(({ doubts }) => doubts)).to.deep.equal([])
  })

  it('tells how many rows it cannot count, and not which', async () => {
    const outcome = await week([
      ...rows(10),
      row(90, { unit: '99999' }),
      row(91, { icd: 'sốt' }),
      row(92, { time: '202511170000' }),
      row(93, { time: 'hôm qua' }),
    ])
    expect(entitiesOf(outcome).map(({ indicatorValue }) => indicatorValue?.value)).to.deep.equal([10])
    expect(outcome.mapped.flatMap(({ doubts }) => doubts)).to.deep.equal([
      'Rows without number, disease, commune or time of the week: 4',
    ])
  })

  const refused: readonly [name: string, fault: string][] = [
    ['mau-2025-W46_11.csv', 'File has not as many rows as its name says'],
    ['mau.csv', 'Name of the file does not end with its week and the number of its rows'],
    ['mau-2025-W53_10.csv', 'Year has no such week'],
    ['mau-2025-W00_10.csv', 'Year has no such week'],
    ['mau-2199-W46_10.csv', 'Observed more than 3600 seconds ahead of now'],
  ]
  for (const [name, fault] of refused)
    it(`${name}: ${fault}`, async () => {
      const list = name.includes('2199') ? rows(10, { time: '219911120830' }) : rows(10)
      const { refused: faults } = await week(list, name)
      expect(faults.map((one) => one.fault.message)).to.deep.equal([fault])
    })

  it('counts what a workbook has, whose codes and times are numbers', async () => {
    const columns = ['MA_LK', 'MAXA_CU_TRU', 'MA_BENH_CHINH', 'NGAY_VAO']
    const cases = Array.from({ length: 10 }, (_, at) => [at + 1, 5443, 'A90', 202511100830])
    const bytes = workbook({ 'Luot kham': [['Tuần 46'], columns, ...cases] })
    const file = path.join(packageRoot, 'adapters/feeds/health-indicators/feed.yaml')
    const feed = { ...(await loadFeed(file)), format: asOne(xlsx({ columns })) }
    const outcome = await mapInput(feed, { name: 'mau-2025-W46_10.xlsx', bytes })
    expect(entitiesOf(outcome).map(({ indicatorValue }) => indicatorValue?.value)).to.deep.equal([10])
    const half = bytes.subarray(0, bytes.length / 2)
    expect((await mapInput(feed, { name: 'mau-2025-W46_10.xlsx', bytes: half })).mapped).to.deep.equal([])
  })

  it('knows the weeks about the end of a year', async () => {
    const list = rows(10, { time: '202601010830' })
    const [count] = entitiesOf(await week(list, 'mau-2026-W01_10.csv'))
    expect(count?.periodStart?.value).to.deep.include({ '@value': '2025-12-28T17:00:00Z' })
  })
})
