import type { Action } from '../../broker/core/model/caller.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { applicableRules } from './applicable-rules.ts'
import type { Claims } from './claims.ts'
import { conditionsOf, limitOf, ofManyOf } from './describe-rule.ts'
import { explainDecision } from './explain-decision.ts'
import { KINDS } from './policy-schema.ts'
import { isColumnRule, type PolicySet, type Rule } from './rule.ts'
import { matchesTypes } from './rule-list.ts'
import { subjectShapes } from './subject-shapes.ts'

/** What somebody may do or see otherwise than before. */
export interface PolicyChange {
  readonly subject: string
  readonly direction: 'gains' | 'loses' | 'changes'
  readonly action: Action
  /** Type of entities, or kind of other things. */
  readonly what: string
  /** Attributes of the type that are treated otherwise; absent: the whole. */
  readonly attribute?: Iri
  readonly class?: string
  readonly before: string
  readonly after: string
}

const ACTIONS: readonly Action[] = ['read', 'create', 'update', 'delete']
/** From nothing to everything; what is not here lies between. */
const NOTHING = 'no'
const EVERYTHING = 'yes'

/** What one subject may, by what it is about. */
interface Entry extends Pick<PolicyChange, 'action' | 'what' | 'attribute' | 'class'> {
  readonly value: string
}

/** Tells who gains and who loses what between two sets of rules: for everybody whom either of them tells apart. */
export function diffPolicies(before: PolicySet, after: PolicySet): readonly PolicyChange[] {
  const shapes = subjectShapes([...before.rules, ...after.rules])
  return shapes.flatMap(({ name, claims }) => {
    const [was, is] = [mayOf(before, claims), mayOf(after, claims)]
    if (was.same === is.same) return []
    const [old, now] = [was.entries(), is.entries()]
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) =>
      change(name, old.get(key), now.get(key)),
    )
  })
}

function change(subject: string, was: Entry | undefined, is: Entry | undefined): readonly PolicyChange[] {
  const entry = is ?? was
  const [before, after] = [was?.value ?? NOTHING, is?.value ?? NOTHING]
  if (!entry || before === after) return []
  const { value: _, ...about } = entry
  return [{ subject, direction: directionOf(before, after), ...about, before, after }]
}

function directionOf(before: string, after: string): PolicyChange['direction'] {
  if (before === NOTHING || after === EVERYTHING) return 'gains'
  return after === NOTHING || before === EVERYTHING ? 'loses' : 'changes'
}

/** What somebody may; `same`: equal texts may the same. */
function mayOf(
  policies: PolicySet,
  claims: Claims,
): { readonly same: string; readonly entries: () => ReadonlyMap<string, Entry> } {
  const rules = applicableRules(policies, claims, DEFAULT_TENANT)
  return {
    same: rules.map(({ digest }) => digest).join(' '),
    entries: () => {
      const all = [...resourcesOf(rules), ...entitiesOf(policies, claims, rules)]
      return new Map(all.map((entry) => [`${entry.action} ${entry.what} ${entry.attribute ?? ''}`, entry]))
    },
  }
}

function resourcesOf(rules: readonly Rule[]): readonly Entry[] {
  return KINDS.filter((kind) => kind !== 'entity').flatMap((what) =>
    ACTIONS.flatMap((action): readonly Entry[] => {
      const value = rowsOf(rules.filter(({ actions, kinds }) => actions.has(action) && kinds.has(what)))
      return value === NOTHING ? [] : [{ action, what, value }]
    }),
  )
}

function entitiesOf(policies: PolicySet, claims: Claims, rules: readonly Rule[]): readonly Entry[] {
  const { types } = policies.vocabulary
  return [...types].flatMap((what) =>
    ACTIONS.flatMap((action): readonly Entry[] => {
      const about = rules.filter(
        (rule) => rule.actions.has(action) && rule.kinds.has('entity') && matchesTypes(rule, [what]),
      )
      const value = rowsOf(about.filter((rule) => !isColumnRule(rule)))
      const whole: readonly Entry[] = value === NOTHING ? [] : [{ action, what, value }]
      if (action !== 'read' || value === NOTHING) return [...whole, ...partsOf(about, { action, what })]
      return [...whole, ...shownOf(policies, claims, what)]
    }),
  )
}

/** How whole things are permitted: with what it depends on in the words of the rules. */
function rowsOf(rows: readonly Rule[]): string {
  const texts = (effect: Rule['effect']) =>
    [...new Set(rows.filter((rule) => rule.effect === effect).map(termsOf))].sort()
  const [permits, denials] = [texts('permit'), texts('deny')]
  if (permits.length === 0 || denials.includes('')) return NOTHING
  const where = permits.includes('') ? EVERYTHING : `where ${permits.join('; or ')}`
  return denials.length === 0 ? where : `${where}, not where ${denials.join('; or ')}`
}

function termsOf(rule: Rule): string {
  const parts = [
    conditionsOf(rule),
    limitOf(rule),
    rule.own ? 'its own' : '',
    rule.tenants ? `tenant ${[...rule.tenants].join(' or ')}` : '',
    ...ofManyOf(rule),
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** Rights on some attributes of what is not permitted as a whole. */
function partsOf(rules: readonly Rule[], about: Pick<Entry, 'action' | 'what'>): readonly Entry[] {
  return rules
    .filter((rule) => isColumnRule(rule) && rule.effect === 'permit' && about.action !== 'read')
    .flatMap(({ attributes, classes = [] }) => [
      ...(attributes ?? [...classes].map((each) => `class ${each}`)),
    ])
    .map((attribute): Entry => ({ ...about, attribute, value: EVERYTHING }))
}

function shownOf(policies: PolicySet, claims: Claims, what: Iri): readonly Entry[] {
  const asked = { action: 'read', resource: 'entity', types: [what] } as const
  const { attributes } = explainDecision(policies, { claims, tenant: DEFAULT_TENANT }, asked)
  return attributes.map(
    ({ attribute, class: each, treatment }): Entry => ({
      ...{ action: 'read', what, attribute, class: each },
      value: treatment === 'clear' ? EVERYTHING : treatment === 'absent' ? NOTHING : treatment,
    }),
  )
}
