import type { JsonObject } from '../../../core/model/json.ts'
import { BESIDES, besides, jsonOf } from '../read-answer.ts'
import { type KnownType, tool } from '../tool.ts'

interface DiscoverTypes {
  readonly search?: string
  readonly withoutData?: boolean
}

/** Tells which entity types there are for the caller, in the words of the ontology. */
export const discoverTypes = tool<DiscoverTypes>({
  name: 'discover_types',
  title: 'Discover types',
  description:
    'Lists the entity types of which you may see entities now, here and at the other hubs of the federation, with their Vietnamese and ' +
    'English labels and the attributes that occur. Begin here; then describe_type tells what an attribute means.',
  input: {
    search: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description:
        'Only types in whose name, label or definition this text stands, in Vietnamese (accents may be left out) or English',
    },
    withoutData: {
      type: 'boolean',
      description: 'Also types of the ontology of which there are no entities that you may see',
    },
  },
  output: {
    types: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          label: { type: 'object' },
          definition: { type: 'object' },
          attributes: { type: 'array', items: { type: 'string' } },
        },
        required: ['name', 'attributes'],
      },
    },
    warnings: BESIDES.warnings,
  },
  run: async ({ search, withoutData }, { ask, types }) => {
    const answer = await ask({ path: '/ngsi-ld/v1/types', parameters: { details: 'true' } })
    const present = jsonOf(answer) as unknown as readonly TypeDetails[] // as its route writes it
    const known = new Map(
      (search === undefined ? types.list() : types.find(search)).map((type) => [type.name, type]),
    )
    const told = present
      .filter(({ typeName }) => search === undefined || known.has(typeName) || includes(typeName, search))
      .map(({ typeName, attributeNames }) => inWords(typeName, attributeNames, known.get(typeName)))
    const seen = new Set(present.map(({ typeName }) => typeName))
    const others = withoutData ? [...known.values()].filter(({ name }) => !seen.has(name)) : []
    return { types: [...told, ...others.map((type) => inWords(type.name, [], type))], ...besides(answer) }
  },
})

interface TypeDetails {
  readonly typeName: string
  readonly attributeNames: readonly string[]
}

function includes(name: string, words: string): boolean {
  return name.toLowerCase().includes(words.toLowerCase())
}

function inWords(name: string, attributes: readonly string[], known: KnownType | undefined): JsonObject {
  return {
    name,
    ...(known && { label: { ...known.label }, definition: { ...known.definition } }),
    attributes,
  }
}
