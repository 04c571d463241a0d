import { expect } from 'chai'
import type { LogRecord } from '../../../broker/core/model/change.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { parseQ } from '../../../broker/core/query/parse-q.ts'
import { parseScopeQuery } from '../../../broker/core/query/parse-scope-query.ts'
import { parseSourceTime } from '../../../broker/core/query/parse-source-time.ts'
import type { TemporalTexts } from '../../../broker/core/query/parse-time-window.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { judgeRegistrationChange } from '../../../broker/operations/registration-subscriptions/judge-registration-change.ts'
import {
  type Concern,
  relevantRegistration,
} from '../../../broker/operations/registration-subscriptions/relevant-registration.ts'
import { writeRegistrations } from '../../../broker/operations/registration-subscriptions/write-registrations.ts'
import { iri, registration, table } from '../federation/support.ts'
import { LATER, NOW } from '../merge/build.ts'
import { subscription } from '../subscriptions/notices.ts'

const engine = createGeometryEngine()
const judging = { engine, core: table, now: NOW }
const selects = (...types: readonly string[]) =>
  types.map((type) => ({ types: { kind: 'type', type: iri(type) } as const }))

const buses: Concern = { query: { selectors: selects('Bus') }, options: { format: 'normalized' } }
const busPart = { entities: [{ type: iri('Bus') }], propertyNames: [iri('speed')] }
const tramPart = { entities: [{ type: iri('Tram') }] }

function pick(...names: readonly string[]): Concern['options'] {
  const attributes = new Map(names.map((name) => [iri(name), undefined]))
  return { format: 'normalized', pick: { members: new Set(), attributes } }
}

function time(texts: TemporalTexts): Pick<Concern, 'sourceTime'> {
  const sourceTime = parseSourceTime(texts)
  return sourceTime ? { sourceTime } : {}
}

/** What of the registration concerns the subscription: its parts. */
function parts(members: JsonObject, concern: Concern) {
  return relevantRegistration(registration(members), concern, judging)?.information
}

describe('5.11.2.4 Which registrations concern a subscription', () => {
  before(() => engine.ready())

  it('tells of those parts alone that match', () => {
    expect(parts({ information: [busPart, tramPart] }, buses)).to.deep.equal([busPart])
    expect(parts({ information: [tramPart] }, buses)).to.equal(undefined)
    const both = { ...buses, query: { selectors: selects('Bus', 'Tram') } }
    expect(parts({ information: [busPart, tramPart] }, both)).to.deep.equal([busPart, tramPart])
  })

  const interval = { startAt: '2020-01-01T00:00:00Z', endAt: '2021-01-01T00:00:00Z' }
  const inside = { timerel: 'before', timeAt: '2020-06-01T00:00:00Z' }
  const area = { type: 'Point', coordinates: [105.8, 21.5] } as const
  const near = (maxDistance: number) =>
    ({
      relation: 'near',
      geometry: { type: 'Point', coordinates: [105.81, 21.5] },
      maxDistance,
      property: 'https://uri.etsi.org/ngsi-ld/location',
    }) as const
  const cases: readonly [string, JsonObject, Partial<Concern>, boolean][] = [
    [
      'an attribute that is watched and told',
      {},
      { watchedAttributes: new Set([iri('speed')]), options: pick('speed') },
      true,
    ],
    [
      'attributes that it does not have',
      {},
      { watchedAttributes: new Set([iri('line')]), options: pick('line') },
      false,
    ],
    [
      'an attribute that is told only',
      {},
      { watchedAttributes: new Set([iri('line')]), options: pick('speed') },
      true,
    ],
    ['all attributes, where only some are watched', {}, { watchedAttributes: new Set([iri('line')]) }, true],
    ['all attributes, where only some are told', {}, { options: pick('line') }, true],
    ['no time, with an interval', { observationInterval: interval }, {}, false],
    ['a time in its interval', { observationInterval: interval }, time(inside), true],
    ['a time, without an interval', {}, time(inside), false],
    [
      'a time of the other interval',
      { observationInterval: interval },
      time({ ...inside, timeproperty: 'createdAt' }),
      false,
    ],
    [
      'a time of its management',
      { managementInterval: interval },
      time({ ...inside, timeproperty: 'modifiedAt' }),
      true,
    ],
    [
      'a time outside',
      { observationInterval: interval },
      time({ timerel: 'after', timeAt: '2022-01-01T00:00:00Z' }),
      false,
    ],
    [
      'an overlapping time',
      { observationInterval: interval },
      time({ timerel: 'between', timeAt: '2019-01-01T00:00:00Z', endTimeAt: '2020-01-01T00:00:00Z' }),
      true,
    ],
    [
      'its scope',
      { scope: '/city/bus' },
      { query: { ...buses.query, scope: parseScopeQuery('/city/#') } },
      true,
    ],
    [
      'another scope',
      { scope: '/city/bus' },
      { query: { ...buses.query, scope: parseScopeQuery('/other') } },
      false,
    ],
    ['its area', { location: area }, { query: { ...buses.query, geo: near(2000) } }, true],
    ['another area', { location: area }, { query: { ...buses.query, geo: near(10) } }, false],
    ['an area, without one', {}, { query: { ...buses.query, geo: near(2000) } }, false],
    [
      'its own property',
      { [iri('quality')]: { type: 'Property', value: 5 } },
      { query: { ...buses.query, csf: parseQ('quality==5', { table }) } },
      true,
    ],
    [
      'another value',
      { [iri('quality')]: { type: 'Property', value: 6 } },
      { query: { ...buses.query, csf: parseQ('quality==5', { table }) } },
      false,
    ],
    [
      'a dataset that it has',
      { datasetId: ['urn:d:1'] },
      { options: { format: 'normalized', datasetIds: ['urn:d:1'] } },
      true,
    ],
    [
      'a dataset that it has not',
      { datasetId: ['urn:d:1'] },
      { options: { format: 'normalized', datasetIds: ['urn:d:2'] } },
      false,
    ],
    ['what has expired', { expiresAt: '2020-01-01T00:00:00Z' }, {}, false],
  ]
  for (const [about, members, concern, matches] of cases) {
    it(`asked for ${about}: ${matches ? 'yes' : 'no'}`, () => {
      const found = parts({ information: [busPart], ...members }, { ...buses, ...concern })
      expect(found !== undefined).to.equal(matches)
    })
  }
})

