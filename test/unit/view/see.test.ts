import { expect } from 'chai'
import type { Instance } from '../../../broker/core/model/entity.ts'
import { see } from '../../../broker/core/view/see.ts'
import { DATASET, entity, iri, LATER, NOW, stored, THEN } from '../merge/build.ts'
import { viewOf } from './view-of.ts'

const stars = (instance: Instance): Instance => ({ ...instance, value: '***' })

describe('see', () => {
  const phone = stored('0912 345 678', { modifiedAt: LATER })
  const level = stored(1, {
    modifiedAt: NOW,
    attributes: { [iri('by')]: [stored('Lan')], [iri('note')]: [stored('ok')] },
  })
  const current = entity(
    { phone: [phone], level: [level, stored(5, { datasetId: DATASET })] },
    { modifiedAt: LATER },
  )

  it('answers the entity itself when everything is clear', () => {
    expect(see(current, viewOf({}, { unrestricted: true, admits: () => false }))).to.equal(current)
    expect(see(current, viewOf())).to.equal(current)
  })

  it('answers nothing for a row or a type that is not seen', () => {
    expect(see(current, viewOf({}, { admits: () => false }))).to.equal(undefined)
    expect(see(current, viewOf({}, { types: new Set([iri('Other')]) }))).to.equal(undefined)
    expect(see(current, viewOf({}, { types: new Set([iri('Station')]) }))).to.equal(current)
  })

  it('takes absent attributes away, with the time of their last change', () => {
    const seen = see(current, viewOf({ phone: 'absent' }))
    expect(Object.keys(seen?.attributes ?? {})).to.deep.equal([iri('level')])
    expect(seen?.modifiedAt).to.equal(NOW)
    expect(seen?.attributes[iri('level')]).to.equal(current.attributes[iri('level')])
    expect(current.attributes).to.have.property(iri('phone'))
  })

  it('does not show when an attribute was deleted that the caller never saw', () => {
    const after = entity({ level: [stored(1)] }, { modifiedAt: LATER })
    expect(see(after, viewOf({ phone: 'absent' }))?.modifiedAt).to.equal(THEN)
  })

  it('applies masks, which may take an instance or the whole attribute away', () => {
    expect(see(current, viewOf({ phone: stars }))?.attributes[iri('phone')]).to.deep.equal([
      { ...phone, value: '***' },
    ])
    const onlyDefault = see(
      current,
      viewOf({ level: (one) => (one.datasetId === undefined ? one : undefined) }),
    )
    expect(onlyDefault?.attributes[iri('level')]).to.deep.equal([level])
    expect(see(current, viewOf({ level: () => undefined }))?.attributes).not.to.have.property(iri('level'))
  })

  it('treats sub-attributes like attributes, also below a masked one', () => {
    const seen = see(current, viewOf({ by: 'absent', note: stars, level: (one) => ({ ...one, value: 0 }) }))
    const [shown] = seen?.attributes[iri('level')] ?? []
    expect(shown?.value).to.equal(0)
    expect(shown?.attributes).to.deep.equal({ [iri('note')]: [stored('***')] })
    expect(JSON.stringify(seen)).not.to.include('Lan')
  })

  it('dates an instance by what is visible when a hidden sub-attribute was the last to change', () => {
    const changed = stored(1, {
      modifiedAt: LATER,
      attributes: { [iri('by')]: [stored('Lan', { modifiedAt: LATER })] },
    })
    const seen = see(entity({ level: [changed] }, { modifiedAt: LATER }), viewOf({ by: 'absent' }))
    expect(seen?.modifiedAt).to.equal(THEN)
    expect(seen?.attributes[iri('level')]).to.deep.equal([stored(1)])
  })

  describe('scan', () => {
    const scan = (text: string): string => text.replace(/\d{9,}/g, '•')
    const deep = stored({ a: ['x 0912345678'], b: 912345678 })
    const kinds: readonly (readonly [Instance, unknown])[] = [
      [stored('gọi 0912345678'), 'gọi •'],
      [deep, { a: ['x •'], b: 912345678 }],
      [{ ...stored({ vi: '0912345678' }), kind: 'LanguageProperty' }, { vi: '•' }],
      [{ ...stored(['0912345678']), kind: 'ListProperty' }, ['•']],
      [{ ...stored({ k: '0912345678' }), kind: 'JsonProperty' }, { k: '•' }],
      [{ ...stored('urn:x:0912345678'), kind: 'Relationship' }, 'urn:x:0912345678'],
      [
        { ...stored('https://example.org/0912345678'), kind: 'VocabProperty' },
        'https://example.org/0912345678',
      ],
    ]
    for (const [before, after] of kinds) {
      it(`looks into texts of a ${before.kind}: ${JSON.stringify(after)}`, () => {
        const seen = see(entity({ note: [before] }), viewOf({}, { scan }))
        expect(seen?.attributes[iri('note')]?.[0]?.value).to.deep.equal(after)
      })
    }

    it('leaves out the attributes that it is not for', () => {
      const both = entity({ note: [stored('0912345678')], code: [stored('0912345678')] })
      const seen = see(both, viewOf({}, { scan, scans: (attribute) => attribute === iri('note') }))
      expect(seen?.attributes[iri('note')]?.[0]?.value).to.equal('•')
      expect(seen?.attributes[iri('code')]).to.equal(both.attributes[iri('code')])
    })

    it('looks into names of members, and gives each value the name around it', () => {
      const labels: (string | undefined)[] = []
      const labelled = (text: string, label?: string) => {
        labels.push(label)
        return scan(text)
      }
      const value = { '0912345678': 1, details: ['a', { vi: 'b' }] }
      const seen = see(entity({ note: [stored(value)] }), viewOf({}, { scan: labelled }))
      expect(seen?.attributes[iri('note')]?.[0]?.value).to.deep.equal({
        ...{ '•': 1 },
        details: value.details,
      })
      expect(labels.filter((label) => label !== undefined)).to.deep.equal(['details', 'details'])
    })

    it('hides numbers that the view says to, whatever they are in', () => {
      const hidesNumber = (number: number, label: string) => label === 'phone' && number > 5
      const seen = see(entity({ phone: [stored([1, 9])], n: [stored(9)] }), viewOf({}, { scan, hidesNumber }))
      expect(seen?.attributes[iri('phone')]?.[0]?.value).to.deep.equal([1, '[…]'])
      expect(seen?.attributes[iri('n')]?.[0]?.value).to.equal(9)
    })

    it('leaves out an instance that has the address of a person for its URI', () => {
      for (const uri of ['tel:+84900000417', 'mailto:thu@example.com', ['urn:x:1', 'TEL:0900000417']]) {
        const seen = see(entity({ n: [{ ...stored(uri), kind: 'Relationship' }] }), viewOf({}, { scan }))
        expect(seen?.attributes, String(uri)).to.not.have.property(iri('n'))
      }
    })

    it('keeps __proto__ as a key', () => {
      const value = JSON.parse('{"__proto__":"0912345678","a":1}')
      const seen = see(entity({ note: [stored(value)] }), viewOf({}, { scan }))
      expect(JSON.stringify(seen?.attributes[iri('note')]?.[0]?.value)).to.equal('{"__proto__":"•","a":1}')
    })
  })
})
