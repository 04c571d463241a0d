import { expect } from 'chai'
import { GuidePage } from '../support/guide-page.ts'

describe('docs/guide/add-a-feed.md', () => {
  const page = new GuidePage('add-a-feed.md')
  after(() => page.close())

  it('connects a source that nobody knew in under 30 commands and lines', async () => {
    expect(page.lines.length).to.be.within(5, 29)
    await page.takePorts(['1027', '8080'])
    await page.run()
  })
})
