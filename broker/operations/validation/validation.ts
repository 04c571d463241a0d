import type { Decision } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { type Breach, breachesByChange, breachesOf } from '../../core/validation/breaches.ts'
import { type ConvertUnit, inCanonicalUnits } from '../../core/validation/canonical-units.ts'
import type { AttributeRules, TypeRules } from '../../core/validation/type-rules.ts'

/** What is done about the rules of a type when its entities are written. */
export interface JudgedType {
  readonly rules: TypeRules
  readonly mode: 'off' | 'warn' | 'enforce'
  readonly convertUnits: boolean
}

/** What is done about the rules of the ontology in every write. */
export interface Validation {
  /** Answers a decision with units converted, for types that ask for it. */
  inUnits(decision: Decision): Decision
  /** Refuses what an enforced rule forbids; all of an entity has to be right for a type that it gets. @throws Problem BadRequestData that names attribute and rule */
  refuse(decision: Decision, current: Entity | undefined): void
  /** Tells of what was kept though a rule forbids it. */
  note(decision: Decision): void
}

/** Told of each breach, for the metric. */
export type BreachNoted = (type: string, breach: Breach, mode: 'warn' | 'enforce') => void

const MOST_ERRORS = 20

/** Builds what judges writes by the rules of their types. */
export function createValidation(
  types: ReadonlyMap<Iri, JudgedType>,
  convert: ConvertUnit,
  noted: BreachNoted,
): Validation {
  return {
    inUnits: (decision) => {
      const rules = judged(decision).flatMap(({ rules, convertUnits }) => (convertUnits ? rules : []))
      return rules.length === 0 ? decision : inCanonicalUnits(decision, ruleIn(rules), convert)
    },
    refuse: (decision, current) => {
      const found = breaches(decision, 'enforce', current)
      const [first] = found
      if (!first || !decision.next) return
      for (const { type, breach } of found) noted(type, breach, 'enforce')
      const more = found.length === 1 ? '' : `, and ${found.length - 1} more`
      const { type, breach } = first
      throw badRequestData(
        `Entity ${decision.next.id} breaks rule ${breach.rule} of type ${type}: ${breach.attribute} ${breach.text}${more}`,
        { errors: found.slice(0, MOST_ERRORS).map(told) },
      )
    },
    note: (decision) => {
      for (const { type, breach } of breaches(decision, 'warn')) noted(type, breach, 'warn')
    },
  }

  function judged({ next, change }: Decision): readonly JudgedType[] {
    return next && change ? next.types.flatMap((type) => types.get(type) ?? []) : []
  }

  function breaches(
    decision: Decision,
    wanted: JudgedType['mode'],
    current: Entity | undefined = decision.next,
  ): readonly { readonly type: string; readonly breach: Breach }[] {
    const { next, change } = decision
    if (!next || !change) return []
    return next.types.flatMap((iri) => {
      const type = types.get(iri)
      if (type?.mode !== wanted) return []
      const { rules } = type
      const found = current?.types.includes(iri)
        ? breachesByChange(next, change, rules)
        : breachesOf(next, rules)
      return found.map((breach) => ({ type: rules.name, breach }))
    })
  }
}

/** What is told of a breach: where and why, never the value. */
export function told({ type, breach }: { readonly type: string; readonly breach: Breach }): {
  readonly [name: string]: string
} {
  const { pointer, rule, attribute, text, datasetId } = breach
  return {
    pointer,
    type,
    attribute,
    rule,
    detail: `${attribute} ${text}`,
    ...(datasetId !== undefined && { datasetId }),
  }
}

function ruleIn(rules: readonly TypeRules[]): (attribute: Iri) => AttributeRules | undefined {
  return (attribute) => rules.find(({ attributes }) => attributes.has(attribute))?.attributes.get(attribute)
}
