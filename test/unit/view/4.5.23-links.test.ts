import { expect } from 'chai'
import fc from 'fast-check'
import type { Entity, Instance } from '../../../broker/core/model/entity.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { fillLinks, type LinkedText, type MarkedLink, placeLinks } from '../../../broker/core/view/links.ts'
import { render as entityText } from '../../../broker/core/view/render.ts'
import { tableOf, term } from '../context/terms.ts'
import { entity, stored } from '../merge/build.ts'
import { render } from './rendered.ts'

const table = tableOf()
const FORMATS = ['normalized', 'concise', 'simplified'] as const
type Format = (typeof FORMATS)[number]

const link = (kind: 'Relationship' | 'ListRelationship', value: JsonValue, more: Partial<Instance> = {}) => ({
  ...stored(value, more),
  kind,
})

function linkedText(given: Entity, format: Format, names = table): LinkedText {
  const links: MarkedLink[] = []
  const marked = entityText(given, { options: { format }, table: names, links }) ?? ''
  return placeLinks(marked, links)
}

/** What a reader gets when these entities are there. */
function filled(given: Entity, format: Format, known: readonly string[] = []): Record<string, unknown> {
  const text = fillLinks(linkedText(given, format), (_, target) =>
    known.includes(target) ? JSON.stringify({ id: target }) : undefined,
  )
  return JSON.parse(text)
}

describe('4.5.23.2 Inline Linked Entity Representation: texts with places', () => {
  const subject = entity({
    one: [link('Relationship', 'urn:x:1')],
    some: [link('Relationship', ['urn:x:1', 'urn:x:2'])],
    list: [link('ListRelationship', ['urn:x:2', 'urn:x:1'])],
    sets: [link('Relationship', 'urn:x:1'), link('Relationship', 'urn:x:2', { datasetId: 'urn:d' })],
    deep: [stored(1, { attributes: { 'https://x/sub': [link('Relationship', 'urn:x:1')] } })],
    plain: [stored('urn:x:1')],
    masked: [link('Relationship', { hidden: true })],
  })

  for (const format of FORMATS) {
    it(`${format}: nothing linked leaves the text as it is written anyway`, () => {
      const { text, links } = linkedText(subject, format)
      expect(JSON.parse(text)).to.deep.equal(render(subject, { format }, table))
      expect(links.map(({ targets }) => targets.join())).to.deep.equal([
        'urn:x:1',
        'urn:x:1,urn:x:2',
        'urn:x:2,urn:x:1',
        'urn:x:1',
        'urn:x:2',
      ])
      expect(filled(subject, format)).to.deep.equal(JSON.parse(text))
    })
  }

  it('adds entity or entityList, an array where several may be linked', () => {
    const { one, some, list, deep, plain } = filled(subject, 'normalized', ['urn:x:1'])
    expect(one)
      .to.include({ object: 'urn:x:1' })
      .and.to.deep.include({ entity: { id: 'urn:x:1' } })
    expect(some).to.deep.include({ object: ['urn:x:1', 'urn:x:2'], entity: [{ id: 'urn:x:1' }] })
    expect(list).to.deep.include({ entityList: [{ id: 'urn:x:1' }] })
    expect(list).to.not.have.property('entity')
    expect(JSON.stringify([deep, plain])).to.not.include('entity')
  })

  it('puts them in the place of their URIs when simplified', () => {
    const { one, some, list, sets, plain } = filled(subject, 'simplified', ['urn:x:1'])
    expect(one).to.deep.equal({ id: 'urn:x:1' })
    expect(some).to.deep.equal([{ id: 'urn:x:1' }, 'urn:x:2'])
    expect(list).to.deep.equal(['urn:x:2', { id: 'urn:x:1' }])
    expect(sets).to.deep.equal({ dataset: { '@none': { id: 'urn:x:1' }, 'urn:d': 'urn:x:2' } })
    expect(plain).to.equal('urn:x:1')
  })

  it('finds the places also where names change the order of members', () => {
    const names = tableOf(term('2', 'https://x/second'), term('1', 'https://x/first'))
    const given = {
      ...entity({}),
      attributes: {
        'https://x/second': [link('Relationship', 'urn:x:2')],
        'https://x/first': [link('Relationship', 'urn:x:1')],
      },
    }
    for (const format of FORMATS) {
      const text = fillLinks(linkedText(given, format, names), (_, target) => JSON.stringify({ id: target }))
      const { 1: first, 2: second } = JSON.parse(text)
      expect(format === 'simplified' ? first : first.entity).to.deep.equal({ id: 'urn:x:1' })
      expect(format === 'simplified' ? second : second.entity).to.deep.equal({ id: 'urn:x:2' })
    }
  })

  it('is not misled by any value', () => {
    const values = fc.oneof(
      fc.json().map((text): JsonValue => JSON.parse(text)),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(values, fc.constantFrom(...FORMATS), (value, format) => {
        const given = entity({
          a: [stored(value)],
          one: [link('Relationship', 'urn:x:1')],
          z: [stored(value)],
        })
        const written = render(given, { format }, table)
        const read = filled(given, format, ['urn:x:1'])
        expect(read).to.deep.equal({ ...written, one: read.one })
      }),
    )
  })
})
