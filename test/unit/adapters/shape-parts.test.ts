import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { features } from '../../../adapters/formats/features.ts'
import { listFiles, readInput } from '../../../adapters/transports/directory.ts'
import { archiveOf, archiveState, isPart, partsOf } from '../../../adapters/transports/shape-parts.ts'
import { inFolder } from '../../http/feed-hub.ts'
import { shapefileParts, square } from '../../support/shapefile.ts'

const LAYER = {
  name: 'thửa_đất',
  columns: [['MA', 'C', 12]],
  encoding: 'utf-8',
  cpg: 'UTF-8',
  rows: [{ cells: ['Đất ở'], rings: [square([1, 2], 3)] }],
} as const

async function write(folder: string, left: readonly string[] = []): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(shapefileParts([LAYER])))
    if (!left.some((end) => name.endsWith(end))) await writeFile(path.join(folder, name), bytes)
  for (const name of ['thửa_đất.shx', 'thửa_đất.shp.xml']) await writeFile(path.join(folder, name), 'x')
}

describe('Shapefiles in folders', () => {
  it('are one input each, with the parts that are read', () =>
    inFolder(async (folder) => {
      await write(folder)
      await writeFile(path.join(folder, 'khac.DBF'), 'x')
      const [file, ...more] = await listFiles(folder)
      expect(more).to.deep.equal([])
      const { name, bytes } = await readInput(file!, 1e6)
      expect(name).to.equal('thửa_đất.shp')
      const [first] = features().decode(bytes, { name })
      expect(first).to.have.nested.property('value.properties.MA', 'Đất ở')
      expect(first).to.have.nested.property('value.layer', 'thửa_đất')
      const parts = await partsOf(file!)
      expect(parts.map((part) => path.extname(part))).to.deep.equal(['.cpg', '.dbf', '.shp'])
      expect((await archiveState(parts)).size).to.equal(bytes.length)
      expect(await archiveOf(parts, 1e6)).to.deep.equal(bytes)
      expect((await readInput(file!, 200)).bytes).to.have.length(201)
    }))

  it('without a table are told as such', () =>
    inFolder(async (folder) => {
      await write(folder, ['.dbf', '.cpg'])
      const [file] = await listFiles(folder)
      const { name, bytes } = await readInput(file!, 1e6)
      expect(features().decode(bytes, { name })).to.have.nested.property(
        '[0].fault.message',
        'Layer thửa_đất has no table (.dbf)',
      )
    }))

  it('have parts of some names only', () => {
    for (const name of ['a.dbf', 'A.SHX', 'a.prj', 'a.cpg', 'a.shp.xml']) expect(isPart(name)).to.equal(true)
    for (const name of ['a.shp', 'a.zip', 'a.xml', 'dbf', 'a.csv']) expect(isPart(name)).to.equal(false)
  })
})
