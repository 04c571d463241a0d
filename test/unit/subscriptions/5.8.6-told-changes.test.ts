import { expect } from 'chai'
import type { Instance } from '../../../broker/core/model/entity.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import type { RenderOptions } from '../../../broker/core/view/render-options.ts'
import type { Subscription } from '../../../broker/subscriptions/subscription.ts'
import { tableOf, term } from '../context/terms.ts'
import { DATASET, ID, iri, stored } from '../merge/build.ts'
import { changed, notice, received, receivedEntity, subscription } from './notices.ts'

const NULL = 'urn:ngsi-ld:null'
const THEN_TEXT = '2026-01-01T00:00:00Z'
const NOW_TEXT = '2026-01-01T01:00:00Z'
const normalized: RenderOptions = { format: 'normalized' }
const concise: RenderOptions = { format: 'concise' }
const simplified: RenderOptions = { format: 'simplified' }

function of(kind: Instance['kind'], value: JsonValue, more: Partial<Instance> = {}): Instance {
  return { ...stored(value, more), kind }
}

function telling(options: RenderOptions, more: Partial<Subscription> = {}): Subscription {
  return subscription({ options, ...more })
}

const changes = { showChanges: true }
const point = { type: 'Point', coordinates: [1, 2] }
const elsewhere = { type: 'Point', coordinates: [3, 4] }

/** Kind, value before and after, then what is written: value member, its null, and the member of what was. */
const kinds: readonly (readonly [Instance['kind'], JsonValue, JsonValue, string, JsonValue, string])[] = [
  ['Property', 1, 2, 'value', NULL, 'previousValue'],
  ['GeoProperty', point, elsewhere, 'value', NULL, 'previousValue'],
  ['LanguageProperty', { vi: 'a' }, { vi: 'b' }, 'languageMap', { '@none': NULL }, 'previousLanguageMap'],
  ['VocabProperty', iri('good'), iri('bad'), 'vocab', NULL, 'previousVocab'],
  ['JsonProperty', { id: null }, [1], 'json', NULL, 'previousJson'],
  ['ListProperty', [1], [2], 'valueList', [NULL], 'previousValueList'],
  ['Relationship', 'urn:x:1', 'urn:x:2', 'object', NULL, 'previousObject'],
  ['ListRelationship', ['urn:x:1'], ['urn:x:2'], 'objectList', [{ object: NULL }], 'previousObjectList'],
]

/** The value as it is written in the normalized representation. */
function shown(kind: Instance['kind'], value: JsonValue): JsonValue {
  if (kind === 'ListRelationship') return (value as readonly string[]).map((object) => ({ object }))
  return kind === 'VocabProperty' ? String(value).slice(iri('').length) : value
}

