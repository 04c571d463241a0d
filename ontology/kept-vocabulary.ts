import type {
  AttributeDefinition,
  AttributeUse,
  JsonObject,
  TypeDefinition,
  Vocabulary,
} from './vocabulary.ts'

/** What of a definition is none of its uses'. */
const OWN = [
  'core',
  'value',
  'shape',
  'unit',
  'subAttributes',
] as const satisfies readonly (keyof AttributeDefinition)[]

/** Answers a vocabulary as its file has it: of what a type uses, only what the attribute or the type does not say already. */
export function keptVocabulary(vocabulary: Vocabulary): JsonObject {
  const definitions = definitionsOf(vocabulary)
  const types = vocabulary.types.map((type) => ({
    ...type,
    attributes: type.attributes.map((use) => {
      const base = usedAs(type, definitions.get(use.name))
      const others = Object.entries(use).filter(
        ([member, value]) => JSON.stringify(value) !== JSON.stringify(base[member]),
      )
      return { name: use.name, ...Object.fromEntries(others) }
    }),
  }))
  return { ...vocabulary, types } as unknown as JsonObject // its interfaces are plain JSON
}

/** Answers the vocabulary that a file has. */
export function wholeVocabulary(kept: Vocabulary): Vocabulary {
  const definitions = definitionsOf(kept)
  return {
    ...kept,
    types: kept.types.map((type) => ({
      ...type,
      attributes: type.attributes.map(
        (use) => ({ ...usedAs(type, definitions.get(use.name)), ...use }) as unknown as AttributeUse, // what was left out is there again
      ),
    })),
  }
}

/** What holds of an attribute on a type that says nothing of it. */
function usedAs(
  { retention, owner }: TypeDefinition,
  definition: AttributeDefinition | undefined,
): Readonly<Record<string, unknown>> {
  const others = Object.entries(definition ?? {}).filter(
    ([member]) => !(OWN as readonly string[]).includes(member),
  )
  return { cardinality: '0..1', retention, owner, ...Object.fromEntries(others) }
}

function definitionsOf({ attributes }: Vocabulary): ReadonlyMap<string, AttributeDefinition> {
  return new Map(attributes.map((attribute) => [attribute.name, attribute]))
}
