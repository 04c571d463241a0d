import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `urn:ngsi-ld:Quota:${String(from + at).padStart(2, '0')}`)
const entity = (id: string) => ({ id, type: 'Quota', level: { type: 'Property', value: 1 } })

describe('hub: quotas of tenants', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({
      'limits.entities': 10,
      'limits.contexts': 1,
      'limits.registrations': 1,
      'limits.feeds': 1,
      'limits.quarantine': 1,
      'limits.quotas': [{ tenant: 'small', entities: 1 }],
    })
  })
  after(() => hub.stop())

  const post = (path: string, body: unknown, tenant = '') =>
    hub.send(path, { method: 'POST', body, ...(tenant !== '' && { headers: { 'NGSILD-Tenant': tenant } }) })
  const count = async () => (await hub.send(`${ENTITIES}?type=Quota&limit=100`)).body.length

  it('lets a batch in as far as there is room, and names the rest', async () => {
    expect((await post('/ngsi-ld/v1/entityOperations/create', ids(0, 6).map(entity))).status).to.equal(201)
    const { status, body, text } = await post('/ngsi-ld/v1/entityOperations/upsert', ids(4, 14).map(entity))
    expect(status, text).to.equal(207)
    expect(body.success).to.have.length(6)
    expect(body.errors.map(({ entityId }: { entityId: string }) => entityId)).to.have.length(4)
    expect(body.errors[0].error).to.include({
      status: 429,
      detail: 'Tenant has 10 entities, the most that it may',
    })
    expect(await count()).to.equal(10)
  })

  it('refuses one more with 429, and still writes those that are there', async () => {
    const [last = ''] = ids(20, 21)
    const { status, body } = await post(ENTITIES, entity(last))
    expect([status, body.title]).to.deep.equal([429, 'Too Many Requests'])
    expect((await post(ENTITIES, entity(ids(0, 1)[0] ?? ''))).status).to.equal(409)
    expect((await post('/ngsi-ld/v1/entityOperations/upsert', ids(0, 10).map(entity))).status).to.equal(204)
  })

  it('has room again for what was deleted, never for more, however many come at once', async () => {
    for (const id of ids(0, 3)) await hub.send(`${ENTITIES}/${id}`, { method: 'DELETE' })
    const answers = await Promise.all(ids(30, 50).map((id) => post(ENTITIES, entity(id))))
    const created = answers.filter(({ status }) => status === 201)
    expect([created.length, await count()]).to.deep.equal([3, 10])
  })

  it('are those of a single tenant where it has some', async () => {
    expect((await post(ENTITIES, entity('urn:ngsi-ld:Quota:a'), 'small')).status).to.equal(201)
    expect((await post(ENTITIES, entity('urn:ngsi-ld:Quota:b'), 'small')).status).to.equal(429)
  })

  for (const [what, path, body] of [
    ['@contexts', '/ngsi-ld/v1/jsonldContexts', { '@context': { level: 'https://example.org/level' } }],
    [
      'registrations',
      '/ngsi-ld/v1/csourceRegistrations',
      {
        type: 'ContextSourceRegistration',
        endpoint: 'http://127.0.0.1:9',
        information: [{ entities: [{ type: 'Elsewhere' }] }],
      },
    ],
  ] as const)
    it(`hold for ${what}`, async () => {
      expect((await post(path, body)).status).to.equal(201)
      expect((await post(path, body)).status).to.equal(429)
    })

  it('hold for feeds and their quarantine', async () => {
    const save = (name: string) => hub.send(`/hub/v1/feeds/${name}`, { method: 'PUT', body: {} })
    expect((await save('one')).status).to.equal(204)
    expect((await save('two')).status).to.equal(429)
    expect((await save('one')).status).to.equal(204)
    const aside = (digit: string) =>
      post('/hub/v1/quarantine', {
        id: `one.${digit.repeat(32)}`,
        feed: 'one',
        reason: 'format',
        detail: 'no number',
        input: 'a.csv',
        raw: 'x',
        encoding: 'utf-8',
      })
    expect((await aside('0')).status).to.equal(201)
    expect((await aside('0')).status).to.equal(201)
    expect((await aside('1')).status).to.equal(429)
  })

  it('are shown in metrics', async () => {
    const { text } = await hub.send('/metrics')
    expect(text).to.match(/^hub_quota_used_ratio\{of="entities"[^}]*\} 1$/m)
    expect(text).to.match(/^hub_quota_refusals_total\{of="quarantine"[^}]*\} [1-9]/m)
  })
})
