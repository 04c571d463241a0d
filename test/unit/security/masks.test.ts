import { expect } from 'chai'
import fc from 'fast-check'
import type { Instance } from '../../../broker/core/model/entity.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { createMaskKit, type MaskMethod } from '../../../security/masking/mask-kit.ts'
import { partialText } from '../../../security/masking/partial.ts'
import { entity, property } from './support/entities.ts'
import { iri } from './support/vocabulary.ts'

const secret = Buffer.alloc(32, 7)
const kit = createMaskKit(createMaskKeys({ secret, city: 'song-cong' }))
const use = { purpose: 'analysis', keeps: (attribute: string) => attribute === iri('status') }

const mask = (method: MaskMethod, instance: Instance, { purpose = 'analysis', from = kit } = {}) =>
  from.mask(method, { ...use, purpose })(instance, iri('reporterPhone'), entity())

const masked = (method: MaskMethod, value: JsonValue, kind: Instance['kind'] = 'Property') =>
  mask(method, property(value, { kind }))?.value

describe('security/masking: partial', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['0900000000', '09*****000'],
    ['+84 900 000 000', '09*****000'],
    ['0208 3855 000', '02******000'],
    ['019300000000', '*********000'],
    ['019 300 000 123', '*********123'],
    ['090000000', '******000'],
    ['12345678', '******78'],
    ['123456', '******'],
    ['C0000012', 'C*****12'],
    ['nguyen.van.a@example.com', 'n***@example.com'],
    ['Nguyễn Văn An', 'N.V.A.'],
    ['Nguyễn Văn An'.normalize('NFD'), 'N.V.A.'],
    ['nguyễn văn an', 'N.V.A.'],
    ['An', 'A.'],
    ['20A-123.45', '20A-***.45'],
    ['20B1-2345', '20B1-**45'],
    ['20A12345', '20A-***.45'],
    ['9704000000000000', '***'],
    ['rtsp://camera.invalid/stream0', '***'],
    ['192.0.2.1', '192.0.2.*'],
    ['H55.00.00-250101-0000', '***'],
    ['Một đoạn văn dài, có 2 câu. Không biết là gì.', 'M***'],
    ['12 ngõ 4', '***'],
    ['', '***'],
    ['CCCD 019300000000', 'C***'],
  ]
  for (const [text, shown] of cases) {
    it(`shows “${text}” as “${shown}”`, () => {
      expect(partialText(text)).to.equal(shown)
    })
  }

  it('never shows one of the first six digits of a citizen number', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 })
    const writing = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.replace(/(\d{3})(?=\d)/g, '$1 '),
      (text: string) => text.replace(/(\d{3})(?=\d)/g, '$1.'),
      (text: string) => ` ${text} `,
      (text: string) => `CCCD ${text}`,
      (text: string) => `${text}, cấp 2021`,
      (text: string) => `${text}@example.com`,
      (text: string) => `cccd@${text}.example.com`,
      (text: string) => `+${text}`,
      (text: string) => text.replace(/(\d{4})(?=\d)/g, '$1-'),
    )
    fc.assert(
      fc.property(digits, writing, (all, write) => {
        const written = write(all.join(''))
        fc.pre(!written.startsWith('+84')) // a phone, and no province has such a code
        const shown = partialText(written).replace(/\D/g, '')
        // what is shown is at most the end of the last six digits
        expect(shown.length).to.be.at.most(3)
        expect(all.slice(6).join('').endsWith(shown)).to.equal(true)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('security/masking: masks', () => {
  it('redact takes the instance away', () => {
    expect(mask({ method: 'redact' }, property('x'))).to.equal(undefined)
  })

  it('partial keeps times and kind and loses sub-attributes that are not of class none', () => {
    const instance = property('0900000000', {
      observedAt: 5,
      attributes: { [iri('status')]: [property('ok')], [iri('reporterName')]: [property('Nguyễn Văn An')] },
    })
    expect(mask({ method: 'partial' }, instance)).to.deep.equal(
      property('09*****000', { observedAt: 5, attributes: { [iri('status')]: [property('ok')] } }),
    )
  })

  it('partial and scan hide identifiers in the names of members too', () => {
    expect(masked({ method: 'partial' }, { '019300000000': 1 })).to.deep.equal({ '[…]': '***' })
    expect(masked({ method: 'scan' }, { 'CCCD 019300000000': 'x' })).to.deep.equal({ 'CCCD […]': '[…]' })
  })

  it('partial reaches into objects, lists and languages, and masks numbers as texts', () => {
    expect(masked({ method: 'partial' }, { phone: '0900000000', tags: ['0900000000', true] })).to.deep.equal({
      phone: '09*****000',
      tags: ['09*****000'],
    })
    expect(masked({ method: 'partial' }, 19300000000)).to.equal('********000')
    expect(masked({ method: 'partial' }, { vi: 'Nguyễn Văn An' }, 'LanguageProperty')).to.deep.equal({
      vi: 'N.V.A.',
    })
  })

  for (const kind of ['Relationship', 'ListRelationship', 'VocabProperty', 'GeoProperty'] as const) {
    it(`partial and generalise take a ${kind} away`, () => {
      expect(masked({ method: 'partial' }, 'urn:ngsi-ld:Person:1', kind)).to.equal(undefined)
      expect(masked({ method: 'generalise' }, 'urn:ngsi-ld:Person:1', kind)).to.equal(undefined)
    })
  }

  it('generalise answers the year of a date and the band of a number, and nothing of other values', () => {
    expect(masked({ method: 'generalise' }, '1990-05-17')).to.equal('1990')
    expect(masked({ method: 'generalise' }, '17/05/1990')).to.equal('1990')
    expect(masked({ method: 'generalise' }, '1990-05-17T08:00:00Z')).to.equal('1990')
    expect(masked({ method: 'generalise', band: 5 }, 37)).to.equal('35..40')
    expect(masked({ method: 'generalise' }, -1)).to.equal('-10..0')
    expect(masked({ method: 'generalise' }, 'Nguyễn Văn An')).to.equal(undefined)
    expect(masked({ method: 'generalise' }, ['1990-05-17', 'x'])).to.equal(undefined)
  })

  it('generalise leaves the month of a date, or a band of years: the age band of k-anonymity', () => {
    expect(masked({ method: 'generalise', to: 'month' }, '1990-05-17')).to.equal('1990-05')
    expect(masked({ method: 'generalise', to: 'month' }, '17/5/1990')).to.equal('1990-05')
    expect(masked({ method: 'generalise', to: 'month' }, '199005171230')).to.equal('1990-05')
    expect(masked({ method: 'generalise', band: 5 }, '17/05/1993')).to.equal('1990..1995')
    const typed = { '@type': 'DateTime', '@value': '1990-05-17T00:00:00Z' }
    expect(masked({ method: 'generalise' }, typed)).to.equal('1990')
    expect(masked({ method: 'partial' }, typed)).to.equal('***')
  })

  it('pseudonym that rotates by day joins within a day of the domain only', () => {
    const at = (observedAt: number) =>
      mask({ method: 'pseudonym', rotate: 'day' }, property('20A-123.45', { observedAt }))?.value
    const midnight = Date.parse('2026-11-26T00:00:00+07:00') * 1000
    expect(at(midnight)).to.equal(at(midnight + 86_399_999_999))
    expect(at(midnight)).not.to.equal(at(midnight - 1))
  })

  it('coarsen moves geometries onto a grid of about 110 m and drops heights', () => {
    const point = { type: 'Point', coordinates: [105.84823456, 21.59417654, 31.5] }
    expect(masked({ method: 'coarsen' }, point, 'GeoProperty')).to.deep.equal({
      type: 'Point',
      coordinates: [105.848, 21.594],
    })
    expect(masked({ method: 'coarsen', decimals: 1 }, point, 'GeoProperty')).to.deep.equal({
      type: 'Point',
      coordinates: [105.8, 21.6],
    })
    const line = {
      type: 'LineString',
      coordinates: [
        [105.84823, 21.5],
        [105.8, 21.59999],
      ],
    }
    expect(masked({ method: 'coarsen' }, line, 'GeoProperty')).to.deep.equal({
      type: 'LineString',
      coordinates: [
        [105.848, 21.5],
        [105.8, 21.6],
      ],
    })
    expect(masked({ method: 'coarsen' }, 'here')).to.equal(undefined)
  })

  it('scan replaces identifiers wherever texts are, and numbers that only a name gives away', () => {
    expect(masked({ method: 'scan' }, 'gọi 0900000000')).to.equal('gọi […]')
    expect(masked({ method: 'scan' }, { a: ['gọi 0900000000'], level: 900000000 })).to.deep.equal({
      a: ['gọi […]'],
      level: 900000000,
    })
    expect(masked({ method: 'scan' }, { soTaiKhoan: 900000000, matKhau: 'mk-Thu' })).to.deep.equal({
      soTaiKhoan: '[…]',
      matKhau: '[…]',
    })
    expect(masked({ method: 'scan' }, 'urn:ngsi-ld:Device:1', 'Relationship')).to.equal(
      'urn:ngsi-ld:Device:1',
    )
    expect(masked({ method: 'scan' }, 'urn:person:0900000000', 'Relationship')).to.equal(undefined)
  })

  describe('pseudonym', () => {
    const method = { method: 'pseudonym' } as const
    it('is the same for the same person however written, and has the form promised', () => {
      const value = masked(method, '0900000000')
      expect(value).to.match(/^pseudonym:[0-9a-f]{24}$/)
      expect(masked(method, '+84 900.000.000')).to.equal(value)
      expect(masked(method, 'A@Example.com')).to.equal(masked(method, 'a@example.com'))
      expect(masked(method, '0900000001')).not.to.equal(value)
    })

    it('differs by purpose, city, epoch and secret', () => {
      const kits = [
        kit,
        createMaskKit(createMaskKeys({ secret, city: 'pho-yen' })),
        createMaskKit(createMaskKeys({ secret, city: 'song-cong', epoch: () => ({ name: '2', secret }) })),
        createMaskKit(createMaskKeys({ secret: Buffer.alloc(32, 8), city: 'song-cong' })),
      ]
      const values = kits.map((from) => mask(method, property('0900000000'), { from })?.value)
      const other = mask(method, property('0900000000'), { purpose: 'planning' })?.value
      expect(new Set([...values, other]).size).to.equal(5)
    })

    it('keeps lists lists and relationships URIs, and takes geometries away', () => {
      expect(masked(method, ['a', 'b'], 'ListProperty')).to.have.length(2)
      expect(masked(method, 'urn:ngsi-ld:Person:1', 'Relationship')).to.match(/^pseudonym:/)
      expect(masked(method, { type: 'Point', coordinates: [1, 2] }, 'GeoProperty')).to.equal(undefined)
    })

    it('does not depend on the order of members', () => {
      expect(masked(method, { a: 1, b: 2 })).to.equal(masked(method, { b: 2, a: 1 }))
    })
  })
})
