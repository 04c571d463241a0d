import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { SqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { itEmbedded, onMongo } from '../support/store-of-tests.ts'

interface Part {
  readonly name: string
  readonly bytes: number
  readonly rows?: number
}

describe('What a tenant takes on disk', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.stop())

  itEmbedded('is not known before it is measured', 'a server keeps count itself', async () => {
    expect((await hub.send('/hub/v1/store')).body).to.deep.equal({ parts: [] })
  })

  it('is told by part, as measured last', async () => {
    const level = Array.from({ length: 200 }, (_, at) => ({
      type: 'Property',
      value: at,
      observedAt: new Date(Date.UTC(2020, 0, 1, 0, at)).toISOString(),
    }))
    await provide(hub, { id: 'urn:t:1', type: 'Thing', level })
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body: { id: 'urn:t:2', type: 'Thing' } })
    const { store } = hub.running
    if (store instanceof SqliteStore) {
      await store.rollUp()
      await store.measure()
    } else await store.logEnd(DEFAULT_TENANT) // then nothing is on its way into the log
    const { status, body } = await hub.send('/hub/v1/store')
    expect(status).to.equal(200)
    expect(Date.parse(body.measuredAt)).to.be.closeTo(Date.now(), 60_000)
    const parts = new Map((body.parts as Part[]).map((part) => [part.name, part]))
    expect(parts.get('entities')?.rows).to.equal(1 + (onMongo ? 1 : 0)) // that has what is known of the other's evolution
    expect(parts.get('log')?.rows).to.be.at.least(2)
    if (!onMongo) {
      // one row stands for all of the entity that was created
      expect(parts.get('history')?.rows).to.be.oneOf([1, 201])
      expect(parts.get('packed')?.rows).to.be.oneOf([0, 1])
      expect(parts.get('totals')?.rows).to.equal(5)
      for (const { name, bytes } of parts.values())
        expect(bytes % 4096 === 0 || name === 'writeAhead', name).to.equal(true)
    }
    expect(body.bytes).to.equal([...parts.values()].reduce((sum, { bytes }) => sum + bytes, 0))
    await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body: { id: 'urn:t:3', type: 'Thing' } })
    expect((await hub.send('/hub/v1/store')).body).to.deep.equal(body)
  })

  it('is part of the metrics, of all tenants together', async () => {
    const { text } = await hub.send('/metrics')
    expect(text).to.match(/^hub_store_bytes\{part="history",hub="[^"]*"\} [1-9]\d*$/m)
    expect(text).not.to.match(/hub_store_bytes\{[^}]*tenant/)
  })
})
