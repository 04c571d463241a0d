import { expect } from 'chai'
import type { Decision } from '../../../broker/core/model/change.ts'
import type { Instance } from '../../../broker/core/model/entity.ts'
import { breachesByChange } from '../../../broker/core/validation/breaches.ts'
import { inCanonicalUnits } from '../../../broker/core/validation/canonical-units.ts'
import type { AttributeRules, TypeRules } from '../../../broker/core/validation/type-rules.ts'

const AT = { createdAt: 1, modifiedAt: 1 }
const number = (
  name: string,
  unit: string,
  inside: AttributeRules['inside'] = new Map(),
): AttributeRules => ({
  name,
  kinds: ['Property'],
  value: { is: 'number', whole: false, minimum: 0, maximum: 100 },
  many: false,
  required: false,
  unit,
  inside,
})
const HEIGHT = number('height', 'MTR', new Map([['x:error', number('error', 'MTR')]]))
const RULES: TypeRules = {
  name: 'Tower',
  attributes: new Map([
    ['x:height', HEIGHT],
    ['x:code', { name: 'code', kinds: ['Property'], many: false, required: true, inside: new Map() }],
  ]),
}
const convert = (value: number, from: string, to: string) =>
  from === 'KMT' && to === 'MTR' ? value * 1000 : undefined
const property = (value: number, unitCode?: string, more: Partial<Instance> = {}): Instance => ({
  kind: 'Property',
  value,
  ...(unitCode !== undefined && { unitCode }),
  ...AT,
  ...more,
})

function written(after: Instance, late?: true): Decision {
  const attributes = { 'x:height': [late ? property(1) : after] }
  return {
    next: { id: 'urn:x:1', types: ['x:Tower'], ...AT, attributes },
    change: {
      action: 'updated',
      at: 1,
      members: false,
      attributes: [{ attribute: 'x:height', action: 'updated', after, ...(late && { late }) }],
    },
  }
}
const converted = (decision: Decision) =>
  inCanonicalUnits(decision, (name) => RULES.attributes.get(name), convert)

describe('units of what is written', () => {
  it('become that of the attribute, in the entity and in its change', () => {
    const { next, change } = converted(written(property(0.02, 'KMT')))
    expect(next?.attributes['x:height']?.[0]).to.deep.equal(property(20, 'MTR'))
    expect(change?.attributes[0]?.after).to.deep.equal(property(20, 'MTR'))
  })

  it('are converted inside attributes too', () => {
    const inside = { 'x:error': [property(0.001, 'KMT')] }
    const { next } = converted(written(property(3, undefined, { attributes: inside })))
    expect(next?.attributes['x:height']?.[0]?.attributes?.['x:error']).to.deep.equal([property(1, 'MTR')])
  })

  it('leave the state alone where an observation comes late', () => {
    const { next, change } = converted(written(property(0.02, 'KMT'), true))
    expect(next?.attributes['x:height']).to.deep.equal([property(1)])
    expect(change?.attributes[0]?.after).to.deep.equal(property(20, 'MTR'))
  })

  it('are left as they are where there is nothing to convert', () => {
    for (const instance of [property(1), property(1, 'MTR'), property(1, 'ZZZ')]) {
      const decision = written(instance)
      expect(converted(decision)).to.equal(decision)
    }
  })
})

describe('rules that a change breaks', () => {
  const breaches = ({ next, change }: Decision) =>
    next && change
      ? breachesByChange(next, change, RULES).map(({ pointer, rule }) => `${pointer} ${rule}`)
      : []

  it('are those of what it writes, not of what was missing before', () => {
    expect(breaches(written(property(101)))).to.deep.equal(['/height/value range'])
    const inside = { 'x:error': [property(-1)] }
    expect(breaches(written(property(1, 'CEL', { attributes: inside })))).to.deep.equal([
      '/height/unitCode unit',
      '/height/error/value range',
    ])
  })

  it('are those of what it takes away', () => {
    const { next, change } = written(property(1))
    const taken = [{ attribute: 'x:code', action: 'deleted', before: property(1) }] as const
    expect(breaches({ next: next!, change: { ...change!, attributes: taken } })).to.deep.equal([
      '/code required',
    ])
  })

  it('are all where the entity is new', () => {
    const { next, change } = written(property(1))
    expect(breaches({ next: next!, change: { ...change!, action: 'created' } })).to.deep.equal([
      '/code required',
    ])
  })
})