describe('5.8.6 Deleted attributes', () => {
  for (const [kind, value, , member, gone, previous] of kinds) {
    const change = changed({ it: [of(kind, value)], left: [stored(1)] }, { left: [stored(1)] })

    it(`tells of a deleted ${kind} as NGSI-LD Null`, async () => {
      const left = { type: 'Property', value: 1 }
      expect(await receivedEntity(change, telling(normalized))).to.deep.equal({
        id: ID,
        type: 'Station',
        left,
        it: { type: kind, [member]: gone },
      })
      for (const short of [concise, simplified]) {
        expect((await receivedEntity(change, telling(short)))?.it).to.equal(NULL)
      }
    })

    it(`tells what a deleted ${kind} was with showChanges`, async () => {
      expect((await receivedEntity(change, telling(normalized, changes)))?.it).to.deep.equal({
        type: kind,
        [member]: gone,
        [previous]: shown(kind, value),
      })
      expect((await receivedEntity(change, telling(concise, changes)))?.it).to.have.property(previous)
    })

    it(`tells when a deleted ${kind} went with sysAttrs`, async () => {
      const times = { createdAt: THEN_TEXT, modifiedAt: THEN_TEXT, deletedAt: NOW_TEXT }
      const told = { type: kind, [member]: gone, ...times }
      const normal = await receivedEntity(change, telling({ ...normalized, sysAttrs: true }))
      expect(normal?.it).to.deep.equal(told)
      const short = await receivedEntity(change, telling({ ...concise, sysAttrs: true }))
      expect(short?.it).to.include({ deletedAt: NOW_TEXT })
    })
  }

  const several = [stored('a'), stored('b', { datasetId: DATASET })]

  it('tells which instance went', async () => {
    const change = changed({ it: several }, { it: several.slice(0, 1) })
    expect((await receivedEntity(change))?.it).to.deep.equal([
      { type: 'Property', value: 'a' },
      { type: 'Property', value: NULL, datasetId: DATASET },
    ])
    expect((await receivedEntity(change, telling(concise)))?.it).to.deep.equal([
      { value: 'a' },
      { value: NULL, datasetId: DATASET },
    ])
    expect((await receivedEntity(change, telling(simplified)))?.it).to.deep.equal({
      dataset: { '@none': 'a', [DATASET]: NULL },
    })
  })

  it('tells of an attribute that went with all its instances in one, unless they are told one by one', async () => {
    const change = changed({ it: several }, {})
    expect((await receivedEntity(change))?.it).to.deep.equal({ type: 'Property', value: NULL })
    expect((await receivedEntity(change, telling(normalized, changes)))?.it).to.deep.equal([
      { type: 'Property', value: NULL, previousValue: 'a' },
      { type: 'Property', value: NULL, datasetId: DATASET, previousValue: 'b' },
    ])
    const ofOne = telling({ ...normalized, datasetIds: [DATASET] })
    expect((await receivedEntity(change, ofOne))?.it).to.deep.equal({
      type: 'Property',
      value: NULL,
      datasetId: DATASET,
    })
  })

  it('leaves out what is not picked', async () => {
    const change = changed({ it: [stored(1)], left: [stored(1)] }, { left: [stored(1)] })
    const omit = { members: new Set<never>(), attributes: new Map([[iri('it'), undefined]]) }
    expect(await receivedEntity(change, telling({ ...normalized, omit }))).to.not.have.property('it')
  })

  it('never takes NGSI-LD Null for a name', async () => {
    const table = tableOf(term('ngsi', 'urn:ngsi-ld:', { prefix: true }))
    const change = changed({ it: [of('VocabProperty', iri('good'))] }, {})
    const { data } = await received(notice([change], telling(normalized), { table }))
    expect(data[0]?.it).to.deep.equal({ type: 'VocabProperty', vocab: NULL })
  })
})

describe('5.8.6 showChanges', () => {
  for (const [kind, before, after, member, , previous] of kinds) {
    it(`tells what a changed ${kind} was`, async () => {
      const change = changed({ it: [of(kind, before)] }, { it: [of(kind, after)] })
      expect((await receivedEntity(change, telling(normalized, changes)))?.it).to.deep.equal({
        type: kind,
        [member]: shown(kind, after),
        [previous]: shown(kind, before),
      })
      expect((await receivedEntity(change, telling(concise, changes)))?.it).to.have.property(previous)
      expect((await receivedEntity(change))?.it).to.not.have.property(previous)
    })
  }

  it('tells of each instance what it was itself, and nothing of those that stay', async () => {
    const stays = stored('b', { datasetId: DATASET })
    const change = changed({ it: [stored('a'), stays] }, { it: [stored('c'), stays], new: [stored(1)] })
    const told = await receivedEntity(change, telling(normalized, changes))
    expect(told?.it).to.deep.equal([
      { type: 'Property', value: 'c', previousValue: 'a' },
      { type: 'Property', value: 'b', datasetId: DATASET },
    ])
    expect(told?.new).to.deep.equal({ type: 'Property', value: 1 })
  })

  it('does not tell what was where it was of another kind, which no reader would take', async () => {
    const change = changed({ it: [stored('a')] }, { it: [of('Relationship', 'urn:x:1')] })
    expect((await receivedEntity(change, telling(normalized, changes)))?.it).to.deep.equal({
      type: 'Relationship',
      object: 'urn:x:1',
    })
  })

  it('tells nothing of before about a new entity', async () => {
    const change = changed(undefined, { it: [stored(1)] })
    expect((await receivedEntity(change, telling(normalized, changes)))?.it).to.deep.equal({
      type: 'Property',
      value: 1,
    })
  })

  it('speaks the language asked for, then and now', async () => {
    const change = changed(
      { it: [of('LanguageProperty', { vi: 'a', en: 'x' })] },
      { it: [of('LanguageProperty', { vi: 'b', en: 'x' })] },
    )
    expect((await receivedEntity(change, telling({ ...normalized, lang: 'vi' }, changes)))?.it).to.deep.equal(
      {
        type: 'Property',
        value: 'b',
        lang: 'vi',
        previousValue: 'a',
      },
    )
  })

  it('conforms to the version asked for, then and now', async () => {
    const change = changed(
      { it: [of('VocabProperty', iri('good'))] },
      { it: [of('VocabProperty', iri('bad'))] },
    )
    expect((await receivedEntity(change, telling({ ...normalized, version: 6 }, changes)))?.it).to.deep.equal(
      {
        type: 'Property',
        value: 'bad',
        previousValue: 'good',
      },
    )
  })
})

