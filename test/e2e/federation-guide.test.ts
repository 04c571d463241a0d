import { once } from 'node:events'
import { expect } from 'chai'
import { GuidePage } from '../support/guide-page.ts'

const BROKER = new URL('../support/odd-broker-program.js', import.meta.url).pathname

describe('docs/guide/federation.md', () => {
  const page = new GuidePage('federation.md')
  after(() => page.close())

  it('prints what it says, beside a foreign broker', async () => {
    await page.takePorts(['1026', '1027', '1030'])
    const broker = page.start(process.execPath, [BROKER, '--port', page.here('1030'), '--version', '1.3'])
    await once(broker.stdout ?? broker, 'data')
    expect(page.lines.length).to.be.greaterThan(5)
    await page.run()
  })
})
