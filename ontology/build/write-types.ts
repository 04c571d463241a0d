import type { AttributeUse, Kind, TypeDefinition, Vocabulary } from '../vocabulary.ts'
import { type AttributeRule, attributeRules, ruleName, subRuleName } from './uses.ts'

const HEAD = `// Entity types of the ontology, generated from ontology/source: do not edit.

/** What every instance of an attribute may say besides its value. */
export interface Instance {
  readonly observedAt?: string
  readonly expiresAt?: string
  readonly datasetId?: string
  readonly createdAt?: string
  readonly modifiedAt?: string
}

/** A value, in the one unit that its attribute has (UN/CEFACT code). */
export interface Property<Value, Unit extends string = never> extends Instance {
  readonly type: 'Property'
  readonly value: Value
  readonly unitCode?: Unit
}

/** A link to another entity, of one of these types where that is known. */
export interface Relationship<Target extends string = string, Object = string> extends Instance {
  readonly type: 'Relationship'
  readonly object: Object
  readonly objectType?: Target | readonly Target[]
}

/** A text in several languages. */
export interface LanguageProperty extends Instance {
  readonly type: 'LanguageProperty'
  readonly languageMap: Readonly<Record<string, string | readonly string[]>>
}

/** A place, longitude first. */
export interface GeoProperty<Type extends string = string> extends Instance {
  readonly type: 'GeoProperty'
  readonly value: { readonly type: Type; readonly coordinates: readonly unknown[] }
}

/** A time, as a text or typed. */
export type Time<Type extends string> = string | { readonly '@type': Type; readonly '@value': string }

/** One instance, or several with a datasetId each. */
export type Several<One> = One | readonly One[]

/** What every entity has. */
export interface EntityOf<Type extends string> {
  readonly '@context'?: unknown
  readonly id: string
  readonly type: Type | readonly string[]
  readonly scope?: string | readonly string[]
}

type ValueOf<Attribute> = Attribute extends readonly (infer One)[]
  ? ValueOf<One>
  : Attribute extends { readonly value: infer Value }
    ? Value
    : Attribute extends { readonly languageMap: infer Map }
      ? { readonly languageMap: Map }
      : Attribute extends { readonly object: infer Object }
        ? Object
        : Attribute

/** An entity in simplified form: values in place of attributes (\`options=simplified\`). */
export type Simplified<Entity> = { readonly [Name in keyof Entity]: ValueOf<Entity[Name]> }
`

/** Answers the TypeScript types of all entities, typed down to units and lists of values. */
export function writeTypes(vocabulary: Vocabulary): string {
  const { types, valueLists } = vocabulary
  const lists = Object.entries(valueLists).map(
    ([name, list]) => `export type ${name}Value = ${union(Object.keys(list))}`,
  )
  const rules = attributeRules(vocabulary).map(
    (rule) => `  readonly ${quoted(rule.name)}: ${ruleType(rule, vocabulary)}`,
  )
  return `${[
    HEAD,
    ...lists,
    `\n/** What instances of attributes are; a dot leads from a type to what it narrows. */\nexport interface Attributes {\n${rules.join('\n')}\n}`,
    ...types.map((type) => entityType(type, vocabulary)),
    `\n/** Every type by its name. */\nexport interface EntityTypes {\n${types.map(({ name }) => `  readonly ${name}: ${name}`).join('\n')}\n}`,
  ].join('\n')}\n`
}

function entityType(type: TypeDefinition, vocabulary: Vocabulary): string {
  const { name, label } = type
  const members = type.attributes.map((use) => {
    const optional = use.cardinality.startsWith('1') ? '' : '?'
    return `${comment(use, vocabulary)}  readonly ${use.name}${optional}: Several<Attributes[${quoted(ruleName(use, type, vocabulary))}]>`
  })
  return `\n/** ${words(`${label.en} · ${label.vi}`)} */\nexport interface ${name} extends EntityOf<'${name}'> {\n${members.join('\n')}\n}`
}

function comment(use: AttributeUse, vocabulary: Vocabulary): string {
  const definition = vocabulary.attributes.find(({ name }) => name === use.name)
  const unit = definition?.unit
  const { minimum, maximum, label, deprecated } = use
  const facts = [
    `${label.en} · ${label.vi}`,
    ...(unit === undefined ? [] : [vocabulary.units[unit] ?? unit]),
    ...(minimum === undefined ? [] : [`${minimum} to ${maximum}`]),
    ...(deprecated === undefined ? [] : ['@deprecated']),
  ]
  return `  /** ${words(facts.join(', '))} */\n`
}

function ruleType(rule: AttributeRule, vocabulary: Vocabulary): string {
  const kinds = rule.facets.kinds.map((kind) => kindType(kind, rule, vocabulary))
  const inside = Object.entries(rule.definition.subAttributes).map(
    ([name, number]) =>
      `readonly ${name}${number.startsWith('1') ? '' : '?'}: Attributes[${quoted(subRuleName(name, number))}]`,
  )
  const kind = kinds.length === 1 ? kinds[0] : `(${kinds.join(' | ')})`
  return inside.length === 0 ? `${kind}` : `${kind} & { ${inside.join('; ')} }`
}

function kindType(kind: Kind, rule: AttributeRule, vocabulary: Vocabulary): string {
  const { facets, definition, many } = rule
  switch (kind) {
    case 'LanguageProperty':
      return kind
    case 'GeoProperty':
      return `GeoProperty<${facets.geometry ? union(facets.geometry) : 'string'}>`
    case 'Relationship':
      return `Relationship<${facets.target ? union(facets.target) : 'string'}${many ? ', string | readonly string[]' : ''}>`
    case 'Property': {
      const value = valueType(rule, vocabulary)
      const unit = definition.unit === undefined ? '' : `, '${definition.unit}'`
      return `Property<${many ? `${value} | readonly (${value})[]` : value}${unit}>`
    }
  }
}

function valueType({ facets, definition }: AttributeRule, { shapes }: Vocabulary): string {
  if (facets.values !== undefined) return `${facets.values}Value`
  switch (definition.value) {
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'dateTime':
      return "Time<'DateTime'>"
    case 'date':
      return "Time<'Date'>"
    case 'object':
      return shapeType(shapes[definition.shape ?? ''] ?? {})
    default:
      return 'string'
  }
}

function shapeType(shape: Readonly<Record<string, string>>): string {
  const members = Object.entries(shape).map(
    ([name, type]) => `readonly ${name}?: ${type === 'integer' ? 'number' : type}`,
  )
  return `{ readonly type?: string; ${members.join('; ')} }`
}

function union(names: readonly string[]): string {
  return names.map(quoted).join(' | ')
}

function quoted(name: string): string {
  return `'${name}'`
}

function words(text: string): string {
  return text.replaceAll('*/', '* /')
}
