import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { loadFeed } from '../../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../../adapters/kit/intake/map-input.ts'
import type { EntityDocument } from '../../../adapters/kit/values/entity-document.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import { mapSamples } from './map-samples.ts'

const folder = path.join(packageRoot, 'adapters/feeds/building-permits')

/** Persons of the samples, their telephones and papers. */
const PERSONS = /Nguyễn|Trần|Lê|Phạm|Hoàng|Ngô|09000000|01900000/

describe('feed building-permits', () => {
  it('has persons only in what is classified, and neither telephones nor papers anywhere', async () => {
    for (const city of ['thai-nguyen', 'song-cong', 'pho-yen']) {
      const { entities, refused, doubts } = await mapSamples(folder, city)
      for (const { permitHolder, ...rest } of entities as EntityDocument[]) {
        expect(JSON.stringify(rest)).not.to.match(PERSONS)
        expect(JSON.stringify(permitHolder)).not.to.match(/\d{6}/)
      }
      expect(JSON.stringify([refused, doubts])).not.to.match(PERSONS)
    }
  })

  it('reads the same permit from a table with titles for columns', async () => {
    const feed = await loadFeed(path.join(folder, 'feed.yaml'), { format: 'csv' })
    const bytes = await readFile(path.join(folder, 'samples-tables/so-cap-phep.csv'))
    const { mapped, refused } = await mapInput(feed, { name: 'so-cap-phep.csv', bytes })
    const [first] = mapped.flatMap(({ documents }) => documents)
    const { entities } = await mapSamples(folder, 'thai-nguyen')
    const same = (entities as EntityDocument[]).find(({ id }) => id === first?.id)
    const { address, location, refLandParcel, validTo, agencyResponsible, floorsBelowGround, ...others } =
      same!
    expect(first).to.deep.equal(others)
    expect(mapped.map(({ doubts }) => doubts)).to.deep.equal([
      [],
      ['Attribute floorsAboveGround is not a number'],
    ])
    expect(refused.map(({ fault }) => fault.message)).to.deep.equal([
      'Row has 3 cells where the header has 11',
    ])
  })

  it('reads the same permits from a workbook whose table stands below its titles', async () => {
    const [fromText, fromWorkbook] = await Promise.all(
      (['csv', 'xlsx'] as const).map(async (format) => {
        const feed = await loadFeed(path.join(folder, 'feed.yaml'), { format })
        const name = `so-cap-phep.${format}`
        const bytes = await readFile(path.join(folder, 'samples-tables', name))
        return mapInput(feed, { name, bytes })
      }),
    )
    const documents = fromWorkbook?.mapped.flatMap((record) => record.documents)
    expect(documents).to.deep.equal(fromText?.mapped.flatMap((record) => record.documents))
    expect(fromWorkbook?.refused).to.deep.equal([])
  })

  it('does not tell the first row of a table without a header as names of columns', async () => {
    const feed = await loadFeed(path.join(folder, 'feed.yaml'), { format: 'csv' })
    const bytes = Buffer.from('1;Nguyễn Văn An;0900000001\n2;Trần Thị Bích;0900000002\n')
    const { mapped, refused } = await mapInput(feed, { name: 'so.csv', bytes })
    expect(mapped).to.deep.equal([])
    expect(refused.map(({ fault }) => fault.message)).to.deep.equal([
      'No field of the record is in the table of the feed',
    ])
  })
})
