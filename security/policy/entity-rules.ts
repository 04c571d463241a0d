import type { Action } from '../../broker/core/model/caller.ts'
import type { Entity } from '../../broker/core/model/entity.ts'
import type { Iri } from '../../broker/core/model/iri.ts'
import { type AttributeClass, isColumnRule, isOfMany, type Rule } from './rule.ts'
import { createRuleList, matchesTypes, type RuleList } from './rule-list.ts'
import type { Vocabulary } from './vocabulary.ts'

/** The rules for one action on entities, sorted by what they speak of. */
export interface EntityRules {
  /** About whole entities; those that ask least of an entity first. */
  readonly permits: RuleList
  readonly denials: RuleList
  /** Permits that leave something of many of them together, and nothing of one. */
  readonly together: readonly Rule[]
  /** About attributes. */
  readonly columns: RuleList
}

/** Sorts the rules that speak of one action on entities. */
export function entityRules(rules: readonly Rule[], action: Action): EntityRules {
  const about = rules.filter((rule) => rule.actions.has(action) && rule.kinds.has('entity'))
  const rows = about.filter((rule) => !isColumnRule(rule))
  return {
    permits: rowList(rows.filter((rule) => rule.effect === 'permit' && !isOfMany(rule))),
    denials: rowList(rows.filter((rule) => rule.effect === 'deny')),
    together: rows.filter((rule) => rule.effect === 'permit' && isOfMany(rule)),
    columns: createRuleList(about.filter(isColumnRule)),
  }
}

/** One that speaks of the entity is enough: those are asked first that have not to look at it. */
export function rowList(rules: readonly Rule[]): RuleList {
  return createRuleList([...rules.filter((rule) => isWhole(rule)), ...rules.filter((rule) => !isWhole(rule))])
}

/** Tells whether the rules about rows let this entity be seen: permitted by one, denied by none. */
export function admitsEntity({ permits, denials }: EntityRules, entity: Entity): boolean {
  const speaks = (rule: Rule) => matchesPlace(rule, entity)
  return permits.of(entity.types).some(speaks) && !denials.of(entity.types).some(speaks)
}

/** Tells whether a rule speaks of all entities of its types, wherever they are and whatever their ids: it has not to look at them. */
export function isWhole(rule: Rule): boolean {
  return rule.matchesId === undefined && rule.matchesScope === undefined && rule.matchesContent === undefined
}

/** Tells whether a rule speaks of this entity. */
export function matchesEntity(rule: Rule, entity: Entity): boolean {
  return matchesTypes(rule, entity.types) && matchesPlace(rule, entity)
}

/** Tells whether id, scopes and content of an entity are those that a rule asks for. */
export function matchesPlace(rule: Rule, entity: Entity): boolean {
  const { id, scopes = [] } = entity
  return (
    (rule.matchesId === undefined || rule.matchesId(id)) &&
    (rule.matchesScope === undefined || rule.matchesScope(scopes)) &&
    (rule.matchesContent === undefined || rule.matchesContent(entity))
  )
}

/** Tells whether a rule speaks of this attribute, by its name, its class, or both where it gives both. */
export function matchesAttribute(rule: Rule, attribute: Iri, attributeClass: AttributeClass): boolean {
  return (
    (rule.attributes === undefined || rule.attributes.has(attribute)) &&
    (rule.classes === undefined || rule.classes.has(attributeClass))
  )
}

/**
 * Answers the class of an attribute on entities of these types, as rules name it. What may tell of children is a class of its
 * own, so that no rule about other classes shares it.
 */
export function classOf(vocabulary: Vocabulary, attribute: Iri, types: readonly Iri[]): AttributeClass {
  if (vocabulary.ofChildren?.(attribute, types)) return 'children'
  return vocabulary.personalData(attribute, types) ?? 'unclassified'
}
