import type { EntityTypes } from '../../../ontology/generated/v1/entities.ts'

/** The types of entities that a client knows unless it is told others: those of the ontology. */
export type OntologyTypes = EntityTypes

/** Any entity, of whatever type and vocabulary. */
export interface AnyEntity {
  readonly id: string
  readonly type: string | readonly string[]
  readonly scope?: string | readonly string[]
  readonly [name: string]: unknown
}

/** Names of the types that are known; any other name is taken too, and leads to `AnyEntity`. */
export type TypeName<Types> = (keyof Types & string) | (string & {})

/** The entity of a name, of each where it is several. */
export type EntityNamed<Types, Name> = Name extends readonly (infer Each)[]
  ? EntityNamed<Types, Each>
  : Name extends keyof Types
    ? Types[Name]
    : AnyEntity

type EntityMember = '@context' | 'id' | 'type' | 'scope'

/** Names of the attributes of an entity; URIs go for attributes of other vocabularies. */
export type AttributeName<Entity> = string extends keyof Entity
  ? string
  : (Exclude<keyof Entity, EntityMember> & string) | `${string}:${string}`

/** One instance of an attribute, of whichever kinds it may be. */
export type One<Attribute> = Exclude<NonNullable<Attribute>, readonly unknown[]>

type InstanceMember =
  | 'type'
  | 'value'
  | 'unitCode'
  | 'object'
  | 'objectType'
  | 'languageMap'
  | 'observedAt'
  | 'expiresAt'
  | 'datasetId'
  | 'createdAt'
  | 'modifiedAt'

/** Names of the sub-attributes of an attribute. */
export type SubAttributeName<Attribute> = unknown extends Attribute
  ? string
  : (Exclude<keyof One<Attribute>, InstanceMember> & string) | `${string}:${string}`

/** What an instance says: the value of a property, the object of a relationship, the texts of a language property. */
export type ValueOf<Instance> = Instance extends { readonly value: infer Value }
  ? Value
  : Instance extends { readonly languageMap: infer Texts }
    ? Texts
    : Instance extends { readonly object: infer Target }
      ? Target
      : Instance

/** How entities are written (CIM 009 v1.9.1, 4.5): `simplified` and `keyValues` are the same. */
export type Format = 'normalized' | 'concise' | 'simplified' | 'keyValues'

/** An entity as it is answered: whatever is not there, or not for the caller, is absent. */
export type Answered<Entity, Form extends Format, Language extends string | undefined = undefined> = {
  readonly [Name in keyof Entity as Name extends 'id' | 'type' ? Name : never]: Entity[Name]
} & {
  readonly [Name in keyof Entity as Name extends 'id' | 'type' ? never : Name]?: Name extends EntityMember
    ? Entity[Name]
    : Written<Entity[Name], Form, Language>
}

type Written<Attribute, Form extends Format, Language> = unknown extends Attribute
  ? unknown
  : Form extends 'normalized'
    ? InLanguage<Attribute, Language>
    : Form extends 'concise'
      ? Concise<InLanguage<One<Attribute>, Language>> | Concise<InLanguage<One<Attribute>, Language>>[]
      : Simple<InLanguage<One<Attribute>, Language>>

/** With `lang`, texts in several languages are answered as one text. */
type InLanguage<Attribute, Language> = Language extends string
  ? Attribute extends { readonly type: 'LanguageProperty' }
    ? { readonly type: 'Property'; readonly value: string; readonly lang: string }
    : Attribute
  : Attribute

type Simple<Instance> = Instance extends {
  readonly type: 'LanguageProperty'
  readonly languageMap: infer Texts
}
  ? { readonly languageMap: Texts }
  : ValueOf<Instance>

/** An attribute without what is plain from its form; one that says nothing but its value is that value. */
export type Concise<Instance> = Instance extends {
  readonly type: 'Property' | 'GeoProperty'
  readonly value: infer Value
}
  ? Value | ConciseMembers<Instance>
  : Instance extends { readonly type: string }
    ? ConciseMembers<Instance>
    : Instance

type ConciseMembers<Instance> = {
  readonly [Name in keyof Instance as Name extends 'type' ? never : Name]: Name extends InstanceMember
    ? Instance[Name]
    : Concise<One<Instance[Name]>>
}

/** What is left of an entity when only these members are picked. */
export type Picked<Entity, Names> = string extends keyof Entity
  ? Entity
  : Names extends readonly (infer Name)[]
    ? Pick<Entity, Extract<keyof Entity, Name>>
    : Entity

/** An entity of a type to be written: attributes in normalized or concise form, in the unit of the ontology. */
export type NewEntity<Types, Name> = Name extends keyof Types
  ? {
      readonly id: string
      readonly type: Name
      readonly scope?: string | readonly string[]
      readonly '@context'?: unknown
    } & Fragment<Types, Name>
  : { readonly id: string; readonly type: Name } & Readonly<Record<string, unknown>>

/** Attributes of an entity to be written; null takes one away where that is merged. */
export type Fragment<Types, Name> = Name extends keyof Types
  ? {
      readonly [Attribute in Exclude<keyof Types[Name], EntityMember>]?:
        | Types[Name][Attribute]
        | Concise<One<Types[Name][Attribute]>>
        | readonly Concise<One<Types[Name][Attribute]>>[]
        | null
    } & { readonly [name: `${string}:${string}`]: unknown }
  : Readonly<Record<string, unknown>>

/** Instances of an attribute, whether it has one or several (CIM 009 v1.9.1, 4.5.5). */
export function instances<Attribute>(attribute: Attribute): readonly One<Attribute>[] {
  if (attribute === undefined || attribute === null) return []
  const all = Array.isArray(attribute) && attribute.some(hasDataset) ? attribute : [attribute]
  return all as readonly One<Attribute>[] // an array of instances is none of their values
}

/** The value of an attribute in any form; of several instances that of the default one, or of the first. */
export function valueIn<Attribute>(attribute: Attribute): ValueOf<One<Attribute>> | undefined {
  const all: readonly unknown[] = instances(attribute)
  const instance = all.find((one) => !hasDataset(one)) ?? all[0]
  const member = isObject(instance) && ['value', 'object', 'languageMap'].find((name) => name in instance)
  const value = member ? Reflect.get(instance as object, member) : instance
  return value as ValueOf<One<Attribute>> | undefined // what the form of the instance says
}

function hasDataset(instance: unknown): boolean {
  return isObject(instance) && 'datasetId' in instance
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
