import type { JsonObject, Vocabulary } from '../vocabulary.ts'

/** Answers the JSON-LD @context document: every type and attribute that is not a term of the core. */
export function writeContext(vocabulary: Vocabulary): JsonObject {
  const types = vocabulary.types.map(({ name, iri }) => [name, iri] as const)
  const attributes = vocabulary.attributes
    .filter(({ core }) => !core)
    .map(
      ({ name, iri, kinds }) =>
        [name, kinds[0] === 'Relationship' ? { '@id': iri, '@type': '@id' } : iri] as const,
    )
  const terms = [...types, ...attributes].sort(([left], [right]) => (left < right ? -1 : 1))
  return { '@context': Object.fromEntries(terms) }
}
