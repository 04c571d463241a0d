import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openEvents, openSocket } from '../support/event-stream.ts'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'
import { until } from '../support/until.ts'

const OPEN_TYPES = 'AirQualityObserved, OffStreetParking'
const rules = (types: string, more = '') => `rules:
  - { id: anyone.reads, effect: permit, subject: { any: true }, action: [read, create, update, delete], resource: { type: [${types}] } }
  - { id: anyone.clear, effect: permit, subject: { any: true }, action: read, resource: { class: [none, basic, sensitive, unclassified] } }
  - { id: anyone.resources, effect: permit, subject: { any: true }, action: [read, create, update, delete], resource: { kind: [subscription, policy, explanation, snapshot] } }
${more}`
const PARKING = 'urn:ngsi-ld:OffStreetParking:1'
const ENTITIES = '/ngsi-ld/v1/entities'
const RELOAD: TestRequest = { method: 'POST' }

/** A hub in which anyone may do what the rules of a folder say. */
const hubOf = (folder: string, watch: number) =>
  startTestHub({
    'auth.mode': 'required',
    // nobody is asked for a token here
    'auth.issuers': [{ issuer: 'https://issuer.example.org' }],
    'auth.policies': [folder],
    'auth.watch': watch,
    'changes.heartbeat': 200,
    'context.default': 'ontology',
  })

