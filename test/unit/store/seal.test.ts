import { expect } from 'chai'
import fc from 'fast-check'
import type { Instance } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT, parseTenant } from '../../../broker/core/model/tenant.ts'
import { canonicalEntity } from '../../../broker/store/port/canonical.ts'
import { parseEntity } from '../../../broker/store/port/change.ts'
import { Cipher, type SealingKey } from '../../../broker/store/sealed/cipher.ts'
import { keysIn, mayBeSealed, Seal, type Sealing } from '../../../broker/store/sealed/seal.ts'
import { entities } from '../../parity/arbitraries.ts'
import { entity, NOW, PM10, property, TYPE } from '../../support/store-builders.ts'

const key = (name: string, fill: number): SealingKey => ({ name, secret: Buffer.alloc(32, fill) })
const cipherOf = (...keys: readonly SealingKey[]) =>
  new Cipher({
    current: () => keys[0] ?? key('k1', 1),
    find: (name) => keys.find((one) => one.name === name),
  })
const PHONE = '0900000911'
const PHONES = 'https://example.org/phone'
const CARD = 'https://example.org/card'
const attributes = {
  always: new Set([PHONES, 'urn:p:one']),
  byType: new Map([[CARD, new Set(['https://example.org/Person'])]]),
}
const OWNER = { tenant: DEFAULT_TENANT, id: 'urn:e:1' }

function sealOf(...keys: readonly SealingKey[]) {
  const seal = new Seal(cipherOf(...keys), () => attributes)
  const sealing = (types: readonly string[] = [TYPE]): Sealing => ({ owner: OWNER, types, known: new Map() })
  return { seal, sealing }
}

describe('store/sealed: cipher', () => {
  const [first, second] = [key('k.1', 1), key('k2', 2)]

  it('seals alike in one place, and otherwise in each', () => {
    const cipher = cipherOf(first)
    const [one, same, other] = ['a', 'a', 'b'].map((place) => cipher.seal(PHONE, place))
    expect(same).to.equal(one)
    expect(other?.slice(4, 20)).not.to.equal(one?.slice(4, 20))
    expect(cipher.seal(PHONE, '1 a')).not.to.equal(cipher.seal(`a${PHONE}`, '1 '))
    expect(one)
      .to.match(/^k\.1\.[\w-]+$/)
      .and.not.to.include(PHONE)
    expect(cipher.open(String(one), 'a')).to.equal(PHONE)
  })

  it('opens what older keys sealed, and nothing that was moved, changed or sealed by others', () => {
    const sealed = cipherOf(first).seal(PHONE, 'a')
    expect(cipherOf(second, first).open(sealed, 'a')).to.equal(PHONE)
    const refused = (cipher: Cipher, text: string, place = 'a') =>
      expect(() => cipher.open(text, place))
        .to.throw()
        .with.property('message')
    refused(cipherOf(first), sealed, 'b').to.include('does not open with key k.1')
    refused(cipherOf(key('k.1', 9)), sealed).to.include('another key had that name')
    refused(cipherOf(second), sealed).to.equal(
      'Stored data is sealed under key k.1, which this hub does not have',
    )
    for (const broken of [sealed.slice(0, 12), `${sealed.slice(0, -6)}AAAAAA`, 'k.1.'])
      refused(cipherOf(first), broken).to.include('does not open')
  })
})

