import type { AttributeChange, Decision } from '../model/change.ts'
import type { Attributes, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { AttributeRules } from './type-rules.ts'

/** Converts a value between unit codes; undefined: there is no way from one to the other. */
export type ConvertUnit = (value: number, from: string, to: string) => number | undefined

/** Answers a decision in which what is written has the unit of its attribute, where it can be converted to that. */
export function inCanonicalUnits(
  decision: Decision,
  ruleOf: (attribute: Iri) => AttributeRules | undefined,
  convert: ConvertUnit,
): Decision {
  const { next, change } = decision
  if (!next || !change) return decision
  const converted = new Map<Instance, Instance>()
  for (const { attribute, after } of change.attributes) {
    const rule = after && ruleOf(attribute)
    const other = rule ? canonical(after, rule, convert) : after
    if (after && other && other !== after) converted.set(after, other)
  }
  if (converted.size === 0) return decision
  return {
    ...decision,
    next: { ...next, attributes: replaced(next.attributes, converted, change.attributes) },
    change: {
      ...change,
      attributes: change.attributes.map(withOther),
      ...(change.recorded && { recorded: change.recorded.map(withOther) }),
    },
  }

  function withOther(one: AttributeChange): AttributeChange {
    const other = one.after && converted.get(one.after)
    return other ? { ...one, after: other } : one
  }
}

/** An instance that came late is in the history alone. */
function replaced(
  attributes: Attributes,
  converted: ReadonlyMap<Instance, Instance>,
  changes: readonly AttributeChange[],
): Attributes {
  const next: Record<Iri, readonly Instance[]> = { ...attributes }
  for (const { attribute, after, late } of changes) {
    const other = after && converted.get(after)
    if (!other || late) continue
    next[attribute] = (next[attribute] ?? []).map((one) => (one.datasetId === other.datasetId ? other : one))
  }
  return next
}

function canonical(instance: Instance, rule: AttributeRules, convert: ConvertUnit): Instance {
  const value = valueIn(instance, rule, convert)
  const attributes = instance.attributes && canonicalInside(instance.attributes, rule, convert)
  if (value === undefined && attributes === instance.attributes) return instance
  return {
    ...instance,
    ...(value !== undefined && rule.unit !== undefined && { value, unitCode: rule.unit }),
    ...(attributes && { attributes }),
  }
}

function valueIn(
  { kind, value, unitCode }: Instance,
  { unit }: AttributeRules,
  convert: ConvertUnit,
): number | undefined {
  if (kind !== 'Property' || typeof value !== 'number' || unitCode === undefined || unit === undefined)
    return undefined
  return unitCode === unit ? undefined : convert(value, unitCode, unit)
}

function canonicalInside(
  attributes: Attributes,
  { inside }: AttributeRules,
  convert: ConvertUnit,
): Attributes {
  if (inside.size === 0) return attributes
  const entries = Object.entries(attributes).map(([iri, instances]) => {
    const rule = inside.get(iri)
    return [iri, rule ? instances.map((one) => canonical(one, rule, convert)) : instances] as const
  })
  const isSame = entries.every(([iri, instances]) =>
    instances.every((one, at) => one === attributes[iri]?.[at]),
  )
  return isSame ? attributes : Object.fromEntries(entries)
}
