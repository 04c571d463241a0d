import { type Setting, texts } from './config-setting.ts'

/** What the hub does about the rules of the ontology. */
export const ONTOLOGY_SETTINGS = {
  'ontology.validate': {
    type: 'objects',
    description:
      'What becomes of writes whose attributes are not as the ontology has them, the first rule that fits the type: `mode: off` keeps ' +
      'them, `warn` keeps and counts them, `enforce` answers 400 with attribute and rule; `convertUnits: true` turns values in ' +
      'another unit (UN/CEFACT code) into that of the attribute, where that can be done. `types`: short names of the ontology or IRIs; ' +
      'absent: all that it knows. No rule: off',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['mode'],
      properties: {
        types: texts,
        mode: { enum: ['off', 'warn', 'enforce'] },
        convertUnits: { type: 'boolean' },
      },
    },
  },
} as const satisfies Record<string, Setting>

/** Settings of the ontology as they are read. */
export interface ConfiguredOntology {
  readonly validate: readonly {
    readonly types?: readonly string[]
    readonly mode: 'off' | 'warn' | 'enforce'
    readonly convertUnits?: boolean
  }[]
}