describe('store/sealed: entities and documents', () => {
  const { seal, sealing } = sealOf(key('k1', 1))
  const sub = { [PHONES]: [property(PHONE, { unitCode: 'X' })] }
  const whole = entity('urn:e:1', {
    attributes: {
      [PM10]: [property(21.5, { attributes: sub }), property(3, { datasetId: 'urn:d:1' })],
      [PHONES]: [
        property(PHONE, { observedAt: NOW, unitCode: PHONE, attributes: { [PM10]: [property(PHONE)] } }),
        property(PHONE, { datasetId: 'urn:d:1', expiresAt: NOW + 1 }),
      ],
      [CARD]: [property(1)],
    },
  })

  it('hide what instances say, and leave what places them', () => {
    const sealed = seal.sealEntity(whole, sealing())
    const text = canonicalEntity(sealed)
    expect(text).not.to.include(PHONE)
    expect(mayBeSealed(text)).to.equal(true)
    expect([...keysIn(text)]).to.deep.equal(['k1'])
    expect(sealed.attributes[CARD]).to.equal(whole.attributes[CARD])
    const [first = property(0)] = sealed.attributes[PHONES] ?? []
    const { value: _, attributes: inside, ...clear } = first
    expect(clear).to.deep.equal({ kind: 'Property', observedAt: NOW, createdAt: NOW, modifiedAt: NOW })
    expect(Object.keys(inside ?? {})).to.deep.equal([PM10])
    expect(sealed.attributes[PHONES]?.[1]).to.include({ datasetId: 'urn:d:1', expiresAt: NOW + 1 })
    expect(seal.openEntity(parseEntity(text), OWNER)).to.deep.equal(whole)
  })

  it('seals by type, and keeps what is the same object the same', () => {
    const person = sealing(['https://example.org/Person'])
    const one = seal.sealEntity(whole, person)
    const two = seal.sealEntity({ ...whole, modifiedAt: NOW + 1 }, person)
    expect(one.attributes[CARD]).not.to.equal(whole.attributes[CARD])
    for (const name of [PHONES, CARD, PM10]) expect(two.attributes[name]).to.equal(one.attributes[name])
    const plain = entity('urn:e:1')
    expect(seal.sealEntity(plain, person)).to.equal(plain)
  })

  it('tells apart what is the same object in several places', () => {
    const inside = { [PM10]: [property(PHONE)] }
    const both = [
      property(1, { attributes: inside }),
      property(2, { datasetId: 'urn:d:1', attributes: inside }),
    ]
    const given = entity('urn:e:1', { attributes: { [PHONES]: both, 'urn:p:one': both } })
    const sealed = seal.sealEntity(given, sealing())
    expect(seal.openEntity(sealed, OWNER)).to.deep.equal(given)
  })

  it('opens nowhere else: not in another entity, attribute, dataset, tenant or time', () => {
    const [sealed] = seal.sealEntity(whole, sealing()).attributes[PHONES] ?? []
    if (!sealed) throw new Error('Nothing is sealed')
    const moves: readonly (readonly [string, Partial<Instance>, object])[] = [
      [PHONES, {}, { id: 'urn:e:2' }],
      [PHONES, {}, { tenant: parseTenant('other') }],
      [PM10, {}, {}],
      [PHONES, { datasetId: 'urn:d:1' }, {}],
      [PHONES, { observedAt: NOW + 1 }, {}],
      [PHONES, { kind: 'JsonProperty' }, {}],
    ]
    for (const [name, members, owner] of moves)
      expect(() => seal.openInstance(name, { ...sealed, ...members }, { ...OWNER, ...owner })).to.throw(
        'moved',
      )
    const other = { createdAt: NOW + 5, modifiedAt: NOW + 6 }
    expect(seal.openInstance(PHONES, { ...sealed, ...other }, OWNER)).to.include({ value: PHONE, ...other })
  })

  it('seals what looks as if it was, so that everybody gets back what was given', () => {
    const forged = property({ 'urn:hub:sealed': 'k1.AAAA' })
    const given = entity('urn:e:1', { attributes: { [PM10]: [forged, property({ a: forged.value })] } })
    const text = canonicalEntity(seal.sealEntity(given, sealing()))
    expect(seal.openEntity(parseEntity(text), OWNER)).to.deep.equal(given)
    const document = { 'urn:hub:sealed': 'k1.AAAA' }
    const place = { tenant: DEFAULT_TENANT, collection: 'policy', id: 'p' }
    expect(seal.openDocument(seal.sealDocument(document, place), place)).to.deep.equal(document)
    expect(() => seal.openDocument(seal.sealDocument(document, place), { ...place, id: 'q' })).to.throw(
      'moved',
    )
    expect(seal.openDocument({ a: PHONE }, place)).to.deep.equal({ a: PHONE })
  })

  it('gives back whatever entity it was given', () => {
    const property = fc.property(entities, (list) => {
      for (const one of list) {
        const owner = { ...OWNER, id: one.id }
        const sealed = seal.sealEntity(one, { owner, types: one.types, known: new Map() })
        expect(seal.openEntity(parseEntity(canonicalEntity(sealed)), owner)).to.deep.equal(one)
      }
    })
    fc.assert(property, { numRuns: 8 })
  })
})
