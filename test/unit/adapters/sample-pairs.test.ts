import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { FEED_SCHEMA } from '../../../adapters/kit/definition/feed-schema.ts'
import { packageRoot } from '../../../ontology/package-root.ts'
import type { JsonObject } from '../../../ontology/vocabulary.ts'
import { entityFaults } from '../ontology/entity-faults.ts'
import { mapSamples } from './map-samples.ts'

const feeds = path.join(packageRoot, 'adapters/feeds')
const FEEDS = readdirSync(feeds).filter((feed) => existsSync(path.join(feeds, feed, 'expected')))

/** In this order feeds are described. */
const PARTS = Object.keys(FEED_SCHEMA.properties)

describe('feeds that are there', () => {
  for (const feed of readdirSync(feeds).filter((name) => existsSync(path.join(feeds, name, 'feed.yaml')))) {
    it(`${feed} is described as the others are, in the guide too`, async () => {
      const text = await readFile(path.join(feeds, feed, 'feed.yaml'), 'utf8')
      expect(text).to.match(/^# \S/)
      const parts = Object.keys(parse(text))
      expect(parts).to.deep.equal(PARTS.filter((part) => parts.includes(part)))
      expect(await readFile(path.join(packageRoot, 'docs/guide/feeds.md'), 'utf8')).to.include(
        `| \`${feed}\` |`,
      )
    })
  }

  for (const feed of FEEDS) {
    it(`${feed} has samples of all three cities, and what they become`, () => {
      const cities = ['pho-yen', 'song-cong', 'thai-nguyen']
      expect(readdirSync(path.join(feeds, feed, 'samples')).sort()).to.deep.equal(cities)
      expect(readdirSync(path.join(feeds, feed, 'expected')).sort()).to.deep.equal(
        cities.map((city) => `${city}.json`),
      )
    })
  }
})

for (const feed of FEEDS) {
  describe(`feed ${feed}`, () => {
    for (const city of readdirSync(path.join(feeds, feed, 'expected')).map((file) => path.parse(file).name)) {
      it(`turns the samples of ${city} into what is expected`, async () => {
        const folder = path.join(packageRoot, 'adapters/feeds', feed)
        const expected: unknown = JSON.parse(
          await readFile(path.join(folder, 'expected', `${city}.json`), 'utf8'),
        )
        const { entities, ...rest } = await mapSamples(folder, city)
        expect({ entities, ...rest }).to.deep.equal(expected)
        expect(entities).to.have.length.above(0)
        expect(JSON.stringify(entities)).to.include(`urn:ngsi-ld:Feed:${city}:${feed}`)
        const own = (entities as JsonObject[]).filter((entity) => entity['@context'] === undefined)
        expect(own.flatMap(entityFaults)).to.deep.equal([])
      })
    }
  })
}

describe('feed citizen-feedback', () => {
  it('has persons only in the attributes that are classified, and in free text', async () => {
    const { entities, refused, doubts } = await mapSamples(
      path.join(packageRoot, 'adapters/feeds/citizen-feedback'),
      'thai-nguyen',
    )
    for (const entity of entities as Record<string, unknown>[]) {
      const { reporterName, reporterPhone, description, ...rest } = entity
      expect(JSON.stringify(rest)).not.to.match(/0900|Nguyễn Văn An|Trần Văn Bình|Lê Thị Cúc/)
    }
    expect(JSON.stringify([refused, doubts])).not.to.match(/0900|Nguyễn|Trần|Lê/)
  })
})
