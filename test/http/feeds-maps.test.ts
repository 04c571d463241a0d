import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import type { TransportDefinition } from '../../adapters/kit/definition/transport-definition.ts'
import { loadFeed } from '../../adapters/kit/intake/feed.ts'
import { type RunningFeed, runFeed } from '../../adapters/kit/run/run-feed.ts'
import type { RunningHub } from '../../broker/main.ts'
import { type MadeLayer, PROVINCE_PRJ, shapefileParts, square } from '../support/shapefile.ts'
import { until } from '../support/until.ts'
import { ask, feedFolder, inFolder, startFeedHub } from './feed-hub.ts'

const PARCEL = 'urn:ngsi-ld:LandParcel:vn-19-05443-20250701:39:393'
const PERMIT = 'urn:ngsi-ld:ConstructionPermit:H55.00.00-251115-0001'

const NO_TABLE = 'Layer thua_dat_2 has no table (.dbf)'

/** A parcel that comes as files. */
const LOOSE: MadeLayer = {
  name: 'thua_dat_2',
  columns: [
    ['MA_XA', 'C', 5],
    ['SO_TO', 'N', 5],
    ['SO_THUA', 'N', 5],
  ],
  encoding: 'utf-8',
  prj: PROVINCE_PRJ,
  rows: [{ cells: ['05443', 39, 401], rings: [square([432_500, 2_388_900], 9)] }],
}

interface Listed {
  readonly id: string
  readonly status?: { readonly value: string }
}

async function list(hub: RunningHub, query: string): Promise<readonly Listed[]> {
  const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities?${query}`)
  return body as readonly Listed[]
}

async function written(hub: RunningHub, feed: string): Promise<number | undefined> {
  const { body } = await ask(`${hub.url}/hub/v1/feeds/${feed}`)
  return (body as { counters?: { written?: number } } | undefined)?.counters?.written
}

/** Runs a feed as it is, but for how long its files have to stay as they are. */
async function start(hub: RunningHub, name: string, inputs: string): Promise<RunningFeed> {
  const feed = await loadFeed(path.join(feedFolder(name), 'feed.yaml'), { inputs })
  const { definition } = feed
  const transport = { ...definition.transport, stableMs: 60 } as TransportDefinition // that of a folder
  const connection = { baseUrl: hub.url, tenant: '', token: () => Promise.resolve(undefined) }
  return runFeed({ ...feed, definition: { ...definition, transport } }, { connection })
}

describe('feeds: maps and permits', () => {
  it('go from folders of agencies into queries by place, once, and never back', () =>
    inFolder(async (folder) => {
      const [maps, permits] = [path.join(folder, 'maps'), path.join(folder, 'permits')]
      await mkdir(maps)
      await mkdir(permits)
      const hub = await startFeedHub()
      const feeds = [await start(hub, 'planning-gis', maps), await start(hub, 'building-permits', permits)]
      try {
        const zip = path.join(feedFolder('planning-gis'), 'samples/thai-nguyen/thua_dat_phan_dinh_phung.zip')
        const bytes = await readFile(zip)
        await writeFile(path.join(maps, 'half.zip'), bytes.subarray(0, 900))
        await copyFile(zip, path.join(maps, 'whole.zip'))
        const json = await readFile(
          path.join(feedFolder('building-permits'), 'samples/thai-nguyen/gpxd-20251115.json'),
          'utf8',
        )
        await writeFile(path.join(permits, 'b.json'), json)
        await until('parcels', async () => (await written(hub, 'planning-gis')) === 3)
        await until('permits', async () => (await written(hub, 'building-permits')) === 4)
        const near = 'georel=near;maxDistance==30&geometry=Point&coordinates=[105.8482,21.5942]'
        expect((await list(hub, `type=LandParcel&${near}`)).map(({ id }) => id)).to.include(PARCEL)
        expect(
          (await list(hub, `type=ConstructionPermit&q=refLandParcel=="${PARCEL}"`)).map(({ id }) => id),
        ).to.deep.equal([PERMIT])

        // the same under another name, and a file that was older
        await copyFile(zip, path.join(maps, 'again.zip'))
        const [permit] = JSON.parse(json) as Record<string, unknown>[]
        const earlier = { ...permit, trangThai: 'DANG_XU_LY', capNhat: '01/11/2025 08:00' }
        await writeFile(path.join(permits, 'a.json'), JSON.stringify([earlier]))
        await until('earlier', async () => (await written(hub, 'building-permits')) === 5)
        const [now] = await list(hub, `type=ConstructionPermit&id=${PERMIT}`)
        expect(now?.status?.value).to.equal('granted')
        expect(await written(hub, 'planning-gis')).to.equal(3)

        // loose parts of a Shapefile, the last of them later
        const { 'thua_dat_2.dbf': table, ...others } = shapefileParts([LOOSE])
        for (const [name, part] of Object.entries(others)) await writeFile(path.join(maps, name), part)
        const told = async (): Promise<boolean> =>
          JSON.stringify(await ask(`${hub.url}/hub/v1/quarantine?feed=planning-gis`)).includes(NO_TABLE)
        await until('a table that is missing', told)
        await writeFile(path.join(maps, 'thua_dat_2.dbf'), table ?? '')
        await until('a parcel more', async () => (await written(hub, 'planning-gis')) === 4)

        const { body } = await ask(`${hub.url}/hub/v1/quarantine?feed=planning-gis&limit=100`)
        const { records } = body as { records: { detail: string }[] }
        const details = records.map(({ detail }) => detail)
        expect([...new Set(details)]).to.have.members([
          'Archive is not a whole ZIP file',
          NO_TABLE,
          'Coordinates lie outside the area as EPSG:9213',
          'Code names no administrative unit on 2025-11-15',
        ])
      } finally {
        for (const feed of feeds) await feed.stop()
        await hub.stop()
      }
    }))
})
