import { expect } from 'chai'
import { ENTITIES } from '../support/api.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'

const MODELS = 'https://smartdatamodels.org/dataModel.Environment/'
const THEIRS = {
  AirQualityObserved: `${MODELS}AirQualityObserved`,
  temperature: `${MODELS}temperature`,
  sh2: `${MODELS}sh2`,
  volatile: `${MODELS}volatileOrganicCompoundsTotal`,
}
const OURS = 'https://thainguyen.gov.vn/ontology/urban/v1/context.jsonld'
const STATION = { id: 'urn:x:station', type: 'AirQualityObserved', temperature: 21, sh2: 3, volatile: 5 }

describe('context.synonyms', () => {
  let on: TestHub
  let off: TestHub

  before(async () => {
    ;[on, off] = await Promise.all([
      startTestHub({ 'store.kind': 'memory', 'context.synonyms': true }),
      startTestHub({ 'store.kind': 'memory' }),
    ])
    for (const hub of [on, off])
      expect((await post(hub, ENTITIES, { ...STATION, '@context': THEIRS })).status).to.equal(201)
  })
  after(() => Promise.all([on?.stop(), off?.stop()]))

  const query = async (hub: TestHub, asked: object, context: unknown) => {
    const body = { type: 'Query', ...asked, '@context': context }
    const answer = await post(hub, '/ngsi-ld/v1/entityOperations/query?options=keyValues', body)
    expect(answer.status, answer.text).to.equal(200)
    return (answer.body as Record<string, unknown>[]).map(({ '@context': _, ...members }) => members)
  }
  const stations = { entities: [{ type: 'AirQualityObserved' }] }

  it('finds what came under the terms of another vocabulary under those of the ontology', async () => {
    const expected = { id: STATION.id, type: STATION.type, temperature: 21, h2s: 3 }
    const [found] = await query(on, { ...stations, q: 'h2s>2' }, OURS)
    expect(found).to.deep.equal({ ...expected, [THEIRS.volatile]: 5 })
  })

  it('answers it under the terms that it came with', async () => {
    expect(await query(on, { ...stations, q: 'sh2>2' }, THEIRS)).to.deep.equal([STATION])
    expect(
      await query(on, { entities: [{ type: THEIRS.AirQualityObserved }], attrs: ['sh2'] }, THEIRS),
    ).to.deep.equal([{ id: STATION.id, type: STATION.type, sh2: 3 }])
  })

  it('finds it by the type and the attribute that the other vocabulary has them under in full', async () => {
    const full = { entities: [{ type: THEIRS.AirQualityObserved }], q: `${THEIRS.sh2}>2` }
    expect(await query(on, full, OURS)).to.have.length(1)
  })

  it('leaves terms as they are without it', async () => {
    expect(await query(off, stations, OURS)).to.deep.equal([])
    expect(await query(off, stations, THEIRS)).to.deep.equal([STATION])
  })
})

function post(hub: TestHub, path: string, body: object): Promise<TestAnswer> {
  return hub.send(path, { method: 'POST', headers: { 'content-type': 'application/ld+json' }, body })
}
