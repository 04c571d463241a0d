import { expect } from 'chai'
import {
  type DecodeRules,
  decodeAttribute,
  decodeEntity,
} from '../../../broker/core/context/decode-entity.ts'
import { encodeEntityFragment, encodeInstances } from '../../../broker/core/context/encode-fragment.ts'
import { NGSI_LD_NULL } from '../../../broker/core/model/iri.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import { table } from '../federation/support.ts'

describe('Writing a decoded body again', () => {
  const update: DecodeRules = { nulls: 'attribute' }
  const merge: DecodeRules = { nulls: 'deep', partial: true }
  const simplified: DecodeRules = { ...merge, simplified: true }
  const create: DecodeRules = { nulls: 'forbidden', requireId: true, requireType: true }
  const same: readonly [string, JsonObject, DecodeRules][] = [
    [
      'an entity',
      { id: 'urn:b:1', type: ['Bus', 'Electric'], scope: '/a/b', expiresAt: '2099-01-01T00:00:00Z' },
      create,
    ],
    [
      'a Property with all it may have',
      {
        speed: {
          type: 'Property',
          value: 5,
          observedAt: '2026-01-01T00:00:00Z',
          unitCode: 'KMH',
          datasetId: 'urn:d:1',
          valueType: 'Level',
          expiresAt: '2099-01-01T00:00:00Z',
          source: { type: 'Property', value: 'radar' },
        },
      },
      update,
    ],
    [
      'several instances',
      {
        speed: [
          { type: 'Property', value: 5 },
          { type: 'Property', value: 6, datasetId: 'urn:d:1' },
        ],
      },
      update,
    ],
    [
      'a Relationship to several',
      { of: { type: 'Relationship', object: ['urn:a:1', 'urn:a:2'], objectType: ['Line', 'Road'] } },
      update,
    ],
    [
      'a ListRelationship',
      { stops: { type: 'ListRelationship', objectList: [{ object: 'urn:s:1' }, { object: 'urn:s:2' }] } },
      update,
    ],
    ['names of a vocabulary', { kind: { type: 'VocabProperty', vocab: ['Express', 'Night'] } }, update],
    [
      'texts in languages',
      { title: { type: 'LanguageProperty', languageMap: { vi: 'một', en: ['one', 'first'] } } },
      update,
    ],
    [
      'JSON and lists as they are',
      {
        raw: { type: 'JsonProperty', json: { a: [1, null] } },
        list: { type: 'ListProperty', valueList: [1, 'a'] },
      },
      update,
    ],
    [
      'a geometry',
      { location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [105.8, 21.5] } } },
      update,
    ],
    [
      'a proof',
      {
        ngsildproof: {
          type: 'Property',
          value: { type: 'DataIntegrityProof' },
          entityIdSealed: 'urn:b:1',
          entityTypeSealed: 'Bus',
        },
      },
      update,
    ],
    [
      'deletions of attributes',
      {
        speed: NGSI_LD_NULL,
        line: [
          { type: 'Property', value: NGSI_LD_NULL, datasetId: 'urn:d:1' },
          { type: 'Property', value: 1 },
        ],
      },
      update,
    ],
    [
      'deletions of members',
      {
        scope: NGSI_LD_NULL,
        expiresAt: NGSI_LD_NULL,
        speed: { type: 'Property', value: 1, observedAt: NGSI_LD_NULL, source: NGSI_LD_NULL },
      },
      merge,
    ],
    [
      'deletions in each kind of value',
      {
        title: { type: 'LanguageProperty', languageMap: { '@none': NGSI_LD_NULL } },
        list: { type: 'ListProperty', valueList: [NGSI_LD_NULL] },
        kind: { type: 'VocabProperty', vocab: NGSI_LD_NULL },
      },
      merge,
    ],
    [
      'a merge without values',
      { speed: { unitCode: 'KMH', source: { type: 'Property', value: 'radar' } } },
      merge,
    ],
    [
      'bare values',
      {
        speed: 5,
        kind: { vocab: 'Night' },
        title: { languageMap: { vi: 'một' } },
        gone: NGSI_LD_NULL,
        both: { dataset: { '@none': 1, 'urn:d:1': 2 } },
        one: { dataset: { 'urn:d:1': 2 } },
      },
      simplified,
    ],
  ]
  for (const [title, body, rules] of same) {
    it(`keeps ${title}`, () => {
      expect(encodeEntityFragment(decodeEntity(body, table, rules), table)).to.deep.equal(body)
    })
  }

  it('writes what came concise as normalized', () => {
    const concise = { speed: 5, of: { object: 'urn:a:1' }, where: { type: 'Point', coordinates: [1, 2] } }
    expect(encodeEntityFragment(decodeEntity(concise, table, update), table)).to.deep.equal({
      speed: { type: 'Property', value: 5 },
      of: { type: 'Relationship', object: 'urn:a:1' },
      where: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
    })
  })

  it('keeps the fragment of one attribute', () => {
    const rules = { nulls: 'attribute', partial: 'attribute' } as const
    const bodies: readonly JsonValue[] = [
      { type: 'Property', value: 7, source: NGSI_LD_NULL },
      { observedAt: '2026-01-01T00:00:00Z' },
      [
        { type: 'Property', value: 1 },
        { type: 'Property', value: 2, datasetId: 'urn:d:1' },
      ],
      NGSI_LD_NULL,
    ]
    for (const body of bodies) {
      expect(encodeInstances(decodeAttribute('speed', body, table, rules), table)).to.deep.equal(body)
    }
  })
})
