import { expect } from 'chai'
import {
  type DecodeRules,
  decodeAttribute,
  decodeEntity,
} from '../../../broker/core/context/decode-entity.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { SCOPE } from '../../../broker/core/model/temporal.ts'
import { parseDateTime } from '../../../broker/core/model/time.ts'
import { historyInstances } from '../../../broker/core/temporal/history-instances.ts'
import { tableOf } from '../context/terms.ts'
import { refusal } from './refusal.ts'

const table = tableOf()
const rules: DecodeRules = { nulls: 'forbidden', history: true, requireId: true, requireType: true }
const T1 = '2020-08-01T12:03:00Z'
const T2 = '2020-08-01T12:05:00Z'
const at1 = parseDateTime(T1)
const at2 = parseDateTime(T2)
const NULL = 'urn:ngsi-ld:null'
const NOW = 1_600_000_000_000_000
const SPEED = table.expand('speed')

const decode = (members: JsonObject) =>
  decodeEntity({ id: 'urn:ngsi-ld:Vehicle:1', type: 'Vehicle', ...members }, table, rules)
const instances = (speed: JsonValue) => historyInstances(decode({ speed }).attributes, NOW)
const property = (value: JsonValue, observedAt?: string): JsonObject => ({
  type: 'Property',
  value,
  ...(observedAt !== undefined && { observedAt }),
})

describe('5.2.20 EntityTemporal', () => {
  it('takes any number of instances of one attribute, also with the same datasetId', () => {
    const dataset = { datasetId: 'urn:x:a' }
    const found = instances([
      property(120, T1),
      property(80, T2),
      { ...property(1, T1), ...dataset },
      { ...property(2, T2), ...dataset },
    ])
    expect(found.map(({ attribute }) => attribute)).to.deep.equal([SPEED, SPEED, SPEED, SPEED])
    expect(
      found.map(({ instance: { value, observedAt, datasetId } }) => [value, observedAt, datasetId]),
    ).to.deep.equal([
      [120, at1, undefined],
      [80, at2, undefined],
      [1, at1, 'urn:x:a'],
      [2, at2, 'urn:x:a'],
    ])
    expect(found[0]?.instance).to.deep.include({ createdAt: NOW, modifiedAt: NOW })
  })

  const counts: readonly (readonly [string, JsonValue, number])[] = [
    ['one object', property(5, T1), 1],
    ['an array of one', [property(5, T1)], 1],
    ['no instances', [], 0],
    [
      'concise instances',
      [
        { value: 1, observedAt: T1 },
        { value: 2, observedAt: T2 },
      ],
      2,
    ],
    ['a bare value', 5, 1],
    ['an array as value', [1, 2, 3], 1],
    ['sub-attributes', [{ ...property(5, T1), accuracy: property(0.1) }], 1],
  ]
  for (const [what, speed, count] of counts) {
    it(`takes ${what}`, () => expect(instances(speed)).to.have.length(count))
  }

  it('ignores what only brokers write', () => {
    const [found] = instances([
      { ...property(5, T1), instanceId: 'urn:x:1', createdAt: T1, modifiedAt: T1, deletedAt: T1 },
    ])
    expect(found?.instance).to.deep.equal({
      kind: 'Property',
      value: 5,
      observedAt: at1,
      createdAt: NOW,
      modifiedAt: NOW,
    })
  })

  it('refuses two sub-attributes of one datasetId', () => {
    expect(refusal(() => instances([{ ...property(5, T1), a: [property(1), property(2)] }]))).to.match(
      /^BadRequestData.*speed\.a has several instances/,
    )
  })

  it('refuses instances among other values', () => {
    expect(refusal(() => instances([property(5, T1), 7]))).to.match(/^BadRequestData/)
  })
})

describe('5.5.4 NGSI-LD Null in history', () => {
  const nulls: readonly (readonly [JsonObject, JsonValue])[] = [
    [{ type: 'Property', value: NULL }, NULL],
    [{ type: 'Relationship', object: NULL }, NULL],
    [{ type: 'LanguageProperty', languageMap: { '@none': NULL } }, { '@none': NULL }],
    [{ type: 'LanguageProperty', languageMap: NULL }, { '@none': NULL }],
    [{ type: 'ListProperty', valueList: [NULL] }, [NULL]],
    [{ type: 'VocabProperty', vocab: NULL }, NULL],
  ]
  for (const [body, value] of nulls) {
    it(`takes ${JSON.stringify(body)} as a deletion`, () => {
      const [found] = instances([{ ...body, observedAt: T2 }])
      expect(found?.instance).to.deep.include({ kind: body.type, value, observedAt: at2 })
    })
  }

  const refused: readonly JsonObject[] = [
    { speed: NULL },
    { expiresAt: NULL },
    { scope: NULL },
    { speed: [{ ...property(1, T1), accuracy: property(NULL) }] },
    { speed: [property({ a: NULL }, T1)] },
    { speed: [{ ...property(1), observedAt: NULL }] },
  ]
  for (const members of refused) {
    it(`refuses ${JSON.stringify(members)}`, () =>
      expect(refusal(() => historyInstances(decode(members).attributes, NOW))).to.match(/^BadRequestData/))
  }

  it('is refused where there is no history', () => {
    const body = { id: 'urn:x:1', type: 'Vehicle', speed: property(NULL) }
    expect(refusal(() => decodeEntity(body, table, { nulls: 'forbidden' }))).to.match(/^BadRequestData/)
  })
})

