import { expect } from 'chai'
import { at, EVOLUTIONS, minuteOf, provide } from '../support/history.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ID = 'urn:t:1'
const ENTITY = `/ngsi-ld/v1/entities/${ID}`
const SEARCHES = [
  'lastN=100&format=temporalValues',
  'format=aggregatedValues&aggrMethods=totalCount,max',
  `timerel=after&timeAt=${minuteOf(0)}&format=aggregatedValues&aggrMethods=totalCount,max&aggrPeriodDuration=PT1M`,
]

describe('HTTP: temporal answers that are remembered', () => {
  let hub: TestHub
  beforeEach(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
    await provide(hub, { id: ID, type: 'Thing', level: [at(1, 1), at(2, 2)] })
  })
  afterEach(() => hub.stop())

  const paths = [
    ...SEARCHES.map((search) => `${EVOLUTIONS}/${ID}?attrs=level&${search}`),
    `${EVOLUTIONS}?type=Thing&attrs=level&timerel=after&timeAt=${minuteOf(0)}&lastN=100`,
  ]
  /** What is answered to all of it, as remembered or anew. */
  const ask = async (headers: Record<string, string> = {}) => {
    const answers: string[] = []
    for (const path of paths) {
      const { status, text } = await hub.send(path, { headers })
      answers.push(status === 200 ? text : String(status)) // each problem has a name of its own
    }
    return answers
  }
  /** The same request with a header that nobody knows: decided anew. */
  const anew = () => ask({ 'X-Anew': 'yes' })
  const send = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) => {
    const { status, text } = await hub.send(path, { method, ...(body !== undefined && { body }) })
    expect(status, text).to.be.oneOf([201, 204])
  }
  const instance = async (): Promise<string> => {
    const { body } = await hub.send(`${EVOLUTIONS}/${ID}`)
    return body.level[0].instanceId
  }

  it('are the same as those before, header by header', async () => {
    for (const path of paths) {
      const [first, second] = [await hub.send(path), await hub.send(path)]
      const { 'x-request-id': _, date: __, ...headers } = first.headers
      expect(second.headers).to.include(headers)
      expect(second.text).to.equal(first.text)
    }
  })

  const level = { type: 'Property', value: 7, observedAt: minuteOf(5) }
  const changes: Readonly<Record<string, () => Promise<void>>> = {
    'an instance is added': () => send('POST', `${EVOLUTIONS}/${ID}/attrs`, { level: [at(3, 9)] }),
    'an instance is added to the evolution as a whole': () =>
      provide(hub, { id: ID, type: 'Thing', level: [at(0, 9)] }, 204).then(() => undefined),
    'an instance is corrected': async () =>
      send('PATCH', `${EVOLUTIONS}/${ID}/attrs/level/${await instance()}`, [at(1, 8)]),
    'an instance is deleted': async () =>
      send('DELETE', `${EVOLUTIONS}/${ID}/attrs/level/${await instance()}`),
    'the entity is created': () => send('POST', '/ngsi-ld/v1/entities', { id: ID, type: 'Thing', level }),
    'the entity is changed': async () => {
      await send('POST', '/ngsi-ld/v1/entities', { id: ID, type: 'Thing', level })
      await ask()
      await send('PATCH', `${ENTITY}/attrs`, { level: { ...level, value: 6, observedAt: minuteOf(6) } })
    },
    'the entity gets another type': async () => {
      await send('POST', '/ngsi-ld/v1/entities', { id: ID, type: 'Thing', level })
      await ask()
      await send('POST', `${ENTITY}/attrs`, { type: 'Other' })
    },
  }
  for (const [name, change] of Object.entries(changes)) {
    it(`end when ${name}`, async () => {
      const before = await ask()
      expect(await ask()).to.deep.equal(before)
      await change()
      const after = await ask()
      for (const [place, text] of after.entries()) expect(text, paths[place]).to.not.equal(before[place])
      expect(after).to.deep.equal(await anew())
    })
  }

  it('end when all of the attribute, or the evolution, is deleted', async () => {
    for (const path of [`${EVOLUTIONS}/${ID}/attrs/level?deleteAll=true`, `${EVOLUTIONS}/${ID}`]) {
      await ask()
      await send('DELETE', path)
      expect(await ask()).to.deep.equal(await anew())
      expect((await ask())[0]).to.equal('404')
    }
  })

  it('end when the entity is deleted, and when it is created again', async () => {
    await send('POST', '/ngsi-ld/v1/entities', { id: ID, type: 'Thing', level })
    await ask()
    await send('DELETE', ENTITY)
    expect(await ask()).to.deep.equal(await anew())
    await send('POST', '/ngsi-ld/v1/entities', { id: ID, type: 'Thing', level: { ...level, value: 3 } })
    expect(await ask()).to.deep.equal(await anew())
  })

  it('are those of one tenant', async () => {
    const headers = { 'NGSILD-Tenant': 'other' }
    const body = { id: ID, type: 'Thing', level: [at(1, 70)] }
    await ask()
    expect((await hub.send(EVOLUTIONS, { method: 'POST', body, headers })).status).to.equal(201)
    const other = await ask(headers)
    expect(other.every((text) => text.includes('70'))).to.equal(true)
    expect((await ask()).some((text) => text.includes('70'))).to.equal(false)
    expect(await ask(headers)).to.deep.equal(other)
  })

  it('are not made of parts, nor of answers that make an EntityMap', async () => {
    await hub.stop()
    hub = await startTestHub({ 'context.default': 'core', 'limits.instances': 1 })
    await provide(hub, { id: ID, type: 'Thing', level: [at(1, 1), at(2, 2)] })
    const path = `${EVOLUTIONS}/${ID}?attrs=level`
    for (let times = 0; times < 2; times++) expect((await hub.send(path)).status).to.equal(206)
    const mapped = `${EVOLUTIONS}?type=Thing&timerel=after&timeAt=${minuteOf(2)}&entityMap=true`
    const maps = [await hub.send(mapped), await hub.send(mapped)].map(
      ({ headers }) => headers['ngsild-entitymap'],
    )
    expect(new Set(maps).size).to.equal(2)
  })
})
