import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { recordedInstances } from '../support/recorded-instances.ts'

const UPSERT = '/ngsi-ld/v1/entityOperations/upsert'
const ID = 'urn:t:station'

describe('HTTP: Hub-Late-Observations', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const observed = (level: number, observedAt: string): object => ({
    id: ID,
    type: 'Station',
    level: { type: 'Property', value: level, observedAt },
  })
  const upsert = (body: readonly object[], late?: string, query = '?options=update'): Promise<TestAnswer> =>
    hub.send(`${UPSERT}${query}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...(late !== undefined && { 'hub-late-observations': late }),
      },
    })
  const state = async (): Promise<unknown> =>
    (await hub.send(`/ngsi-ld/v1/entities/${ID}?options=sysAttrs`)).body
  const history = async (): Promise<unknown[]> => {
    const instances = await recordedInstances(hub.running.store, DEFAULT_TENANT, ID, { limit: 100 })
    return instances.map(({ text }) => JSON.parse(text ?? '{}').value)
  }

  it('puts older observations into history and leaves the state as it is', async () => {
    expect((await upsert([observed(3, '2026-01-03T00:00:00Z')], 'history')).status).to.equal(201)
    const before = await state()
    const late = [observed(1, '2026-01-01T00:00:00Z'), observed(2, '2026-01-02T00:00:00Z')]
    expect((await upsert(late, 'history')).status).to.equal(204)
    expect(await state()).to.deep.equal(before)
    expect(await history()).to.have.members([1, 2, 3])
    expect((await upsert([observed(2.5, '2026-01-02T00:00:00Z')], 'history')).status).to.equal(204)
    expect(await state()).to.deep.equal(before)
    expect(await history()).to.have.members([1, 2.5, 3])
  })

  it('takes a newer observation of the same batch as the state, whatever the order', async () => {
    await upsert([observed(5, '2026-01-05T00:00:00Z'), observed(4, '2026-01-04T00:00:00Z')], 'history')
    expect(await state()).to.have.nested.property('level.value', 5)
    expect(await history()).to.include.members([4, 5])
  })

  it('lets any observation replace the state without the header', async () => {
    await upsert([observed(6, '2026-01-01T12:00:00Z')])
    expect(await state()).to.have.nested.property('level.value', 6)
  })

  const refused: readonly [string, string, string][] = [
    ['another value', 'state', '?options=update'],
    ['a list', 'history, history', '?options=update'],
    ['an empty value', '', '?options=update'],
    ['replace mode', 'history', ''],
  ]
  for (const [title, value, query] of refused) {
    it(`refuses ${title} and writes nothing`, async () => {
      const before = await state()
      const answer = await upsert([observed(9, '2027-01-01T00:00:00Z')], value, query)
      expect(answer.status).to.equal(400)
      expect(JSON.stringify(answer.body)).to.contain('Hub-Late-Observations')
      expect(await state()).to.deep.equal(before)
    })
  }
})
