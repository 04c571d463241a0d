import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { SqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { at } from '../support/history.ts'
import { type Asker, CITY, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const ID = `urn:ngsi-ld:ServiceRequest:${CITY}:condensed`
const PATH = `/ngsi-ld/v1/temporal/entities/${ID}`
const NUMBER = 900_000_417

describe('e2e: who sees what is left of instances', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs([], { 'history.retain': [{ instances: 'P1D' }] })
    await hubs.load([
      {
        id: ID,
        type: 'ServiceRequest',
        requestCode: { type: 'Property', value: 'PA-0417' },
        reporterPhone: at(1, NUMBER),
      },
    ])
    const day = 86_400_000_000
    const store = hubs.city.running.store as SqliteStore
    await store.writer.retain(DEFAULT_TENANT, {
      rules: [{ instances: day }],
      now: Date.now() * 1000,
      after: 0,
    })
  })
  after(() => hubs.stop())

  const aggregated = (asker: Asker, methods = 'max,totalCount') =>
    hubs.send(hubs.city, asker, `${PATH}?format=aggregatedValues&aggrMethods=${methods}`)

  it('tells totals to whom sees the attribute in clear', async () => {
    const { body } = await aggregated('dpo')
    expect(body.reporterPhone.max[0][0]).to.equal(NUMBER)
    const { body: instances } = await hubs.send(hubs.city, 'dpo', PATH)
    expect(instances.reporterPhone).to.equal(undefined)
  })

  for (const asker of ['analyst', 'public', 'operator.song-cong', 'peer hub', 'anonymous'] as const) {
    it(`tells ${asker} nothing of them`, async () => {
      for (const methods of ['max,totalCount', 'avg', 'distinctCount']) {
        const { text } = await aggregated(asker, methods)
        expect(text).not.to.include(String(NUMBER))
        expect(text).not.to.include('reporterPhone')
      }
    })
  }

  it('tells what a tenant takes to those who run the hub', async () => {
    const statuses = { administrator: 200, dpo: 403, analyst: 403, public: 403, anonymous: 401 } as const
    for (const [asker, status] of Object.entries(statuses)) {
      const answer = await hubs.send(hubs.city, asker as Asker, '/hub/v1/store')
      expect(answer.status, asker).to.equal(status)
    }
  })
})
