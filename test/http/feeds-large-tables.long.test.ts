import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { RunningHub } from '../../broker/main.ts'
import { ask, load, startFeedHub } from './feed-hub.ts'

const HEADER = 'MA_DIEMDO;NGAYGIO;P_KW'

/** Feed of load curves whose table has a column of power by this name. */
function feedOf(power: string): string {
  return `name: curves
title: Load curves
source: urn:ngsi-ld:Feed:test:curves
dataProvider: Công ty Điện lực
batchSize: 10
maxBytes: 8388608
transport: { kind: directory, path: drop, pattern: '*.none' }
format: { kind: csv }
mapping:
  type: LoadCurveObserved
  id: test:{MA_DIEMDO}
  time: { from: NGAYGIO, format: yyyy-MM-dd HH:mm }
  columns:
    ${power}: { attribute: totalActivePower, unit: kW }
`
}

/** Rows of one half hour after the other. */
function rows(point: string, count: number, note = ''): string[] {
  return Array.from({ length: count }, (_, at) => {
    const time = new Date(Date.UTC(2025, 10, 1) + at * 1_800_000).toISOString()
    return [point, `${time.slice(0, 10)} ${time.slice(11, 16)}`, at, ...(note === '' ? [] : [note])].join(';')
  })
}

const tableOf = (header: string, lines: readonly string[]): string => `${[header, ...lines].join('\n')}\n`

async function powersOf(hub: RunningHub, point: string): Promise<number[]> {
  const id = `urn:ngsi-ld:LoadCurveObserved:test:${point}`
  const query = 'attrs=totalActivePower&options=temporalValues&lastN=1000'
  const { status, body } = await ask(`${hub.url}/ngsi-ld/v1/temporal/entities/${id}?${query}`)
  if (status === 404) return []
  const { values } = (body as { totalActivePower: { values: [number, string][] } }).totalActivePower
  return values.map(([value]) => value / 1000).sort((left, right) => left - right)
}

type Kept = Record<string, unknown> & { readonly id: string }

async function setAside(hub: RunningHub): Promise<Kept[]> {
  return ((await ask(`${hub.url}/hub/v1/quarantine`)).body as { records: Kept[] }).records
}

describe('feeds: tables that cannot be read', () => {
  let folder: string
  let feedFile: string
  let file: string
  let hub: RunningHub
  const loaded = (): Promise<unknown> => load(hub.url, { feedFile, inputs: [file] })

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'feeds-tables-'))
    feedFile = path.join(folder, 'feed.yaml')
    file = path.join(folder, 'curves.csv')
    await writeFile(feedFile, feedOf('P_KW'))
    hub = await startFeedHub([{ file: feedFile }])
  })
  after(async () => {
    await hub.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('are tried again with all of their rows, and stay until each is written', async () => {
    await writeFile(file, tableOf('MA_DIEMDO;NGAYGIO;P_MW', rows('A', 24)))
    const refused = { read: 1, written: 0, unchanged: 0, quarantined: { unreadable: 1 } }
    expect(await loaded()).to.deep.equal(refused)
    const [{ id, detail } = { id: '' }] = await setAside(hub)
    expect(detail).to.equal('Table has no column P_KW')
    const replayedAs = async (lines: readonly string[]): Promise<unknown> => {
      const { document } = (await hub.store.document(DEFAULT_TENANT, 'quarantine', id)) ?? {}
      const next = { ...document, raw: tableOf(HEADER, lines) }
      const unit = {
        collection: 'quarantine',
        id,
        next,
        at: 1,
        origin: { by: 'test' },
        logged: false,
      } as const
      await hub.store.commit(DEFAULT_TENANT, [unit])
      return (await ask(`${hub.url}/hub/v1/quarantine/${id}/replay`, { method: 'POST' })).body
    }
    expect(await replayedAs(rows('A', 24).with(3, 'A;không rõ;3'))).to.deep.equal({
      outcome: 'quarantined',
      reason: 'unmapped',
      detail: '1 of 24 records: Time is not a valid yyyy-MM-dd HH:mm',
    })
    expect(await powersOf(hub, 'A')).to.have.length(23)
    expect(await setAside(hub)).to.have.length(1)
    expect(await replayedAs(rows('A', 24))).to.deep.equal({ outcome: 'written' })
    expect(await powersOf(hub, 'A')).to.deep.equal(Array.from({ length: 24 }, (_, at) => at))
    expect(await setAside(hub)).to.deep.equal([])
  })

  it('are set aside once where they are large, and read when they come again', async () => {
    // two pieces, which have a column that nobody knows
    const table = tableOf(`${HEADER};GHI_CHU`, rows('B', 300, 'x'.repeat(9000)))
    await writeFile(file, table)
    await writeFile(feedFile, feedOf('CONG_SUAT'))
    const refused = { read: 1, written: 0, unchanged: 0, quarantined: { unreadable: 1 } }
    expect(await loaded()).to.deep.equal(refused)
    expect(await loaded()).to.deep.equal(refused)
    const [only, ...others] = await setAside(hub)
    expect(others).to.deep.equal([])
    expect(only).to.include({ detail: 'Table has no column CONG_SUAT', truncatedFrom: table.length })
    await writeFile(feedFile, feedOf('P_KW'))
    const read = { read: 300, written: 300, unchanged: 0, quarantined: { unmapped: 1 } }
    expect(await loaded()).to.deep.equal(read)
    expect(await powersOf(hub, 'B')).to.deep.equal(Array.from({ length: 300 }, (_, at) => at))
    const told = (await setAside(hub)).find(({ reason }) => reason === 'unmapped')
    expect(told).to.include({ detail: 'Column GHI_CHU is not mapped' })
    expect(await loaded()).to.deep.equal({ read: 300, written: 0, unchanged: 300, quarantined: {} })
  })
})
