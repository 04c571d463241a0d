import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { loadFeed } from '../../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../../adapters/kit/intake/map-input.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

const data = process.env.HUB_TEST_DATA

describe('real input', () => {
  it('maps all rows of five months of readings (SKIPPED without HUB_TEST_DATA)', async function () {
    if (data === undefined) this.skip()
    const feed = await loadFeed(path.join(packageRoot, 'adapters/feeds/air-quality-csv/feed.yaml'))
    const folder = path.join(data, 'data/thai-nguyen/air-quality')
    const counts: Record<string, number> = {}
    let [doubts, entities] = [0, 0]
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.csv'))) {
      const { mapped, refused } = await mapInput(feed, {
        name,
        bytes: await readFile(path.join(folder, name)),
      })
      expect(refused).to.deep.equal([])
      counts[name.slice(-7, -4)] = mapped.length
      entities += mapped.flatMap(({ documents }) => documents).length
      doubts += mapped.filter((record) => record.doubts.length > 0).length
    }
    expect(counts).to.deep.equal({ apr: 679, feb: 529, jun: 578, mar: 704, may: 706 })
    expect([entities, doubts]).to.deep.equal([3196, 6])
  })

  it('reads the six published lines of the station format (SKIPPED without HUB_TEST_DATA)', async function () {
    if (data === undefined) this.skip()
    const vectors = JSON.parse(await readFile(path.join(data, 'domain/vectors.json'), 'utf8')) as {
      tt10_lines: { line: string; parsed: { value: number | null } }[]
    }
    const { stationText } = await import('../../../adapters/formats/station-text.ts')
    const text = vectors.tt10_lines.map(({ line }) => `${line}\n`).join('')
    const decoded = stationText.decode(Buffer.from(text), { name: 'TNG_A1_X_20251115083000.txt' })
    expect(
      decoded.map((item) =>
        'value' in item ? (item.value as { value: unknown }).value : item.fault.message,
      ),
    ).to.deep.equal(vectors.tt10_lines.map(({ parsed }) => parsed.value))
  })
})
