import { expect } from 'chai'
import { at, EVOLUTIONS, minuteOf, provide, values } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

describe('5.6.11 Create or Update (Upsert) Temporal Evolution of an Entity', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  it('creates the evolution and says where it is', async () => {
    const { headers, text } = await provide(hub, {
      id: 'urn:t:new',
      type: 'Thing',
      level: [at(1, 10), at(2, 11)],
    })
    expect(headers.location).to.equal(`${EVOLUTIONS}/urn:t:new`)
    expect(text).to.equal('')
    expect(await values(hub, 'urn:t:new', 'level')).to.deep.equal([
      [10, minuteOf(1)],
      [11, minuteOf(2)],
    ])
  })

  it('does not make an entity of it', async () => {
    await provide(hub, { id: 'urn:t:only', type: 'Only', level: [at(1, 10)] })
    expect((await hub.send('/ngsi-ld/v1/entities/urn:t:only')).status).to.equal(404)
    expect((await hub.send('/ngsi-ld/v1/entities?type=Only')).body).to.deep.equal([])
    expect((await hub.send('/ngsi-ld/v1/types')).body.typeList).to.not.include('Only')
  })

  it('leaves the entity that is there as it is', async () => {
    const level = { type: 'Property', value: 5, observedAt: minuteOf(3) }
    await hub.send('/ngsi-ld/v1/entities', {
      method: 'POST',
      body: { id: 'urn:t:both', type: 'Thing', level },
    })
    await provide(hub, { id: 'urn:t:both', type: 'Thing', level: [at(1, 1), at(9, 9)] }, 204)
    const { body } = await hub.send('/ngsi-ld/v1/entities/urn:t:both?format=simplified')
    expect(body).to.deep.equal({ id: 'urn:t:both', type: 'Thing', level: 5 })
    expect(await values(hub, 'urn:t:both', 'level')).to.deep.equal([
      [1, minuteOf(1)],
      [5, minuteOf(3)],
      [9, minuteOf(9)],
    ])
  })

  it('adds to an evolution that is there: instances, and types that it did not have', async () => {
    await provide(hub, { id: 'urn:t:more', type: 'Thing', level: [at(1, 1)] })
    await provide(hub, { id: 'urn:t:more', type: ['Other', 'Thing'], level: [at(2, 2)] }, 204)
    const { body } = await hub.send(`${EVOLUTIONS}/urn:t:more?format=temporalValues`)
    expect([...body.type].sort()).to.deep.equal(['Other', 'Thing'])
    expect(body.level.values).to.have.length(2)
  })

  it('replaces an instance of the same attribute, dataset and time', async () => {
    await provide(hub, {
      id: 'urn:t:again',
      type: 'Thing',
      level: [at(1, 1), at(1, 7, { datasetId: 'urn:d' })],
    })
    await provide(hub, { id: 'urn:t:again', type: 'Thing', level: [at(1, 2)] }, 204)
    const { body } = await hub.send(`${EVOLUTIONS}/urn:t:again`)
    const told = body.level.map((one: { value: unknown; datasetId?: string }) => [one.datasetId, one.value])
    expect(told).to.have.deep.members([
      [undefined, 2],
      ['urn:d', 7],
    ])
  })

  it('takes what was deleted as NGSI-LD Null, and ids of instances from nobody', async () => {
    const gone = {
      type: 'Property',
      value: 'urn:ngsi-ld:null',
      observedAt: minuteOf(2),
      instanceId: 'urn:mine',
    }
    await provide(hub, { id: 'urn:t:null', type: 'Thing', level: [at(1, 1), gone] })
    const { text } = await hub.send(`${EVOLUTIONS}/urn:t:null`)
    expect(text).to.include('urn:ngsi-ld:null').and.not.include('urn:mine')
  })

  it('creates the tenant that it names', async () => {
    const headers = { 'NGSILD-Tenant': 'past' }
    const body = { id: 'urn:t:tenant', type: 'Thing', level: [at(1, 1)] }
    expect((await hub.send(EVOLUTIONS, { method: 'POST', body, headers })).status).to.equal(201)
    expect((await hub.send(`${EVOLUTIONS}/urn:t:tenant`, { headers })).status).to.equal(200)
    expect((await hub.send(`${EVOLUTIONS}/urn:t:tenant`)).status).to.equal(404)
  })

  it('refuses what is no evolution', async () => {
    for (const [body, type] of [
      ['{', 'InvalidRequest'],
      [{ type: 'Thing', level: [at(1, 1)] }, 'BadRequestData'],
      [{ id: 'urn:t:bad', level: [at(1, 1)] }, 'BadRequestData'],
      [{ id: 'no uri', type: 'Thing', level: [at(1, 1)] }, 'BadRequestData'],
      [{ id: 'urn:t:bad', type: 'Thing', level: [at(1, 1, { observedAt: 'noon' })] }, 'BadRequestData'],
    ] as const) {
      const answer = await hub.send(EVOLUTIONS, { method: 'POST', body })
      expect(answer.status, answer.text).to.equal(400)
      expect(answer.body.type).to.equal(`https://uri.etsi.org/ngsi-ld/errors/${type}`)
    }
    expect((await hub.send(`${EVOLUTIONS}/urn:t:bad`)).status).to.equal(404)
  })

  it('refuses snapshots, which have no history', async () => {
    const headers = { 'NGSILD-Snapshot': 'urn:snapshot:any' }
    const answer = await hub.send(`${EVOLUTIONS}/urn:t:new`, { headers })
    expect(answer.status, answer.text).to.equal(422)
  })
})
