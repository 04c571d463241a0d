import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const ID = 'urn:ngsi-ld:OffStreetParking:1'
const shown = (value: unknown) => ({ type: 'Property', value })

describe('privacy.unmarked: refuse', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'ontology', 'privacy.unmarked': 'refuse' })
  })
  after(() => hub.stop())
  const send = (method: 'POST' | 'PATCH', path: string, body: unknown) => hub.send(path, { method, body })

  it('refuses what the ontology does not classify, with its names, and writes nothing of it', async () => {
    const body = { id: ID, type: 'OffStreetParking', totalSpotNumber: shown(10), ownerShoeSize: shown(42) }
    const { status, text } = await send('POST', ENTITIES, body)
    expect(status).to.equal(400)
    expect(text).to.include('ownerShoeSize').and.not.to.include('totalSpotNumber')
    expect((await hub.send(`${ENTITIES}/${ID}`)).status).to.equal(404)
  })

  it('refuses it in every later write too, and in batches', async () => {
    const parking = { id: ID, type: 'OffStreetParking', totalSpotNumber: shown(10) }
    expect((await send('POST', ENTITIES, parking)).status).to.equal(201)
    const more = { ownerShoeSize: shown(42) }
    for (const answer of [
      await send('PATCH', `${ENTITIES}/${ID}`, more),
      await send('POST', `${ENTITIES}/${ID}/attrs`, more),
      await send('POST', '/ngsi-ld/v1/entityOperations/upsert', [{ ...parking, ...more }]),
    ]) {
      expect(answer.status, answer.text).to.be.oneOf([207, 400])
      expect(answer.text).to.include('ownerShoeSize')
    }
    expect((await send('PATCH', `${ENTITIES}/${ID}`, { totalSpotNumber: shown(11) })).status).to.equal(204)
    expect(Object.keys((await hub.send(`${ENTITIES}/${ID}`)).body)).to.have.members([
      'id',
      'type',
      'totalSpotNumber',
    ])
  })
})
