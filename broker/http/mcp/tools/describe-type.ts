import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../../core/model/json.ts'
import { Problem } from '../../../core/model/problem.ts'
import { BESIDES, besides, jsonOf } from '../read-answer.ts'
import { type ToolContext, tool } from '../tool.ts'

interface DescribeType {
  readonly type: string
}

/** Tells what the ontology says of a type, and which of it the caller sees in entities. */
export const describeType = tool<DescribeType>({
  name: 'describe_type',
  title: 'Describe a type',
  description:
    'Tells of one entity type what each attribute means, in Vietnamese and English: kind, value, unit, range, list of values, class of ' +
    'personal data, example; whether it occurs in entities that you may see; and a whole entity as an example.',
  input: {
    type: { type: 'string', minLength: 1, maxLength: 300, description: 'Short name of the type, or its IRI' },
  },
  required: ['type'],
  output: {
    name: { type: 'string' },
    iri: { type: 'string' },
    label: { type: 'object' },
    definition: { type: 'object' },
    entities: { type: 'integer', description: 'Entities of the type that you may see' },
    attributes: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          occurs: { type: 'boolean', description: 'In entities that you may see' },
        },
        required: ['name', 'occurs'],
      },
    },
    example: { type: 'object', description: 'An entity as it could be, no real one' },
    warnings: BESIDES.warnings,
  },
  run: async ({ type }, context) => {
    const known = context.types.describe(type)
    const { entities, occurring, rest } = await present(type, context)
    if (!known && !occurring)
      throw new Problem(
        'ResourceNotFound',
        'Type is neither in the ontology nor one of entities that you may see',
      )
    const defined = itemsOf(known?.attributes)
    const names = new Set(defined.map(({ name }) => name))
    const others = [...(occurring ?? [])].filter((name) => !names.has(name))
    return {
      ...(known ?? { name: type }),
      ...(entities !== undefined && { entities }),
      attributes: [
        ...defined.map((each) => ({ ...each, occurs: occurring?.has(String(each.name)) ?? false })),
        ...others.map((name) => ({ name, occurs: true })),
      ],
      ...rest,
    }
  },
})

interface Present {
  readonly entities?: number
  /** Names of attributes; absent: the caller sees no entity of the type. */
  readonly occurring?: ReadonlySet<string>
  readonly rest: JsonObject
}

async function present(type: string, { ask }: ToolContext): Promise<Present> {
  try {
    const answer = await ask({ path: `/ngsi-ld/v1/types/${encodeURIComponent(type)}` })
    const { entityCount, attributeDetails } = jsonOf(answer) as JsonObject // as its route writes it
    const names = itemsOf(attributeDetails).map(({ attributeName }) => String(attributeName))
    return {
      ...(typeof entityCount === 'number' && { entities: entityCount }),
      occurring: new Set(names),
      rest: besides(answer),
    }
  } catch (error) {
    if (error instanceof Problem && (error.code === 'ResourceNotFound' || error.code === 'Forbidden'))
      return { rest: {} }
    throw error
  }
}

function itemsOf(list: JsonValue | undefined): readonly JsonObject[] {
  return isJsonArray(list) ? list.filter(isJsonObject) : []
}