describe('Policies while a hub runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'policies-'))
  const file = join(folder, 'rules.yaml')
  let hub: TestHub

  const put = (text: string) => writeFileSync(file, text)
  const reload = () => hub.send('/hub/v1/policies/reload', RELOAD)
  const statusOf = async (path: string) => (await hub.send(path)).status

  before(async () => {
    put(rules(OPEN_TYPES))
    hub = await hubOf(folder, 0)
    for (const at of [1, 2, 3]) {
      const body = { id: PARKING.replace(/1$/, `${at}`), type: 'OffStreetParking', name: `P${at}` }
      expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
    }
  })
  after(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  afterEach(async () => {
    put(rules(OPEN_TYPES))
    await reload()
  })

  it('are told with their versions', async () => {
    const { status, body } = await hub.send('/hub/v1/policies')
    expect(status).to.equal(200)
    expect(body.refused).to.equal(undefined)
    expect(body.versions[0]).to.include({ cause: 'start', rules: 3 })
    expect(body.versions[0].files[0]).to.match(/rules\.yaml$/)
  })

  it('are read again when it is asked for, and show in the list', async () => {
    put(rules('AirQualityObserved'))
    const { status, body } = await reload()
    expect(status).to.equal(200)
    expect(body).to.include({ cause: 'request', rules: 3 })
    const listed = (await hub.send('/hub/v1/policies')).body.versions
    expect(listed[0]).to.deep.equal(body)
    expect(listed[1].generation).not.to.equal(body.generation)
    expect((await reload()).body).to.deep.equal(body)
  })

  it('take back at once what was remembered', async () => {
    for (const path of [`${ENTITIES}/${PARKING}`, `${ENTITIES}?type=OffStreetParking`]) {
      for (let times = 0; times < 3; times++) expect(await statusOf(path)).to.equal(200)
    }
    put(rules('AirQualityObserved'))
    await reload()
    expect(await statusOf(`${ENTITIES}/${PARKING}`)).to.equal(404)
    expect((await hub.send(`${ENTITIES}?type=OffStreetParking`)).body).to.deep.equal([])
    put(rules(OPEN_TYPES))
    await reload()
    expect(await statusOf(`${ENTITIES}/${PARKING}`)).to.equal(200)
  })

  it('stay in force where the new ones are faulty, and say so', async () => {
    put(`${rules(OPEN_TYPES)}  - { id: bad, effect: allow, subject: { any: true }, action: read }\n`)
    const { status, body } = await reload()
    expect(status).to.equal(409)
    expect(body.faults).to.have.length(1)
    expect(body.faults[0]).to.include({ line: 5 })
    expect(await statusOf(`${ENTITIES}/${PARKING}`)).to.equal(200)
    const listed = (await hub.send('/hub/v1/policies')).body
    expect(listed.refused.faults).to.deep.equal(body.faults)
    expect((await hub.send('/metrics')).text).to.match(/hub_policies_refused\{[^}]*\} 1/)
  })

  it('stay in force where a file is gone', async () => {
    rmSync(folder, { recursive: true })
    mkdirSync(folder)
    mkdirSync(file)
    expect((await reload()).status).to.equal(409)
    expect(await statusOf(`${ENTITIES}/${PARKING}`)).to.equal(200)
    rmSync(file, { recursive: true })
  })

  it('are read beside requests where there are many', async () => {
    const many = Array.from(
      { length: 160 },
      (_, at) =>
        `  - { id: r${at}, effect: permit, subject: { role: role-${at} }, action: read, resource: { idPattern: 'urn:x:${at}:.*' } }\n`,
    )
    put(rules(OPEN_TYPES, many.join('')))
    let done = false
    // on a connection of its own
    const reloading = fetch(`${hub.url}/hub/v1/policies/reload`, { method: 'POST' }).finally(() => {
      done = true
    })
    let answered = 0
    while (!done) {
      expect(await statusOf(`${ENTITIES}/${PARKING}`)).to.equal(200)
      answered++
    }
    expect((await reloading).status).to.equal(200)
    expect((await hub.send('/hub/v1/policies')).body.versions[0].rules).to.equal(163)
    expect(answered).to.be.greaterThan(2)
    put(
      rules(
        OPEN_TYPES,
        `${many.join('')}  - { id: r1, effect: permit, subject: { any: true }, action: peek }\n`,
      ),
    )
    expect((await reload()).body.faults[0]).to.include({ line: 165 })
  })

  it('are read again when a file changes', async () => {
    const watching = await hubOf(folder, 50)
    try {
      const body = { id: PARKING, type: 'OffStreetParking' }
      expect((await watching.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
      put(rules('AirQualityObserved'))
      const status = async () => (await watching.send(`${ENTITIES}/${PARKING}`)).status
      await until('the file to be read', async () => (await status()) === 404)
      expect((await watching.send('/hub/v1/policies')).body.versions[0].cause).to.equal('file')
      // no other hub looks at the file by itself
      expect(await statusOf(`${ENTITIES}/${PARKING}`)).to.equal(200)
    } finally {
      await watching.stop()
    }
  })

  it('look at what is stored, before and after a write', async () => {
    const write = (path: string, method: 'PATCH' | 'POST' | 'DELETE', body?: unknown) =>
      hub.send(`${ENTITIES}/${PARKING}${path}`, { method, ...(body !== undefined && { body }) })
    const status = (value: string) => ({ status: { type: 'Property', value } })
    expect((await write('/attrs', 'POST', status('open'))).status).to.equal(204)
    put(rules(`${OPEN_TYPES}], condition: 'status=="open"', scope: [`).replace(', scope: []', ''))
    expect((await reload()).status).to.equal(200)
    expect((await hub.send(`${ENTITIES}?type=OffStreetParking`)).body).to.have.length(1)
    expect((await write('', 'PATCH', { name: { type: 'Property', value: 'new' } })).status).to.equal(204)
    // nobody writes an entity out of its own reach
    expect((await write('/attrs/status', 'PATCH', { value: 'closed' })).status).to.equal(401)
    expect((await write('/attrs/status', 'DELETE')).status).to.equal(401)
    const hidden = PARKING.replace(/1$/, '2')
    expect(await statusOf(`${ENTITIES}/${hidden}`)).to.equal(404)
    for (const path of [hidden, 'urn:ngsi-ld:OffStreetParking:none']) {
      const { status: code } = await hub.send(`${ENTITIES}/${path}/attrs`, {
        method: 'POST',
        body: status('open'),
      })
      expect(code, path).to.equal(404)
      expect((await hub.send(`${ENTITIES}/${path}`, { method: 'DELETE' })).status).to.equal(404)
    }
    // that an id is taken would tell
    const created = { id: hidden, type: 'OffStreetParking', ...status('open') }
    expect((await hub.send(ENTITIES, { method: 'POST', body: created })).status).to.equal(401)
  })

  it('are explained rule by rule, by what is stored and without a value', async () => {
    put(rules(`${OPEN_TYPES}], condition: 'status=="open"', scope: [`).replace(', scope: []', ''))
    await reload()
    const explain = (more: object) =>
      hub.send('/hub/v1/policies/explain', {
        method: 'POST',
        body: { as: { roles: ['clerk'] }, action: 'read', resource: 'entity', ...more },
      })
    const { status, body } = await explain({ id: PARKING })
    expect(status).to.equal(200)
    expect(body.outcome).to.equal('permitted')
    expect(body.rules.map(({ id, line }: { id: string; line: number }) => [id, line])).to.deep.equal([
      ['anyone.reads', 2],
      ['anyone.clear', 3],
    ])
    expect(body.attributes.map(({ treatment }: { treatment: string }) => treatment)).to.include('clear')
    expect(JSON.stringify(body)).not.to.contain('"open"')
    const open = (await explain({ types: ['OffStreetParking'] })).body
    expect(open.outcome).to.equal('conditional')
    expect(open.rules[0].conditions).to.equal('condition status=="open"')
    // what the caller does not see is not there for it, and whoever asks has to be known
    expect((await explain({ id: PARKING.replace(/1$/, '2') })).status).to.equal(404)
    expect((await explain({ resource: 'moon' })).status).to.equal(400)
    expect((await explain({ types: ['Device'] })).body).to.deep.include({
      outcome: 'refused',
      attributes: [],
    })
  })

  it('end streams whose followers may read no more', async () => {
    const path = `${hub.url}/hub/v1/events?type=OffStreetParking`
    const streams = [await openEvents(path), await openSocket(path)]
    await until('signs of life', () => streams.every(({ beats }) => beats() > 0))
    put(`${rules(OPEN_TYPES)}  - { id: none, effect: deny, subject: { any: true }, action: read }\n`)
    await reload()
    await until('the end of the streams', () => streams.every(({ end }) => end.over))
    for (const { end, changes, close } of streams) {
      expect(end.reason).to.match(/Policies do not let this caller/)
      expect(changes).to.deep.equal([])
      await close()
    }
  })

  it('leave streams alone that they do not concern', async () => {
    const stream = await openEvents(`${hub.url}/hub/v1/events?type=OffStreetParking`)
    await until('a sign of life', () => stream.beats() > 0)
    put(`${rules(OPEN_TYPES)}  - { id: others, effect: deny, subject: { role: nobody }, action: read }\n`)
    await reload()
    const body = { name: { type: 'Property', value: 'other' } }
    await hub.send(`${ENTITIES}/${PARKING}`, { method: 'PATCH', body })
    await stream.has(1)
    await stream.close()
  })

  it('say who may find administrative units, and ask for what lies in one', async () => {
    const paths = [
      '/hub/v1/units?code=165',
      '/hub/v1/units/urn:ngsi-ld:AdministrativeUnit:vn-19-165-20150515',
    ]
    const inUnit = async () =>
      (await hub.send(`${ENTITIES}?type=OffStreetParking`, { headers: { 'Hub-Unit': '165' } })).status
    for (const path of paths) expect(await statusOf(path)).to.equal(401)
    expect(await inUnit()).to.equal(401)
    const rule =
      '  - { id: anyone.units, effect: permit, subject: { any: true }, action: read, resource: { kind: unit } }'
    put(rules(OPEN_TYPES, rule))
    await reload()
    for (const path of paths) expect(await statusOf(path)).to.equal(200)
    expect(await inUnit()).to.equal(200)
  })
})