describe('5.11.7 What a change of a registration tells', () => {
  const document = (members: JsonObject): JsonObject =>
    registration({ information: [busPart], ...members }).document
  const other = document({ information: [tramPart] })

  function judge(before: JsonObject | undefined, after: JsonObject | undefined) {
    const record = { ...(before && { before }), ...(after && { after }) } as unknown as LogRecord // the rest is not looked at
    return judgeRegistrationChange(record, buses, judging)
  }

  it('says why: new, changed, gone', () => {
    expect(judge(undefined, document({}))?.reason).to.equal('newlyMatching')
    expect(judge(other, document({}))?.reason).to.equal('newlyMatching')
    expect(judge(document({}), document({ endpoint: 'http://new.example' }))?.reason).to.equal('updated')
    expect(judge(document({}), undefined)?.reason).to.equal('noLongerMatching')
    expect(judge(document({}), other)).to.deep.equal({ reason: 'noLongerMatching', document: document({}) })
  })

  it('says nothing of what does not concern it, or did not change', () => {
    expect(judge(undefined, other)).to.equal(undefined)
    expect(judge(other, undefined)).to.equal(undefined)
    const modified = document({ modifiedAt: '2026-01-01T00:00:00Z', sealed: 'anew' })
    expect(judge(document({ sealed: 'once' }), modified)).to.equal(undefined)
  })

  it('says that one that expired is gone', () => {
    expect(judge(document({ expiresAt: '2020-01-01T00:00:00Z' }), undefined)?.reason).to.equal(
      'noLongerMatching',
    )
  })
})

describe('5.3.2 CSourceNotification', () => {
  const members = {
    information: [busPart],
    createdAt: '2026-01-01T00:00:00Z',
    contextSourceInfo: [{ key: 'Authorization', value: '***' }],
    sealed: 'sealed',
  }
  const templates = { fill: () => Promise.reject(new Error('No template is filled here')) }

  async function write(accept: 'application/json' | 'application/ld+json', sysAttrs?: true) {
    const options = { format: 'normalized', ...(sysAttrs && { sysAttrs }) } as const
    const message = await writeRegistrations(templates, {
      id: 'urn:n:1',
      tenant: DEFAULT_TENANT,
      subscription: subscription({ options }, { accept }),
      notifiedAt: LATER,
      table,
      reason: 'newlyMatching',
      documents: [registration(members).document],
    })
    return JSON.parse(message?.body ?? '')
  }

  it('names the subscription, the reason and the registrations, without anything secret', async () => {
    expect(await write('application/json')).to.deep.equal({
      id: 'urn:n:1',
      type: 'ContextSourceNotification',
      subscriptionId: 'urn:ngsi-ld:Subscription:1',
      notifiedAt: '2026-01-01T02:00:00Z',
      triggerReason: 'newlyMatching',
      data: [
        {
          id: 'urn:ngsi-ld:ContextSourceRegistration:1',
          type: 'ContextSourceRegistration',
          endpoint: 'http://127.0.0.1:9',
          information: [{ entities: [{ type: ['Bus'] }], propertyNames: ['speed'] }],
          contextSourceInfo: [{ key: 'Authorization', value: '***' }],
        },
      ],
    })
  })

  it('has the @context in each registration in JSON-LD, and times of the system when asked', async () => {
    const { data } = await write('application/ld+json', true)
    expect(data[0]).to.include({ '@context': table.url, createdAt: '2026-01-01T00:00:00Z' })
  })
})
