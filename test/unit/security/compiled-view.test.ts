import { expect } from 'chai'
import fc from 'fast-check'
import type { Entity } from '../../../broker/core/model/entity.ts'
import type { Iri } from '../../../broker/core/model/iri.ts'
import { DEFAULT_TENANT, type Tenant } from '../../../broker/core/model/tenant.ts'
import { see } from '../../../broker/core/view/see.ts'
import type { View } from '../../../broker/core/view/view.ts'
import { createMaskKeys } from '../../../security/masking/mask-keys.ts'
import { createMaskKit } from '../../../security/masking/mask-kit.ts'
import type { Claims } from '../../../security/policy/claims.ts'
import { compileView } from '../../../security/policy/compile-view.ts'
import type { MaskSpec, Rule } from '../../../security/policy/rule.ts'
import { entity, property } from './support/entities.ts'
import {
  ATTRIBUTES,
  claims,
  IDS,
  joined,
  perhaps,
  rule,
  SCOPES,
  TENANTS,
  TYPES,
} from './support/random-rules.ts'
import { vocabulary } from './support/vocabulary.ts'

const VALUE = '0912345678'
const kit = createMaskKit(createMaskKeys({ secret: Buffer.alloc(32, 1) }))
const MASKS: readonly MaskSpec[] = [{ method: 'redact' }, { method: 'partial' }, { method: 'pseudonym' }]

const masked: fc.Arbitrary<Rule> = fc
  .tuple(rule, fc.constantFrom(...MASKS))
  .map(([one, mask]) => (one.effect === 'mask' ? { ...one, mask } : one))
const thing: fc.Arbitrary<Entity> = joined(
  fc.record({ id: fc.constantFrom(...IDS), types: fc.subarray(TYPES, { minLength: 1 }) }),
  perhaps('scopes', fc.subarray(SCOPES, { minLength: 1 })),
).map((given) =>
  entity({
    ...given,
    attributes: Object.fromEntries(ATTRIBUTES.map((name) => [name, property(VALUE)])),
  }),
)

/** The rules about reading entities that speak of the caller, found by looking at each. */
const about = (rules: readonly Rule[], of: Claims, tenant: Tenant): readonly Rule[] =>
  rules.filter(
    ({ actions, kinds, tenants, subjects }) =>
      actions.has('read') &&
      kinds.has('entity') &&
      tenants?.has(tenant) !== false &&
      subjects.some(
        ({ role, purpose, anonymous }) =>
          (!role || role.some((one) => of.roles.includes(one))) &&
          (!purpose || purpose.includes(of.purpose ?? '')) &&
          (anonymous === undefined || anonymous === of.anonymous),
      ),
  )
const isColumn = ({ attributes, classes }: Rule) => attributes !== undefined || classes !== undefined
const isOf = ({ types, matchesId, matchesScope }: Rule, { id, types: all, scopes = [] }: Entity) =>
  (!types || all.some((type) => types.has(type))) &&
  matchesId?.(id) !== false &&
  matchesScope?.(scopes) !== false

function admits(rules: readonly Rule[], of: Entity): boolean {
  const rows = rules.filter((one) => !isColumn(one) && isOf(one, of)).map(({ effect }) => effect)
  return rows.includes('permit') && !rows.includes('deny')
}

/** How an attribute of an entity looks: clear, scanned, absent, or by which method. */
function looks(rules: readonly Rule[], of: Entity, attribute: Iri): string {
  const named = vocabulary.personalData(attribute, of.types) ?? 'unclassified'
  const columns = rules.filter(
    (one) =>
      isColumn(one) &&
      isOf(one, of) &&
      one.attributes?.has(attribute) !== false &&
      one.classes?.has(named) !== false,
  )
  if (columns.some(({ effect }) => effect === 'deny')) return 'absent'
  const byName = columns.filter(({ attributes }) => attributes)
  const deciding = byName.length > 0 ? byName : columns
  if (deciding.some(({ effect }) => effect === 'permit')) return 'clear'
  const methods = deciding.map(({ mask }) => mask?.method)
  for (const method of ['partial', 'pseudonym']) if (methods.includes(method as 'partial')) return method
  if (deciding.length > 0) return 'absent'
  if (named === 'unclassified') return 'scanned'
  return named === 'none' ? 'clear' : 'absent'
}

describe('security/policy: compileView against the rules as they are written', () => {
  const question = fc.record({
    rules: fc.array(masked, { maxLength: 12 }),
    of: claims,
    tenant: fc.constantFrom(...TENANTS),
    things: fc.array(thing, { minLength: 1, maxLength: 3 }),
  })

  it('admits and shows the same', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(question, ({ rules, of, tenant, things }) => {
        const view = compileView({ generation: 'g', rules, vocabulary }, of, tenant, kit)
        const mine = about(rules, of, tenant)
        for (const each of things) {
          expect(view.admits(each), 'admits').to.equal(admits(mine, each))
          if (view.types && admits(mine, each))
            expect(each.types.some((type) => view.types?.has(type))).to.equal(true)
          for (const name of ATTRIBUTES) {
            const expected = looks(mine, each, name)
            seen.add(expected)
            for (const type of each.types)
              if (view.clearEverywhere(name, [type]))
                expect(expected, 'clear among its type').to.equal('clear')
            expect(shown(view, each, name), name).to.equal(expected)
          }
        }
      }),
      { numRuns: 500 },
    )
    expect(seen).to.have.keys('clear', 'scanned', 'absent', 'partial', 'pseudonym')
  })

  it('names views that see the same alike, whatever is said of others', () => {
    fc.assert(
      fc.property(
        fc.array(masked, { maxLength: 6 }),
        fc.array(masked, { maxLength: 6 }),
        claims,
        (mine, more, of) => {
          const others = more.map((one) => ({ ...one, subjects: [{ role: ['somebody else'] }] }))
          const id = (rules: readonly Rule[]) =>
            compileView({ generation: 'g', rules, vocabulary }, of, DEFAULT_TENANT, kit).id
          expect(id([...others, ...mine])).to.equal(id(mine))
        },
      ),
      { numRuns: 100 },
    )
  })
})

/** What is seen of an attribute, whoever sees the entity. */
function shown(view: View, of: Entity, name: Iri): string {
  const { types: _, ...columns } = view
  const [instance] = see(of, { ...columns, admits: () => true })?.attributes[name] ?? []
  if (!instance) return 'absent'
  const value = String(instance.value)
  if (value === VALUE) return 'clear'
  if (value.includes('[…]')) return 'scanned'
  return value.includes('678') ? 'partial' : 'pseudonym'
}
