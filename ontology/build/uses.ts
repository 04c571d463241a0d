import type { AttributeDefinition, AttributeUse, Facets, TypeDefinition, Vocabulary } from '../vocabulary.ts'

/** What instances of an attribute have to be, under the name that JSON Schema and SHACL have for it. */
export interface AttributeRule {
  /** `pm25` wherever it means no more than its definition, `media.many`, `ServiceRequest.status`. */
  readonly name: string
  readonly definition: AttributeDefinition
  readonly facets: Facets
  /** May an instance have several values? */
  readonly many: boolean
}

/** Definitions by name, for each vocabulary that is being written. */
const known = new WeakMap<Vocabulary, ReadonlyMap<string, AttributeDefinition>>()

/** Answers what an attribute means, whichever type uses it. */
export function definitionOf(name: string, vocabulary: Vocabulary): AttributeDefinition {
  const byName =
    known.get(vocabulary) ?? new Map(vocabulary.attributes.map((attribute) => [attribute.name, attribute]))
  known.set(vocabulary, byName)
  const definition = byName.get(name)
  if (!definition) throw new Error(`Attribute ${name} is not defined`)
  return definition
}

/** Answers the rules of all attributes, each once: what several types ask for alike is one rule. */
export function attributeRules(vocabulary: Vocabulary): readonly AttributeRule[] {
  const rules = new Map<string, AttributeRule>()
  const add = (rule: AttributeRule) => rules.has(rule.name) || rules.set(rule.name, rule)
  for (const definition of vocabulary.attributes) {
    add({ name: definition.name, definition, facets: definition, many: false })
    for (const [sub, number] of Object.entries(definition.subAttributes)) {
      const inner = definitionOf(sub, vocabulary)
      add({ name: subRuleName(sub, number), definition: inner, facets: inner, many: isMany(number) })
    }
  }
  for (const type of vocabulary.types) {
    for (const use of type.attributes) {
      const definition = definitionOf(use.name, vocabulary)
      const many = isMany(use.cardinality)
      add({ name: ruleName(use, type, vocabulary), definition, facets: use, many })
    }
  }
  return [...rules.values()]
}

/** Answers the name of the rule that holds for an attribute of a type. */
export function ruleName(use: AttributeUse, { name: type }: TypeDefinition, vocabulary: Vocabulary): string {
  if (asks(use) !== asks(definitionOf(use.name, vocabulary))) return `${type}.${use.name}`
  return subRuleName(use.name, use.cardinality)
}

/** Answers the name of the rule of a sub-attribute. */
export function subRuleName(name: string, number: AttributeUse['cardinality']): string {
  return isMany(number) ? `${name}.many` : name
}

function isMany(number: AttributeUse['cardinality']): boolean {
  return number.endsWith('n')
}

/** What is asked of values, as a text to compare. */
function asks({ kinds, minimum, maximum, values, geometry }: Facets): string {
  return JSON.stringify([kinds, minimum, maximum, values, geometry])
}
