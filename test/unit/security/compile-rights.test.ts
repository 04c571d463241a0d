import { expect } from 'chai'
import fc from 'fast-check'
import type { Action, Target } from '../../../broker/core/model/caller.ts'
import type { Iri } from '../../../broker/core/model/iri.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT, type Tenant } from '../../../broker/core/model/tenant.ts'
import type { Claims } from '../../../security/policy/claims.ts'
import { compileRights } from '../../../security/policy/compile-rights.ts'
import type { Rule } from '../../../security/policy/rule.ts'
import {
  ACTIONS,
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
import { iri, vocabulary } from './support/vocabulary.ts'

const target: fc.Arbitrary<Target> = joined(
  fc.record({ resource: fc.constantFrom('entity', 'entity', 'entity', 'feed') }),
  perhaps('id', fc.constantFrom(...IDS)),
  perhaps('types', fc.subarray(TYPES)),
  perhaps('scopes', fc.subarray(SCOPES)),
  perhaps('attributes', fc.subarray(ATTRIBUTES)),
)
interface Question {
  readonly rules: readonly Rule[]
  readonly of: Claims
  readonly tenant: Tenant
  readonly action: Action
  readonly target: Target
}

/** Judges by nothing but the rules as they are written, anew for every type and attribute. */
function isPermitted(question: Question): boolean {
  const { action, target } = question
  const about = question.rules.filter((one) => speaksOf(one, question))
  if (target.resource !== 'entity') {
    const effects = about.map(({ effect }) => effect)
    return effects.includes('permit') && !effects.includes('deny')
  }
  if (action === 'create' && !seesWhatMayHaveTheId(question)) return false
  const verdicts = orOpen(target.types).flatMap((type) =>
    orOpen(target.attributes).map((attribute) => permitsOne(about, question, { type, attribute })),
  )
  return action === 'read' ? verdicts.includes(true) : !verdicts.includes(false)
}

/** Every entity that there could be under the id is one that may be read: an id names its type, or may be one of any. */
function seesWhatMayHaveTheId(question: Question): boolean {
  const { id } = question.target
  if (id === undefined) return true
  const about = question.rules.filter((one) => !one.attributes && !one.classes)
  const reading = about.filter((one) => speaksOf(one, { ...question, action: 'read' }))
  const possible = id.startsWith('urn:ngsi-ld:Device:') ? [iri('Device')] : [...TYPES, iri('Other')]
  return possible.every((type) =>
    [[], ['/a'], ['/b'], [...SCOPES]].every((scopes) => {
      const holds = (one: Rule) =>
        one.types?.has(type) !== false &&
        one.matchesId?.(id) !== false &&
        one.matchesScope?.(scopes) !== false
      const effects = reading.filter(holds).map(({ effect }) => effect)
      return effects.includes('permit') && !effects.includes('deny')
    }),
  )
}

const orOpen = (given: readonly Iri[] | undefined) =>
  given === undefined || given.length === 0 ? [undefined] : given

function speaksOf({ actions, kinds, tenants, subjects }: Rule, question: Question): boolean {
  const { of, action, tenant, target } = question
  return (
    actions.has(action) &&
    kinds.has(target.resource) &&
    tenants?.has(tenant) !== false &&
    subjects.some(
      ({ role, purpose, anonymous }) =>
        (!role || role.some((one) => of.roles.includes(one))) &&
        (!purpose || purpose.includes(of.purpose ?? '')) &&
        (anonymous === undefined || anonymous === of.anonymous),
    )
  )
}

function permitsOne(
  about: readonly Rule[],
  { action, target }: Question,
  { type, attribute }: { readonly type: Iri | undefined; readonly attribute: Iri | undefined },
): boolean {
  const holds = (one: Rule, open: boolean) =>
    (type === undefined ? !one.types || open : one.types?.has(type) !== false) &&
    (target.id === undefined ? !one.matchesId || open : one.matchesId?.(target.id) !== false) &&
    (target.scopes === undefined ? !one.matchesScope || open : one.matchesScope?.(target.scopes) !== false)
  const covers = (one: Rule) => {
    if (!one.attributes && !one.classes) return false
    if (attribute === undefined) return target.attributes === undefined
    const types = target.types ?? (type === undefined ? [] : [type])
    const named = vocabulary.personalData(attribute, types) ?? 'unclassified'
    return one.attributes?.has(attribute) !== false && one.classes?.has(named) !== false
  }
  const isRow = (one: Rule) => !one.attributes && !one.classes
  if (about.some((one) => one.effect === 'deny' && isRow(one) && holds(one, false))) return false
  const deniesColumn = (one: Rule) => one.effect === 'deny' && covers(one) && holds(one, true)
  if (action !== 'read' && attribute !== undefined && about.some(deniesColumn)) return false
  const permits = (one: Rule) => one.effect === 'permit' && holds(one, true)
  if (about.some((one) => isRow(one) && permits(one))) return true
  return (action === 'update' || action === 'delete') && about.some((one) => covers(one) && permits(one))
}

function outcome({ rules, of, tenant }: Question, asked: readonly [Action, Target]): string {
  const rights = compileRights({ generation: 'g', rules, vocabulary }, of, tenant)
  try {
    rights(...asked)
    return 'permitted'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

describe('security/policy: compileRights against the rules as they are written', () => {
  const question: fc.Arbitrary<Question> = fc.record({
    rules: fc.array(rule, { maxLength: 8 }),
    of: claims,
    tenant: fc.constantFrom(...TENANTS),
    action: fc.constantFrom(...ACTIONS),
    target,
  })

  it('decides the same', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(question, (asked) => {
        const refused = asked.of.anonymous ? 'Unauthorized' : 'Forbidden'
        const expected = isPermitted(asked) ? 'permitted' : refused
        seen.add(expected)
        expect(outcome(asked, [asked.action, asked.target])).to.equal(expected)
      }),
      { numRuns: 3000 },
    )
    expect(seen).to.have.keys('permitted', 'Unauthorized', 'Forbidden')
  })

  it('decides each question as if it were the first', () => {
    const more = fc.array(fc.tuple(fc.constantFrom(...ACTIONS), target), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(question, more, ({ rules, of, tenant }, asked) => {
        const rights = compileRights({ generation: 'g', rules, vocabulary }, of, tenant)
        for (const [action, target] of asked) {
          const permitted = isPermitted({ rules, of, tenant, action, target })
          const ask = () => rights(action, target)
          if (permitted) expect(ask).not.to.throw()
          else expect(ask).to.throw(Problem)
        }
      }),
      { numRuns: 500 },
    )
  })

  /** What may turn out to be there where a target leaves it open. */
  function completions(target: Target): readonly Target[] {
    const { final: _, ...open } = target
    const attributes = open.attributes
      ? [open.attributes]
      : [[], ...ATTRIBUTES.map((name) => [name]), [...ATTRIBUTES]]
    const types = open.types?.length ? [open.types] : TYPES.map((type) => [type])
    const scopes = open.scopes ? [open.scopes] : [[], ['/a'], ['/b'], [...SCOPES]]
    const ids = open.id === undefined ? IDS : [open.id]
    return ids.flatMap((id) =>
      types.flatMap((type) =>
        scopes.flatMap((scope) =>
          attributes.map((names) => ({ ...open, id, types: type, scopes: scope, attributes: names })),
        ),
      ),
    )
  }

  it('what it permits for good is permitted whatever turns out to be there', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(question, ({ target, ...asked }) => {
        const whole = { ...asked, target: { ...target, final: true as const } }
        const permitted = outcome(whole, [asked.action, whole.target]) === 'permitted'
        if (target.resource !== 'entity') return
        // what is created is created under some id
        if (asked.action === 'create' && target.id === undefined) return
        seen.add(permitted ? 'permitted' : 'refused')
        if (!permitted) return
        for (const complete of completions(target))
          expect(outcome({ ...asked, target: complete }, [asked.action, complete])).to.equal('permitted')
      }),
      { numRuns: 500 },
    )
    expect(seen).to.have.keys('permitted', 'refused')
  })

  it('no attribute is permitted for good that is of another class on a type that there may be', () => {
    const allowed: Rule = {
      id: 'harmless',
      digest: '',
      origin: { file: 'test.yaml', line: 1 },
      effect: 'permit',
      subjects: [{ role: ['operator'] }],
      actions: new Set(['update']),
      kinds: new Set(['entity']),
      classes: new Set(['none', 'basic']),
    }
    const of: Claims = {
      subject: 's',
      issuer: 'https://issuer.example.org',
      roles: ['operator'],
      anonymous: false,
    }
    const rights = compileRights({ generation: 'g', rules: [allowed], vocabulary }, of, DEFAULT_TENANT)
    for (const types of [[], undefined]) {
      const about = { resource: 'entity', final: true, ...(types && { types }) } as const
      expect(() => rights('update', { ...about, attributes: [iri('location')] })).to.throw(Problem)
      expect(() => rights('update', { ...about, attributes: [iri('status')] })).not.to.throw()
    }
  })

  it('what is known is judged for good as it is otherwise', () => {
    fc.assert(
      fc.property(question, ({ target, ...asked }) => {
        const [complete] = completions({ ...target, resource: 'entity' })
        if (!complete || asked.action === 'read') return
        const types = complete.types?.slice(0, 1) ?? []
        const known = { ...complete, types }
        const final = { ...known, final: true as const }
        const judged = { ...asked, target: known }
        const otherwise = outcome(judged, [asked.action, known])
        expect(outcome({ ...asked, target: final }, [asked.action, final])).to.equal(otherwise)
      }),
      { numRuns: 500 },
    )
  })
})
