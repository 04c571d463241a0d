import { expect } from 'chai'
import { until } from '../support/until.ts'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const STATION = 'urn:ngsi-ld:AirQualityObserved:thai-nguyen:TNMAU1'
const HIDDEN = 'urn:ngsi-ld:OffStreetParking:thai-nguyen:mau1'
const DERIVED = `/ngsi-ld/v1/entities/urn:ngsi-ld:AirQualityIndicator:vn-aqi-hour:${STATION}`
const ALERT = `/ngsi-ld/v1/entities/urn:ngsi-ld:Alert:vn-aqi-hour:${STATION}`
const target = { type: 'AirQualityIndicator', attribute: 'airQualityIndex' }

/** Three hours of bad air. */
const hours = [1, 2, 3].map((hour) => ({
  id: STATION,
  type: 'AirQualityObserved',
  pm25: { value: 120, unitCode: 'GQ', observedAt: `2025-11-15T0${hour}:00:00Z` },
}))

describe('e2e: indicators with access control', () => {
  let hubs: SecuredHubs

  before(async () => {
    hubs = await startSecuredHubs(['AirQualityIndicator', 'Alert'], {
      indicators: [
        {
          name: 'vn-aqi-hour',
          type: 'AirQualityObserved',
          attributes: ['pm25', 'pm10'],
          calculation: 'vn-aqi-hour',
          target,
          alert: { raise: 151, clear: 141 },
        },
        {
          // the policies let indicators read no car parks, though the configuration says so
          name: 'spots',
          type: 'OffStreetParking',
          attributes: ['availableSpotNumber'],
          calculation: 'moving-average',
          target,
        },
      ],
    })
    await hubs.load([hours[0] ?? {}])
    for (const body of [...hours.slice(1), parking]) await upsert(body)
    await until('the alert', async () => (await hubs.send(hubs.city, 'public', ALERT)).status === 200, 30_000)
  })
  after(() => hubs.stop())

  const parking = {
    id: HIDDEN,
    type: 'OffStreetParking',
    availableSpotNumber: { value: 5, observedAt: '2025-11-15T01:00:00Z' },
  }

  async function upsert(entity: object): Promise<void> {
    const { status } = await hubs.send(
      hubs.city,
      'feeds',
      '/ngsi-ld/v1/entityOperations/upsert?options=update',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: [entity],
      },
    )
    expect(status).to.be.oneOf([201, 204])
  }

  for (const asker of ['public', 'analyst', 'operator.thai-nguyen', 'operator.song-cong', 'dpo'] as const)
    it(`are seen by ${asker}, in the city and through the province`, async () => {
      for (const hub of [hubs.city, hubs.province]) {
        const { status, body } = await hubs.send(hub, asker, DERIVED)
        expect(status).to.equal(200)
        expect(body.airQualityIndex.value).to.equal(179)
        expect(body.derivedFrom.object).to.equal(STATION)
      }
      const { body } = await hubs.send(hubs.city, asker, ALERT)
      expect(body.alertStatus).to.include({ value: 'active', observedAt: '2025-11-15T02:00:00Z' })
    })

  const refusals: readonly [Asker, number][] = [
    ['feeds', 404], // which does not see them either
    ['public', 403],
    ['anonymous', 401],
  ]
  for (const [asker, refusal] of refusals)
    it(`are not changed by ${asker}: ${refusal}`, async () => {
      const { status } = await hubs.send(hubs.city, asker, `${DERIVED}/attrs/airQualityIndex`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: { value: 1 },
      })
      expect(status).to.equal(refusal)
    })

  it('are not derived of what the policies hide from them', async () => {
    const path = `/ngsi-ld/v1/entities/urn:ngsi-ld:AirQualityIndicator:spots:${HIDDEN}`
    const { status } = await hubs.send(hubs.city, 'dpo', path)
    expect(status).to.equal(404)
  })
})