describe('5.8.6 Deleted entities', () => {
  const change = changed(
    {
      name: [stored('a')],
      link: [of('Relationship', 'urn:x:1')],
      tag: [of('LanguageProperty', { vi: 'a' })],
    },
    undefined,
  )
  const whenDeleted = { triggers: new Set(['entityDeleted'] as const) }

  for (const options of [normalized, concise, simplified]) {
    it(`tells only that it went, ${options.format}`, async () => {
      expect(await receivedEntity(change, telling(options, whenDeleted))).to.deep.equal({
        id: ID,
        type: 'Station',
        deletedAt: NOW_TEXT,
      })
      expect(
        await receivedEntity(change, telling({ ...options, sysAttrs: true }, whenDeleted)),
      ).to.deep.equal({
        id: ID,
        type: 'Station',
        createdAt: THEN_TEXT,
        modifiedAt: THEN_TEXT,
        deletedAt: NOW_TEXT,
      })
    })
  }

  it('tells all that it had with showChanges', async () => {
    const told = await receivedEntity(change, telling(normalized, { ...whenDeleted, ...changes }))
    expect(told).to.deep.equal({
      id: ID,
      type: 'Station',
      deletedAt: NOW_TEXT,
      name: { type: 'Property', value: NULL, previousValue: 'a' },
      link: { type: 'Relationship', object: NULL, previousObject: 'urn:x:1' },
      tag: {
        type: 'LanguageProperty',
        languageMap: { '@none': NULL },
        previousLanguageMap: { vi: 'a' },
      },
    })
  })

  it('tells whoever watches the deletion of attributes that those went with it', async () => {
    const watching = {
      triggers: new Set(['attributeDeleted'] as const),
      watchedAttributes: new Set([iri('name')]),
    }
    expect(await receivedEntity(change, telling(normalized, watching))).to.deep.equal({
      id: ID,
      type: 'Station',
      deletedAt: NOW_TEXT,
      name: { type: 'Property', value: NULL },
    })
    const { watchedAttributes: _, ...all } = watching
    expect(await receivedEntity(change, telling(simplified, all))).to.deep.equal({
      id: ID,
      type: 'Station',
      deletedAt: NOW_TEXT,
      name: NULL,
      link: NULL,
      tag: NULL,
    })
  })

  it('tells that it went even when none of what is picked is left', async () => {
    const pick = { members: new Set(['id'] as const), attributes: new Map([[iri('name'), undefined]]) }
    const options = { ...normalized, pick, needsAttribute: true } as const
    expect(await receivedEntity(change, telling(options, whenDeleted))).to.deep.equal({
      id: ID,
      deletedAt: NOW_TEXT,
    })
  })

  it('tells it in GeoJSON', async () => {
    const geo = subscription(whenDeleted, { accept: 'application/geo+json' })
    const { data } = await received(notice([change], geo))
    expect(data).to.have.deep.property('features', [
      {
        id: ID,
        type: 'Feature',
        geometry: null,
        properties: { type: 'Station', deletedAt: NOW_TEXT },
      },
    ])
  })
})
