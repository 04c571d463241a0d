import type { Iri } from '../model/iri.ts'

/** What a rule is about: some attributes of entities of some types; without either: all. Names are expanded. */
export interface OfAttributes {
  readonly types?: readonly Iri[]
  readonly attributes?: readonly Iri[]
}

/** Answers the first rule that is about an attribute of an entity that has these types. */
export function firstRule<Rule extends OfAttributes>(
  rules: readonly Rule[],
  types: readonly Iri[],
  attribute: Iri,
): Rule | undefined {
  return rules.find(
    (rule) =>
      (!rule.types || types.some((type) => rule.types?.includes(type))) &&
      (!rule.attributes || rule.attributes.includes(attribute)),
  )
}
