import { expect } from 'chai'
import { at, EVOLUTIONS, minuteOf, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

interface Told {
  readonly instanceId: string
  readonly value: unknown
  readonly observedAt: string
  readonly createdAt: string
  readonly modifiedAt: string
}

describe('5.6.14 Modify Attribute instance in Temporal Evolution of an Entity', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const told = async (id: string): Promise<readonly Told[]> =>
    (await hub.send(`${EVOLUTIONS}/${id}?options=sysAttrs`)).body.level
  const modify = (id: string, name: string, instance: string, body: unknown) =>
    hub.send(`${EVOLUTIONS}/${id}/attrs/${name}/${instance}`, { method: 'PATCH', body })

  async function made(id: string): Promise<readonly Told[]> {
    await provide(hub, { id, type: 'Thing', level: [at(1, 1, { unitCode: 'CEL' }), at(2, 2)] })
    return told(id)
  }

  it('replaces the instance: its id and createdAt stay, what it does not say is gone', async () => {
    const [first, second] = await made('urn:t:1')
    const answer = await modify('urn:t:1', 'level', first?.instanceId ?? '', [at(1, 7)])
    expect(answer.status, answer.text).to.equal(204)
    const [now, other] = await told('urn:t:1')
    expect(now?.value).to.equal(7)
    expect(now).to.not.have.property('unitCode')
    expect([now?.instanceId, now?.createdAt]).to.deep.equal([first?.instanceId, first?.createdAt])
    expect(now?.modifiedAt).to.not.equal(first?.modifiedAt)
    expect(other).to.deep.equal(second)
  })

  it('moves it in time, under the same id, and can again', async () => {
    const [first] = await made('urn:t:2')
    const id = first?.instanceId ?? ''
    expect((await modify('urn:t:2', 'level', id, [at(30, 1)])).status).to.equal(204)
    const moved = await told('urn:t:2')
    expect(moved.map(({ observedAt, value }) => [observedAt, value])).to.deep.equal([
      [minuteOf(2), 2],
      [minuteOf(30), 1],
    ])
    expect(moved[1]?.instanceId).to.equal(id)
    expect((await modify('urn:t:2', 'level', id, [at(31, 5)])).status).to.equal(204)
    const again = await told('urn:t:2')
    expect(again.map(({ observedAt, value }) => [observedAt, value])).to.deep.equal([
      [minuteOf(2), 2],
      [minuteOf(31), 5],
    ])
  })

  it('takes it alone, and under the name of its attribute', async () => {
    const [first] = await made('urn:t:3')
    for (const [value, body] of [
      [8, at(1, 8)],
      [9, { level: [at(1, 9)] }],
    ] as const) {
      expect((await modify('urn:t:3', 'level', first?.instanceId ?? '', body)).status).to.equal(204)
      expect((await told('urn:t:3'))[0]?.value).to.equal(value)
    }
  })

  it('is 404 for what is not there', async () => {
    const [first] = await made('urn:t:404')
    const id = first?.instanceId ?? ''
    for (const [of, name, instance] of [
      ['urn:t:none', 'level', id],
      ['urn:t:404', 'none', id],
      ['urn:t:404', 'level', 'urn:ngsi-ld:Instance:none'],
    ] as const)
      expect((await modify(of, name, instance, [at(1, 9)])).status, `${of} ${name} ${instance}`).to.equal(404)
    expect(await told('urn:t:404')).to.have.length(2)
  })

  it('refuses several instances, and names and ids that are none', async () => {
    const [first] = await made('urn:t:400')
    const id = first?.instanceId ?? ''
    for (const [of, name, instance, body] of [
      ['none', 'level', id, [at(1, 9)]],
      ['urn:t:400', 'a(b', id, [at(1, 9)]],
      ['urn:t:400', 'level', 'none', [at(1, 9)]],
      ['urn:t:400', 'level', id, [at(1, 9), at(2, 9)]],
      ['urn:t:400', 'level', id, []],
    ] as const)
      expect((await modify(of, name, instance, body)).status, `${of} ${name} ${instance}`).to.equal(400)
    expect((await told('urn:t:400'))[0]).to.deep.equal(first)
  })
})
