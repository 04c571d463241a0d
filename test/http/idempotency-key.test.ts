import { expect } from 'chai'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const BATCH = '/ngsi-ld/v1/entityOperations'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'

const registration = {
  type: 'ContextSourceRegistration',
  information: [{ entities: [{ type: 'Far' }] }],
  endpoint: 'http://127.0.0.1:9',
}

describe('Idempotency-Key (IETF draft httpapi-idempotency-key-header)', () => {
  let hub: TestHub
  let at = 0
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.idempotencyKeys': 60 })
  })
  after(() => hub.stop())

  const newKey = () => `"key-${at++}"`
  const post = (key: string, body: unknown, path = ENTITIES, more: TestRequest = {}) =>
    hub.send(path, { method: 'POST', body, ...more, headers: { 'idempotency-key': key, ...more.headers } })
  const room = (id: string, members: object = {}) => ({ id, type: 'Room', ...members })

  it('creates once and answers the same each time', async () => {
    const key = newKey()
    const first = await post(key, room('urn:i:1'))
    expect([first.status, first.headers.location]).to.deep.equal([201, `${ENTITIES}/urn:i:1`])
    expect(first.headers).not.to.have.property('hub-idempotent-replay')
    for (let again = 0; again < 2; again++) {
      const next = await post(key, room('urn:i:1'))
      expect([next.status, next.headers.location, next.text]).to.deep.equal([201, `${ENTITIES}/urn:i:1`, ''])
      expect(next.headers['hub-idempotent-replay']).to.equal('true')
    }
  })

  it('answers without doing it again, even when the entity has changed or gone', async () => {
    const key = newKey()
    await post(key, room('urn:i:2'))
    await hub.send(`${ENTITIES}/urn:i:2`, { method: 'DELETE' })
    expect((await post(key, room('urn:i:2'))).status).to.equal(201)
    expect((await hub.send(`${ENTITIES}/urn:i:2`)).status).to.equal(404)
  })

  it('answers batches and registrations again, with their bodies and ids', async () => {
    const batch = [room('urn:i:b1'), room('urn:i:b2'), room('urn:i:b1')]
    for (const [path, body, status] of [
      [`${BATCH}/create`, batch, 207],
      [`${BATCH}/upsert`, batch.slice(0, 2).concat(room('urn:i:b3')), 201],
      [REGISTRATIONS, registration, 201],
    ] as const) {
      const key = newKey()
      const first = await post(key, body, path)
      expect(first.status, first.text).to.equal(status)
      const again = await post(key, body, path)
      expect([again.status, again.text, again.headers.location]).to.deep.equal([
        status,
        first.text,
        first.headers.location,
      ])
      expect(again.headers['hub-idempotent-replay']).to.equal('true')
    }
    const { body } = await hub.send(`${REGISTRATIONS}?type=Far`)
    expect(body).to.have.length(1)
  })

  it('answers 422 to another request under the same key, and does not carry it out', async () => {
    const key = newKey()
    await post(key, room('urn:i:3'))
    for (const answer of [
      await post(key, room('urn:i:3', { a: 1 })),
      await post(key, room('urn:i:other')),
      await post(key, [room('urn:i:other')], `${BATCH}/create`),
      await post(key, { ...room('urn:i:3'), '@context': [] }, ENTITIES, {
        headers: { 'content-type': 'application/ld+json' },
      }),
    ]) {
      expect(answer.status, answer.text).to.equal(422)
      expect(answer.body.type).to.match(/UnprocessableContent$/)
    }
    expect((await hub.send(`${ENTITIES}/urn:i:other`)).status).to.equal(404)
  })

  it('carries out one of many that come at once; the others wait their turn with 409 or get its answer', async () => {
    const key = newKey()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post(key, registration, REGISTRATIONS)),
    )
    const created = answers.filter(({ status }) => status === 201)
    for (const { status, headers } of answers.filter((answer) => !created.includes(answer)))
      expect([status, headers['retry-after']]).to.deep.equal([409, '1'])
    expect(new Set(created.map(({ headers }) => headers.location))).to.have.property('size', 1)
    expect(
      answers.filter(({ headers }) => !headers['hub-idempotent-replay'] && headers.location),
    ).to.have.length(1)
    expect((await post(key, registration, REGISTRATIONS)).headers.location).to.equal(
      created[0]?.headers.location,
    )
  })

  it('leaves the key free after a refusal, since nothing was done', async () => {
    const key = newKey()
    expect((await post(key, { id: 'urn:i:4' })).status).to.equal(400)
    expect((await post(key, room('urn:i:1'))).status).to.equal(409)
    expect((await post(key, room('urn:i:4'))).status).to.equal(201)
  })

  it('takes keys with and without quotes as the same, and refuses what is none', async () => {
    expect((await post('"plain"', room('urn:i:5'))).status).to.equal(201)
    expect((await post('plain', room('urn:i:5'))).headers['hub-idempotent-replay']).to.equal('true')
    for (const key of ['', '""', 'a b', '"a', `"${'x'.repeat(256)}"`, 'a"b']) {
      const answer = await post(key, room('urn:i:no'))
      expect([key, answer.status]).to.deep.equal([key, 400])
      expect(answer.body.type).to.match(/InvalidRequest$/)
    }
  })

  it('keeps tenants apart', async () => {
    const key = newKey()
    expect((await post(key, room('urn:i:6'))).status).to.equal(201)
    const other = await post(key, room('urn:i:6'), ENTITIES, { headers: { 'NGSILD-Tenant': 'other' } })
    expect(other.status).to.equal(201)
    expect(other.headers).not.to.have.property('hub-idempotent-replay')
  })

  it('works with If-None-Match: the answer is the one of the first time', async () => {
    const key = newKey()
    const more = { headers: { 'if-none-match': '*' } }
    for (let again = 0; again < 2; again++)
      expect((await post(key, room('urn:i:7'), ENTITIES, more)).status).to.equal(201)
  })

  it('bounds the keys of a caller', async () => {
    let last = await post(newKey(), room(`urn:i:many:${at}`))
    while (last.status === 201) last = await post(newKey(), room(`urn:i:many:${at}`))
    expect(last.status).to.equal(429)
    expect(Number(last.headers['retry-after'])).to.be.greaterThan(0)
    expect(at).to.be.lessThan(80)
    expect((await hub.send(ENTITIES, { method: 'POST', body: room('urn:i:keyless') })).status).to.equal(201)
  })
})
