import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../ontology/package-root.ts'
import { type Demonstration, startDemonstration } from '../support/demonstration.ts'
import { checkBlock, checkTypes } from '../support/guide-checks.ts'
import { GuidePage, isRun } from '../support/guide-page.ts'
import { type OddBroker, startOddBroker } from '../support/odd-broker.ts'
import { temporaryFolder } from '../support/stores.ts'

/** What a machine that tests the hub need not have; blocks that need it are checked for syntax. One word: a program. */
const NEEDS = new Set([
  'a container engine',
  'a cluster',
  'a foreign broker',
  'a fresh checkout',
  'a hub of yours',
  'a hub that is away',
  'a machine of its own',
  'duckdb',
  'ogr2ogr',
])

const PAGES = [
  'README.md',
  'openapi/client/README.md',
  ...readdirSync(join(packageRoot, 'docs/guide')).map((name) => join('docs/guide', name)),
].filter((name) => name.endsWith('.md'))

describe('guides', () => {
  const pages = new Map<string, GuidePage>()
  let demonstration: Demonstration
  let broker: OddBroker
  before(async () => {
    demonstration = await startDemonstration()
    broker = await startOddBroker({ version: '1.3' })
    // where the page of the federation has the broker of another make
    const tokens = temporaryFolder()
    const ports = new Map([...demonstration.ports, ['1030', new URL(broker.url).port]])
    for (const name of PAGES)
      pages.set(name, await GuidePage.open(name, { ports, data: demonstration.data, tokens }))
  })
  after(async () => {
    for (const each of pages.values()) each.close()
    await broker.close()
    await demonstration.stop()
  })
  const page = (name: string): GuidePage => {
    const opened = pages.get(name)
    if (!opened) throw new Error(`Page ${name} was not opened`)
    return opened
  }

  it('have programs whose types are right', () => {
    const programs = PAGES.map((name) => {
      // those of a page follow each other, as its commands do; one that is a file is run by a command
      const blocks = page(name).blocks.filter(({ language, file }) => language === 'ts' && file === undefined)
      return [`${name.replaceAll(/\W/g, '-')}.ts`, blocks.map(({ text }) => text).join('\n')] as const
    }).filter(([, text]) => text !== '')
    checkTypes(new Map(programs), page('README.md').folder)
  })

  it('connect a source that nobody knew in under 30 commands and lines', () => {
    expect(page('docs/guide/add-a-feed.md').lines.length).to.be.within(5, 29)
  })

  for (const name of PAGES) {
    it(`${name} holds what its readers would run`, async () => {
      for (const block of page(name).blocks) {
        if (block.needs !== undefined && !NEEDS.has(block.needs))
          throw new Error(`Line ${block.line}: nobody decided that a page may need ${block.needs}`)
        if (block.language !== 'ts' && !isRun(block)) await checkBlock(block, page(name).folder)
      }
      await page(name).run()
    })
  }
})
