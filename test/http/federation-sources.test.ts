import { expect } from 'chai'
import { type Api, ENTITIES, useApi } from '../support/api.ts'
import { until } from '../support/until.ts'
import { bus, type Source, sendJson, startSource } from '../unit/federation/support.ts'

const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'

/** Registers a source of buses for the tests of one title. */
async function register(api: Api, alias: string, { endpoint }: Source, members: object = {}): Promise<void> {
  const { status, text } = await api.write('POST', REGISTRATIONS, {
    id: `urn:r:${alias}`,
    type: 'ContextSourceRegistration',
    contextSourceAlias: alias,
    endpoint,
    information: [{ entities: [{ type: 'Bus' }] }],
    ...members,
  })
  expect(status, text).to.equal(201)
}

describe('State of the sources of a federation', () => {
  const api = useApi({ 'context.default': 'core', 'federation.timeout': 2000 })
  const sources: Source[] = []
  after(async () => {
    for (const source of sources) await source.close()
  })
  async function source(...answer: Parameters<typeof startSource>): Promise<Source> {
    const started = await startSource(...answer)
    sources.push(started)
    return started
  }
  const query = () => api.send(`${ENTITIES}?type=Bus`)

  it('is told by GET /hub/v1/federation and by metrics, with what failed and for how long it rests', async () => {
    await register(api, 'good', await source((_, response) => sendJson(response, [bus('urn:b:1', 1)])))
    const bad = await source((_, response) => response.writeHead(503).end('stack trace of secrets'))
    await register(api, 'bad', bad, { management: { cooldown: 60_000 } })
    for (let time = 0; time < 3; time++) {
      const { status, body } = await query()
      expect(status).to.equal(200)
      expect(body).to.have.length(1)
    }
    expect(bad.asked).to.have.length(1)
    const { body, text } = await api.send('/hub/v1/federation')
    expect(text).to.not.include('secrets')
    const [well, badly] = body.sources
    expect(well).to.deep.include({ alias: 'good', status: 'ok', circuit: 'closed', timesSent: 3, share: 1 })
    expect(well).to.deep.include({ errors: {}, timesLeftAlone: 0 }).and.to.not.have.property('coolingUntil')
    expect(well.latency).to.have.all.keys('p50', 'p95', 'p99', 'answers').and.to.include({ answers: 3 })
    expect(well.lastContact).to.equal(well.lastSuccess)
    expect(badly).to.deep.include({ alias: 'bad', status: 'failed', circuit: 'open', timesSent: 1, share: 0 })
    expect(badly).to.deep.include({ errors: { error: 1 }, timesLeftAlone: 2 })
    expect(badly.coolingUntil > badly.lastFailure).to.equal(true)
    const metrics = await api.send('/metrics')
    for (const line of [
      /^hub_source_requests_total\{source="good",outcome="answered",.*\} 3$/m,
      /^hub_source_requests_total\{source="bad",outcome="left-alone",.*\} 2$/m,
      /^hub_source_requests_total\{source="bad",outcome="error",.*\} 1$/m,
      /^hub_source_latency_seconds\{source="good",quantile="0.5",.*\} /m,
      /^hub_source_circuit\{source="bad",.*\} 2$/m,
    ])
      expect(metrics.text).to.match(line)
    expect(metrics.text).to.not.include(bad.endpoint)
    for (const alias of ['good', 'bad']) await api.write('DELETE', `${REGISTRATIONS}/urn:r:${alias}`)
  })

  it('6.3.17 a kept answer stands in for a source that fails, with warning 110', async () => {
    const moody = await source((_, response) =>
      moody.asked.length === 1 ? sendJson(response, [bus('urn:b:1', 1)]) : response.writeHead(500).end(),
    )
    await register(api, 'moody', moody, { management: { cacheDuration: 'PT0S' } })
    expect((await query()).headers).to.not.have.property('ngsild-warning')
    const { status, body, headers } = await query()
    expect(status).to.equal(200)
    expect(body.map(({ id }: { id: string }) => id)).to.deep.equal(['urn:b:1'])
    const warnings = [headers['ngsild-warning']].flat().join()
    expect(warnings).to.match(/110 \S+ "Source moody is represented by its answer of 0 s ago"/)
    expect(warnings).to.match(/299 \S+ "Source moody answered with status 500"/)
    expect(moody.asked).to.have.length(2)
    await api.write('DELETE', `${REGISTRATIONS}/urn:r:moody`)
    expect((await query()).body).to.deep.equal([])
  })

  it('5.15.1 a source that is back is found out though nobody asks, and its registration is not lost in between', async () => {
    let down = true
    const back = await source((request, response) =>
      down ? request.socket.destroy() : sendJson(response, [bus('urn:b:1', 1)]),
    )
    await register(api, 'back', back, { management: { cooldown: 100 } })
    const state = async () => (await api.send('/hub/v1/federation')).body.sources[0]
    await query()
    expect(await state()).to.include({ circuit: 'open', status: 'failed', timesSent: 1 })
    const asked = () => back.asked.map(({ url }) => url.pathname.split('/').at(-1))
    // asked again and again who it is, not for entities
    await until('questions who it is', () => asked().filter((path) => path === 'sourceIdentity').length >= 4)
    expect(asked().filter((path) => path === 'entities')).to.have.length(2)
    down = false
    await until(
      'word of it',
      async () => (await state()).circuit === 'half-open' && (await state()).lastContact !== undefined,
    )
    expect(await state()).to.include({ timesSent: 1, timesFailed: 1 })
    expect((await query()).body).to.have.length(1)
    expect(await state()).to.include({ circuit: 'closed', status: 'ok', timesSent: 2 })
    await api.write('DELETE', `${REGISTRATIONS}/urn:r:back`)
  })
})
