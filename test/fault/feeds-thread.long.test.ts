import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { ask, inFolder, startFeedHub } from '../http/feed-hub.ts'
import { until } from '../support/until.ts'

// what a fault in its promises or timers ends is not the record that it maps
const MODULE = `import { readdirSync, writeFileSync } from 'node:fs'
let mapped = 0
export function map({ key }) {
  mapped++
  if (key === 'never') for (;;);
  if (key === 'blocks') for (const end = Date.now() + 1500; Date.now() < end; );
  if (key === 'falls' && !readdirSync(import.meta.dirname).includes('fell')) {
    writeFileSync(import.meta.dirname + '/fell', '')
    setImmediate(() => { throw new Error('out of turn: 0900 000 001') })
  }
  return [{ id: 'urn:ngsi-ld:Thing:' + key, type: 'Thing', mapped: { type: 'Property', value: mapped } }]
}
`
const FEED = `name: falling
title: A feed whose mapping fails
source: urn:ngsi-ld:Feed:falling
dataProvider: Sở Xây dựng
transport: { kind: directory, path: in, pattern: '*.json', stableMs: 20, everySeconds: 1 }
format: { kind: json }
mapping: { module: map.js }
`

async function feedIn(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'in'))
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(path.join(folder, 'map.js'), MODULE)
  await writeFile(path.join(folder, 'feed.yaml'), FEED)
}

describe('feeds: their thread', () => {
  it('begins again after a mapping has ended it, while the hub answers, and loses nothing', () =>
    inFolder(async (folder) => {
      await feedIn(folder)
      const logged: string[] = []
      const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) })
      const hub = await startFeedHub([{ file: path.join(folder, 'feed.yaml') }], { log })
      try {
        await writeFile(path.join(folder, 'in', 'a.json'), '[{ "key": "falls" }, { "key": "stands" }]')
        await until('the fault', async () => (await readdir(folder)).includes('fell'))
        await until('the entities', async () => {
          const { status, body } = await ask(`${hub.url}/ngsi-ld/v1/entities?type=Thing&options=keyValues`)
          expect(status).to.equal(200)
          return (body as unknown[]).length === 2
        })
        expect(logged.join(''))
          .to.include('thread of the feeds ended, and starts again')
          .and.not.include('0900 000 001')
        await until('the state of the feed', async () => {
          const { body } = await ask(`${hub.url}/hub/v1/feeds/falling`)
          const { counters, running } = body as { counters?: object; running?: object }
          return running !== undefined && (counters as { read?: number } | undefined)?.read === 2
        })
      } finally {
        await hub.stop()
      }
    }))

  it('keeps nobody waiting who asks the hub', () =>
    inFolder(async (folder) => {
      await feedIn(folder)
      const hub = await startFeedHub([{ file: path.join(folder, 'feed.yaml') }])
      try {
        await writeFile(path.join(folder, 'in', 'a.json'), '[{ "key": "blocks" }]')
        let answers = 0
        await until('the entity', async () => {
          const { body } = await ask(`${hub.url}/ngsi-ld/v1/entities?type=Thing&options=keyValues`)
          answers++
          return (body as unknown[]).length === 1
        })
        // one answer before and one after it would be all
        expect(answers).to.be.greaterThan(5)
      } finally {
        await hub.stop()
      }
    }))

  it('shows what it knows, and stops, where a mapping never ends', () =>
    inFolder(async (folder) => {
      await feedIn(folder)
      const hub = await startFeedHub([{ file: path.join(folder, 'feed.yaml') }])
      try {
        await writeFile(path.join(folder, 'in', 'a.json'), '[{ "key": "first" }]')
        await until('the state of the feed', async () => {
          const { body } = await ask(`${hub.url}/hub/v1/feeds/falling`)
          return (body as { lastRun?: object }).lastRun !== undefined
        })
        await writeFile(path.join(folder, 'in', 'b.json'), '[{ "key": "never" }]')
        await until('a feed that says nothing', async () => {
          const { status, body } = await ask(`${hub.url}/hub/v1/feeds/falling`)
          expect(status).to.equal(200)
          return !('running' in (body as object))
        })
        const metrics = await fetch(`${hub.url}/metrics`)
        expect(metrics.status).to.equal(200)
        expect(await metrics.text()).to.include('hub_feed_quality_ratio')
        const sent = await ask(`${hub.url}/hub/v1/feeds/falling/records`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '[]',
        })
        expect(sent.status, JSON.stringify(sent.body)).to.equal(503)
      } finally {
        await hub.stop()
      }
    }))
})
