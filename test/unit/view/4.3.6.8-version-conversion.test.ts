import { expect } from 'chai'
import type { Instance } from '../../../broker/core/model/entity.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { conform, NEWEST_VERSION } from '../../../broker/core/view/conform.ts'
import { renderKey } from '../../../broker/core/view/render-key.ts'
import type { RenderOptions } from '../../../broker/core/view/render-options.ts'
import { tableOf, term } from '../context/terms.ts'
import { DATASET, entity, iri, LATER, stored, THEN } from '../merge/build.ts'
import { render } from './rendered.ts'

const table = tableOf(term('Good', 'https://example.org/aqi#Good'))
const GOOD = 'https://example.org/aqi#Good'
const normalized: RenderOptions = { format: 'normalized' }

function kind(of: Instance['kind'], value: JsonValue, more: Partial<Instance> = {}): Instance {
  return { ...stored(value, more), kind: of }
}

function written(
  instances: readonly Instance[],
  version: number,
  options = normalized,
): JsonValue | undefined {
  return render(entity({ it: instances }), { ...options, version }, table)?.it
}

describe('4.3.6.8 Conversion to earlier versions', () => {
  const reformatted: readonly (readonly [Instance, number, JsonValue, JsonValue])[] = [
    [
      kind('LanguageProperty', { vi: 'cầu' }),
      4,
      { type: 'LanguageProperty', languageMap: { vi: 'cầu' } },
      { type: 'Property', value: { vi: 'cầu' } },
    ],
    [
      kind('VocabProperty', [GOOD, iri('Bad')]),
      8,
      { type: 'VocabProperty', vocab: ['Good', 'Bad'] },
      { type: 'Property', value: ['Good', 'Bad'] },
    ],
    [
      kind('JsonProperty', { a: null }),
      8,
      { type: 'JsonProperty', json: { a: null } },
      { type: 'Property', value: { a: null } },
    ],
    [
      kind('ListProperty', [2, 1, 2]),
      8,
      { type: 'ListProperty', valueList: [2, 1, 2] },
      { type: 'Property', value: [2, 1, 2] },
    ],
    [
      kind('ListRelationship', ['urn:b', 'urn:a']),
      8,
      { type: 'ListRelationship', objectList: [{ object: 'urn:b' }, { object: 'urn:a' }] },
      { type: 'Relationship', object: ['urn:b', 'urn:a'] },
    ],
    [
      kind('Relationship', 'urn:a', { objectType: iri('Road') }),
      8,
      { type: 'Relationship', object: 'urn:a', objectType: 'Road' },
      { type: 'Relationship', object: 'urn:a' },
    ],
    [
      stored(7, { valueType: iri('Level') }),
      9,
      { type: 'Property', value: 7, valueType: 'Level' },
      { type: 'Property', value: 7 },
    ],
    [
      stored(7, { observedAt: THEN, unitCode: 'CEL', datasetId: DATASET }),
      3,
      { type: 'Property', value: 7, observedAt: '2026-01-01T00:00:00Z', unitCode: 'CEL', datasetId: DATASET },
      { type: 'Property', value: 7 },
    ],
    [
      stored(7, { attributes: { [iri('by')]: [kind('JsonProperty', [1])] } }),
      8,
      { type: 'Property', value: 7, by: { type: 'JsonProperty', json: [1] } },
      { type: 'Property', value: 7, by: { type: 'Property', value: [1] } },
    ],
  ]
  for (const [instance, since, current, earlier] of reformatted) {
    it(`writes ${JSON.stringify(current)} from 1.${since} on only`, () => {
      for (let version = 0; version <= NEWEST_VERSION; version++) {
        const form = written([instance], version)
        if (version >= since) expect(form, `1.${version}`).to.deep.equal(current)
        // before 1.3 there is less still
        else if (version >= 3 || since === 3) expect(form, `1.${version}`).to.deep.equal(earlier)
      }
    })
  }

  it('gives an expiry to nobody before 1.9, and a scope to nobody before 1.4', () => {
    const lasting = entity({ it: [stored(1, { expiresAt: LATER })] }, { expiresAt: LATER, scopes: ['/a'] })
    const at = (version: number) =>
      JSON.stringify(render(lasting, { ...normalized, sysAttrs: true, version }, table))
    expect(at(9).match(/expiresAt/g)).to.have.length(2)
    expect(at(8)).to.contain('modifiedAt').and.not.to.contain('expiresAt')
    expect(at(4)).to.contain('scope')
    expect(at(3)).not.to.contain('scope')
  })

  it('knows one type and one instance before 1.3, the default one if there is any', () => {
    const several = [stored(1, { datasetId: DATASET }), stored(2)]
    expect(written(several, 3)).to.have.length(2)
    expect(written(several, 0)).to.deep.equal({ type: 'Property', value: 2 })
    expect(written([stored(1, { datasetId: DATASET }), stored(3, { datasetId: 'urn:d' })], 2)).to.deep.equal({
      type: 'Property',
      value: 1,
    })
    const typed = entity({}, { types: [iri('Station'), iri('Building')] })
    expect(render(typed, { ...normalized, version: 3 }, table)?.type).to.deep.equal(['Station', 'Building'])
    expect(render(typed, { ...normalized, version: 0 }, table)?.type).to.equal('Station')
  })

  it('chooses datasets before it knows them no longer', () => {
    const several = [stored(1, { datasetId: DATASET }), stored(2)]
    const options: RenderOptions = { format: 'simplified', datasetIds: [DATASET] }
    expect(written(several, 0, options)).to.equal(1)
  })

  it('lets the language filter speak first', () => {
    const named = kind('LanguageProperty', { vi: 'cầu', en: 'bridge' })
    const spoken = { type: 'Property', value: 'bridge', lang: 'en' }
    expect(written([named], 0, { ...normalized, lang: 'en' })).to.deep.equal(spoken)
    expect(written([named], 0, { format: 'simplified' })).to.deep.equal({ vi: 'cầu', en: 'bridge' })
    expect(written([named], 0, { format: 'concise' })).to.deep.equal({ vi: 'cầu', en: 'bridge' })
  })

  it('leaves the entity as it is without a version, and names the version in cache keys', () => {
    const current = entity({ it: [stored(1)] })
    expect(conform(current, normalized, table)).to.equal(current)
    const keys = [0, 4, 8].map((version) => renderKey({ ...normalized, version }))
    expect(new Set([...keys, renderKey(normalized)]).size).to.equal(4)
  })
})
