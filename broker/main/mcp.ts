import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ontology } from '../../ontology/ontology.ts'
import { withoutMarks } from '../../ontology/places/unit-name.ts'
import type { AttributeDefinition, AttributeUse, Vocabulary } from '../../ontology/vocabulary.ts'
import { version } from '../cli/version.ts'
import type { Config } from '../config.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../core/model/json.ts'
import type { McpDependencies } from '../http/mcp/mcp-endpoint.ts'
import type { McpResource } from '../http/mcp/mcp-server.ts'
import type { KnownTypes } from '../http/mcp/tool.ts'

/** Puts together what clients of the Model Context Protocol are told of the hub: the same for everybody. */
export function assembleMcp(
  { name, title }: Config,
  { root, ontology }: { readonly root: string; readonly ontology: Ontology },
): McpDependencies['mcp'] {
  return { name, title: title || name, version, resources: () => guides(root), types: knownTypes(ontology) }
}

/** Pages of the guide, under their headings. */
function guides(root: string): readonly McpResource[] {
  const folder = join(root, 'docs', 'guide')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.md'.length)
      const text = readFileSync(join(folder, file), 'utf8')
      const title = /^# (.+)$/m.exec(text)?.[1] ?? name
      return { uri: `hub://guide/${name}`, name, title, mimeType: 'text/markdown', text }
    })
}

function knownTypes(ontology: Ontology): KnownTypes {
  const list: KnownTypes['list'] = () => ontology.vocabulary.types
  return {
    list,
    find: (words) => {
      const wanted = withoutMarks(words)
      return list().filter(({ name, label, definition }) =>
        [name, label.vi, label.en, definition.vi, definition.en].some((text) =>
          withoutMarks(text).includes(wanted),
        ),
      )
    },
    describe: (asked) => {
      const { types, attributes, units, valueLists } = ontology.vocabulary
      const type = types.find(({ name, iri }) => name === asked || iri === asked)
      if (!type) return undefined
      const definitions = new Map(attributes.map((attribute) => [attribute.name, attribute]))
      const examples = ontology.schema(type.iri)?.examples
      const [example] = isJsonArray(examples) ? examples : []
      return {
        name: type.name,
        iri: type.iri,
        label: { ...type.label },
        definition: { ...type.definition },
        attributes: type.attributes.map((use) =>
          attributeOf(use, definitions.get(use.name), { units, valueLists }),
        ),
        ...(isJsonObject(example) && { example }),
      }
    },
  }
}

/** What an attribute is on a type, without what says where it came from. */
function attributeOf(
  {
    name,
    label,
    definition,
    kinds,
    cardinality,
    minimum,
    maximum,
    values,
    target,
    personalData,
    example,
  }: AttributeUse,
  { value, unit }: Partial<AttributeDefinition> = {},
  { units, valueLists }: Pick<Vocabulary, 'units' | 'valueLists'>,
): JsonObject {
  const list = values === undefined ? undefined : valueLists[values]
  return {
    name,
    label: { ...label },
    definition: { ...definition },
    kinds,
    ...(value !== undefined && { value }),
    ...(unit !== undefined && { unitCode: unit, unit: units[unit] ?? unit }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(list && {
      values: Object.fromEntries(Object.entries(list).map(([word, { vi, en }]) => [word, { vi, en }])),
    }),
    ...(target && { target }),
    ...(cardinality.startsWith('1') && { required: true }),
    personalData,
    ...(example !== undefined && { example }),
  }
}
