import type { AttributeUse, TypeDefinition, Vocabulary } from '../vocabulary.ts'
import type { Source } from './read-source.ts'
import type { SourceError } from './source-file.ts'

/** Refuses a name that leads to two things: in all the ontology for an IRI, within one type for a bare name. @throws SourceError */
export function checkSynonyms(vocabulary: Vocabulary, source: Pick<Source, 'common' | 'types'>): void {
  for (const type of vocabulary.types) checkWithin(type, source)
  const things = [...vocabulary.types, ...vocabulary.types.flatMap(({ attributes }) => attributes)]
  const homes = new Map<string, string>()
  for (const { name, synonyms = [] } of things) {
    for (const iri of synonyms.filter((text) => text.includes(':'))) {
      const home = homes.get(iri) ?? name
      if (home !== name) throw faultOf(name, source, `${iri} is a synonym of ${home} and of ${name}`)
      homes.set(iri, name)
    }
  }
}

function checkWithin(type: TypeDefinition, source: Pick<Source, 'common' | 'types'>): void {
  const homes = new Map<string, AttributeUse>(type.attributes.map((use) => [use.name, use]))
  for (const use of type.attributes) {
    for (const synonym of use.synonyms ?? []) {
      const home = homes.get(synonym) ?? use
      if (home !== use)
        throw faultOf(type.name, source, `${synonym} means both ${home.name} and ${use.name} on ${type.name}`)
      homes.set(synonym, use)
    }
  }
}

function faultOf(
  name: string,
  { common, types }: Pick<Source, 'common' | 'types'>,
  text: string,
): SourceError {
  const home = types.find(({ type, own }) => type === name || own.has(name))
  if (!home) return common.file.fault(['attributes', name], text)
  return home.file.fault(home.type === name ? ['type'] : ['attributes', name], text)
}
