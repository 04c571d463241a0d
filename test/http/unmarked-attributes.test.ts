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

  describe('of the past', () => {
    const EVOLUTIONS = '/ngsi-ld/v1/temporal/entities'
    const PAST = 'urn:ngsi-ld:OffStreetParking:past'
    const at = (hour: number, value: number) => ({
      ...shown(value),
      observedAt: `2025-05-01T0${hour}:00:00Z`,
    })
    const namesOf = async (id: string) => Object.keys((await hub.send(`${EVOLUTIONS}/${id}`)).body)

    it('refuses it in what history is given, by the types that are there', async () => {
      const past = { id: PAST, type: 'OffStreetParking', totalSpotNumber: [at(1, 10)] }
      const more = { ownerShoeSize: [at(2, 42)] }
      const refused = await send('POST', EVOLUTIONS, { ...past, ...more })
      expect([refused.status, refused.text.includes('ownerShoeSize')], refused.text).to.deep.equal([
        400,
        true,
      ])
      expect((await hub.send(`${EVOLUTIONS}/${PAST}`)).status).to.equal(404)
      expect((await send('POST', EVOLUTIONS, past)).status).to.equal(201)
      expect((await send('POST', `${EVOLUTIONS}/${PAST}/attrs`, more)).status).to.equal(400)
      expect(await namesOf(PAST)).to.have.members(['id', 'type', 'totalSpotNumber'])
    })

    it('refuses the lines of an import that have it, and keeps the others', async () => {
      const id = 'urn:ngsi-ld:OffStreetParking:lines'
      const line = (attribute: string, hour: number) =>
        `${id},OffStreetParking,${attribute},2025-05-01T0${hour}:00:00Z,42`
      const answer = await hub.send('/hub/v1/history', {
        method: 'POST',
        body: [
          'id,type,attribute,observedAt,value',
          line('totalSpotNumber', 1),
          line('ownerShoeSize', 2),
          line('totalSpotNumber', 3),
        ].join('\n'),
        headers: { 'Content-Type': 'text/csv' },
      })
      expect(answer.status, answer.text).to.equal(207)
      expect([answer.body.instances, answer.body.rejected.count]).to.deep.equal([2, 1])
      expect(answer.text).to.include('ownerShoeSize').and.not.include('totalSpotNumber')
      expect(await namesOf(id)).to.have.members(['id', 'type', 'totalSpotNumber'])
    })
  })
})