describe('4.5.9 Simplified temporal representation, as input', () => {
  const pairs: readonly (readonly [JsonObject, readonly JsonValue[]])[] = [
    [
      {
        type: 'Property',
        values: [
          [1, T1],
          ['two', T2],
        ],
      },
      [1, 'two'],
    ],
    [
      {
        type: 'Relationship',
        objects: [
          ['urn:x:1', T1],
          [['urn:x:1', 'urn:x:2'], T2],
        ],
      },
      ['urn:x:1', ['urn:x:1', 'urn:x:2']],
    ],
    [{ type: 'LanguageProperty', languageMaps: [[{ languageMap: { en: 'yes' } }, T1]] }, [{ en: 'yes' }]],
    [{ type: 'JsonProperty', jsons: [[{ json: { value: null } }, T1]] }, [{ value: null }]],
    [{ type: 'VocabProperty', vocabs: [[{ vocab: 'Male' }, T1]] }, [table.expand('Male')]],
    [{ type: 'ListProperty', valueLists: [[[1, 2], T1]] }, [[1, 2]]],
    [{ type: 'ListRelationship', objectLists: [[['urn:x:1'], T1]] }, [['urn:x:1']]],
    [{ type: 'Property', values: [] }, []],
  ]
  for (const [body, values] of pairs) {
    it(`takes ${JSON.stringify(body)}`, () => {
      const found = instances(body)
      expect(found.map(({ instance }) => instance.value)).to.deep.equal(values)
      expect(found.map(({ instance }) => instance.observedAt)).to.deep.equal(
        [at1, at2].slice(0, values.length),
      )
      expect(found.every(({ instance }) => instance.kind === body.type)).to.equal(true)
    })
  }

  it('takes one of several datasets', () => {
    const found = instances([
      { type: 'Property', values: [[1, T1]] },
      { type: 'Property', values: [[2, T1]], datasetId: 'urn:x:a' },
    ])
    expect(found.map(({ instance }) => instance.datasetId)).to.deep.equal([undefined, 'urn:x:a'])
  })

  const wrong: readonly JsonObject[] = [
    { type: 'Property', values: 5 },
    { type: 'Property', values: [5] },
    { type: 'Property', values: [[5]] },
    { type: 'Property', values: [[5, 'yesterday']] },
    { type: 'Property', values: [[5, T1]], unitCode: 'KMH' },
    { type: 'Property', objects: [['urn:x:1', T1]] },
  ]
  for (const body of wrong) {
    it(`refuses ${JSON.stringify(body)}`, () =>
      expect(refusal(() => instances(body))).to.match(/^BadRequestData/))
  }
})

describe('4.5.6 Scope in history', () => {
  it('takes scopes as they are', () => {
    const { scopes, attributes } = decode({ scope: ['/Madrid/Gardens', 'CompanyA'] })
    expect(scopes).to.deep.equal(['/Madrid/Gardens', '/CompanyA'])
    expect(attributes).to.deep.equal({})
  })

  const bodies: readonly (readonly [JsonValue, readonly JsonValue[]])[] = [
    [
      [property('/A/B', T1), property(['/A/B', 'C'], T2)],
      [['/A/B'], ['/A/B', '/C']],
    ],
    [property('/A', T1), [['/A']]],
    [
      {
        type: 'Property',
        values: [
          ['/A', T1],
          [[], T2],
        ],
      },
      [['/A'], []],
    ],
    [
      [property('/A', T1), property(NULL, T2)],
      [['/A'], NULL],
    ],
  ]
  for (const [scope, values] of bodies) {
    it(`takes ${JSON.stringify(scope)}`, () => {
      const { scopes, attributes } = decode({ scope })
      expect(scopes).to.equal(undefined)
      expect(historyInstances(attributes, NOW).map(({ instance }) => instance.value)).to.deep.equal(values)
      expect(Object.keys(attributes)).to.deep.equal([SCOPE])
    })
  }

  const wrong: readonly JsonValue[] = [
    [property('no scope', T1)],
    [property(5, T1)],
    [{ ...property('/A', T1), unitCode: 'X' }],
    [{ ...property('/A', T1), datasetId: 'urn:x:a' }],
    [{ ...property('/A', T1), more: 1 }],
    [{ type: 'Relationship', object: 'urn:x:1', observedAt: T1 }],
    [property('/A', T1), '/B'],
  ]
  for (const scope of wrong) {
    it(`refuses ${JSON.stringify(scope)}`, () =>
      expect(refusal(() => decode({ scope }))).to.match(/^BadRequestData/))
  }

  it('takes one instance under the name scope, in history only', () => {
    const body = [property('/A', T1)]
    expect(decodeAttribute('scope', body, table, rules)[0]?.value).to.deep.equal(['/A'])
    expect(refusal(() => decodeAttribute('scope', body, table, { nulls: 'forbidden' }))).to.match(
      /^BadRequestData/,
    )
  })
})
