import type { Action, Target } from '../../broker/core/model/caller.ts'
import type { Entity } from '../../broker/core/model/entity.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import { Problem } from '../../broker/core/model/problem.ts'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import { applicableRules } from './applicable-rules.ts'
import type { Claims } from './claims.ts'
import { compileRights } from './compile-rights.ts'
import { decideColumn } from './decide-column.ts'
import { conditionsOf, effectOf, methodOf } from './describe-rule.ts'
import {
  admitsEntity,
  classOf,
  entityRules,
  isWhole,
  matchesAttribute,
  matchesPlace,
} from './entity-rules.ts'
import { type AttributeClass, isColumnRule, type MaskSpec, type PolicySet, type Rule } from './rule.ts'
import { createRuleList, matchesTypes } from './rule-list.ts'

/** What is asked about: an action on things of a kind, of entities as far as they are known. */
export interface Question {
  readonly action: Action
  readonly resource: Target['resource']
  readonly types?: readonly Iri[]
  readonly id?: string
  /** The entity itself, where it is at hand: rules that look at it are settled then. */
  readonly entity?: Entity
  /** Attributes that a write touches, or that are asked about. */
  readonly attributes?: readonly Iri[]
}

/** A rule that has its part in a decision. */
export interface ToldRule {
  readonly id: string
  readonly file: string
  readonly line: number
  readonly about: 'entities' | 'attributes' | 'resources'
  /** What comes of it. */
  readonly effect: string
  /** What it depends on still. */
  readonly conditions?: string
}

/** How one attribute is treated, and which rules say so: none where its class does. */
export interface ToldAttribute {
  readonly attribute: Iri
  readonly class: AttributeClass
  /** `scanned`: as it is, but for identifiers of persons in its texts. */
  readonly shown: 'clear' | 'masked' | 'scanned' | 'absent'
  /** How it is masked. */
  readonly mask?: MaskSpec
  /** On which entities it is shown so is not settled by the type. */
  readonly depends?: true
  /** The same in words, with what it depends on. */
  readonly treatment: string
  readonly rules: readonly string[]
}

/** Why a decision is as it is. `conditional`: it depends on the entity, or on its type. */
export interface ExplainedDecision {
  readonly outcome: 'permitted' | 'refused' | 'hidden' | 'conditional'
  readonly rules: readonly ToldRule[]
  readonly attributes: readonly ToldAttribute[]
}

/** Explains what the rules come to for a caller: nothing is asked but the rules, so that it says nothing of values. */
export function explainDecision(
  policies: PolicySet,
  { claims, tenant }: { readonly claims: Claims; readonly tenant: Tenant },
  question: Question,
): ExplainedDecision {
  const rules = applicableRules(policies, claims, tenant).filter((rule) => isAbout(rule, question))
  const outcome = outcomeOf(policies, { claims, tenant }, { rules, question })
  return {
    outcome,
    rules: rules.map((rule) => toldRule(rule, question)),
    attributes: outcome === 'refused' ? [] : attributesOf(policies, rules, question),
  }
}

/** Tells whether a rule has to do with what is asked, as far as that is known. */
function isAbout(rule: Rule, { action, resource, types, id, entity, attributes }: Question): boolean {
  if (!rule.actions.has(action) || !rule.kinds.has(resource)) return false
  if (types && !matchesTypes(rule, types)) return false
  if (id !== undefined && rule.matchesId?.(id) === false) return false
  if (entity && !matchesPlace(rule, entity)) return false
  return !attributes || !rule.attributes || attributes.some((name) => rule.attributes?.has(name))
}

function outcomeOf(
  policies: PolicySet,
  { claims, tenant }: { readonly claims: Claims; readonly tenant: Tenant },
  { rules, question }: { readonly rules: readonly Rule[]; readonly question: Question },
): ExplainedDecision['outcome'] {
  const { action, entity, ...target } = question
  try {
    compileRights(
      policies,
      claims,
      tenant,
    )(action, {
      ...target,
      ...(entity && { entity, scopes: entity.scopes ?? [] }),
    })
  } catch (error) {
    if (error instanceof Problem) return 'refused'
    throw error
  }
  if (question.resource !== 'entity') return 'permitted'
  if (entity)
    return action === 'read' && !admitsEntity(entityRules(rules, action), entity) ? 'hidden' : 'permitted'
  const rows = rules.filter((rule) => !isColumnRule(rule))
  const settled = rows.filter(isWhole).filter((rule) => question.types || !rule.types)
  const isSettled =
    settled.some(({ effect }) => effect === 'permit') && rows.every(({ effect }) => effect === 'permit')
  return isSettled ? 'permitted' : 'conditional'
}

function toldRule(rule: Rule, { resource, entity }: Question): ToldRule {
  const conditions = conditionsOf(rule)
  return {
    id: rule.id,
    ...rule.origin,
    about: resource !== 'entity' ? 'resources' : isColumnRule(rule) ? 'attributes' : 'entities',
    effect: effectOf(rule),
    ...(conditions !== '' && !entity && { conditions }),
  }
}

function attributesOf(
  { vocabulary }: PolicySet,
  rules: readonly Rule[],
  { resource, types, attributes, action, entity }: Question,
): readonly ToldAttribute[] {
  if (resource !== 'entity' || action !== 'read' || !types) return []
  const columns = createRuleList(rules.filter(isColumnRule))
  const names = attributes ?? [...new Set(types.flatMap((type) => vocabulary.attributesOf(type)))]
  return names.map((attribute) => {
    const attributeClass = classOf(vocabulary, attribute, types)
    const matching = columns.of(types).filter((rule) => matchesAttribute(rule, attribute, attributeClass))
    return {
      attribute,
      class: attributeClass,
      ...toldTreatment(matching, attributeClass, entity !== undefined),
    }
  })
}

/** What is unclassified is shown after a scan, unless a rule shows it. `settled`: the rules that match do so for certain. */
function toldTreatment(
  matching: readonly Rule[],
  attributeClass: AttributeClass,
  settled: boolean,
): Omit<ToldAttribute, 'attribute' | 'class'> {
  const { treatment, by } = decideColumn(matching, attributeClass)
  const isScanned = treatment === 'clear' && attributeClass === 'unclassified' && by.length === 0
  const shown = isScanned ? 'scanned' : typeof treatment === 'string' ? treatment : 'masked'
  const mask = typeof treatment === 'string' ? undefined : treatment.mask
  const conditions = settled ? [] : [...new Set(by.map(conditionsOf))]
  const where = conditions.includes('') || conditions.length === 0 ? '' : ` where ${conditions.join('; or ')}`
  return {
    shown,
    ...(mask && { mask }),
    ...(!settled && by.length > 0 && !by.some(isWhole) && { depends: true as const }),
    treatment: `${isScanned ? 'scanned for identifiers' : labelOf(treatment)}${where}`,
    rules: by.map(({ id }) => id),
  }
}

function labelOf(treatment: 'clear' | 'absent' | Rule): string {
  if (typeof treatment === 'string') return treatment
  return treatment.mask ? methodOf(treatment.mask) : 'absent'
}
