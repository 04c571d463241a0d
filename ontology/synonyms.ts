import type { AttributeDefinition, AttributeUse, Iri, TypeDefinition, Vocabulary } from './vocabulary.ts'

/** An attribute of a type, as other vocabularies may call it. */
export interface NamedAttribute {
  readonly use: AttributeUse
  readonly definition: AttributeDefinition
}

/** What terms of other vocabularies stand for here. */
export interface Synonyms {
  /** Answers the type that a name or IRI of another vocabulary stands for. */
  type(name: string): TypeDefinition | undefined
  /** Answers the attribute of a type that a name or IRI of another vocabulary stands for. */
  attribute(type: TypeDefinition, name: string): NamedAttribute | undefined
  /** Answers the IRI here of what an IRI of another vocabulary stands for, whatever the type. */
  iri(foreign: Iri): Iri | undefined
}

/** Reads the synonyms of a vocabulary; a name that means several things is left alone where the type does not decide. */
export function readSynonyms(vocabulary: Vocabulary): Synonyms {
  const types = namesOf(vocabulary.types, ({ iri }) => [iri])
  const definitions = new Map(vocabulary.attributes.map((definition) => [definition.name, definition]))
  const byType = new Map<TypeDefinition, ReadonlyMap<string, AttributeUse>>()
  /** A name of our own may mean another thing there, but where the source says the same; terms of the core are everyone's. */
  const ownNames = ({ name, iri }: AttributeUse) => (definitions.get(name)?.core ? [name, iri] : [iri])
  const usesOf = (type: TypeDefinition) => {
    const known = byType.get(type) ?? namesOf(type.attributes, ownNames)
    byType.set(type, known)
    return known
  }
  const things = [...vocabulary.types, ...vocabulary.types.flatMap(({ attributes }) => attributes)]
  const everywhere = namesOf(things, () => [])
  return {
    type: (name) => types.get(name),
    attribute: (type, name) => {
      const use = usesOf(type).get(name)
      const definition = use && definitions.get(use.name)
      return use && definition && { use, definition }
    },
    iri: (foreign) => iriOf(foreign, everywhere),
  }
}

/** `dataModel.*` in a synonym stands for every subject. */
function iriOf(foreign: Iri, everywhere: ReadonlyMap<string, { readonly iri: Iri }>): Iri | undefined {
  return (everywhere.get(foreign) ?? everywhere.get(foreign.replace(/\/dataModel\.\w+\//, '/dataModel.*/')))
    ?.iri
}

interface Named {
  readonly name: string
  readonly iri: Iri
  readonly synonyms?: readonly string[]
}

/** Names and IRIs of things with the thing of each; what leads to two things leads to none. */
function namesOf<T extends Named>(
  things: readonly T[],
  own: (thing: T) => readonly string[],
): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  const several = new Set<string>()
  for (const thing of things) {
    for (const name of [...own(thing), ...(thing.synonyms ?? [])]) {
      const other = found.get(name)
      if (other && other.iri !== thing.iri) several.add(name)
      else found.set(name, thing)
    }
  }
  for (const name of several) found.delete(name)
  return found
}
