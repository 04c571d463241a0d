import { relative, resolve } from 'node:path'
import type { Config } from './config.ts'
import type { Setting } from './config-setting.ts'

/** What the hub keeps encrypted. */
export const SEALING_SETTINGS = {
  'sealing.keyFile': {
    type: 'string',
    description:
      'File (YAML) with the keys that attributes and documents are encrypted with on disk, outside the data folder, relative to the ' +
      'configuration file; read again when it changes; empty: nothing is encrypted',
    default: '',
    secret: 'file',
  },
  'sealing.classes': {
    type: 'list',
    description: 'Attributes of these classes of the ontology are encrypted: basic, sensitive',
    default: ['basic', 'sensitive'],
  },
  'sealing.attributes': {
    type: 'list',
    description: 'These attributes are encrypted too, of whatever type; names are those of `context.default`',
    default: [],
  },
  'sealing.except': {
    type: 'list',
    description:
      'These attributes stay in clear, whatever their class, such as measurements of which totals are wanted; names are those of `context.default`',
    default: [],
  },
  'sealing.lost': {
    type: 'list',
    description:
      'Names of keys that are lost for good: the hub starts without them, answers 503 for an entity that it cannot open, and passes over such ones in queries',
    default: [],
  },
} as const satisfies Record<string, Setting>

/** Settings of sealing as they are read. */
export interface ConfiguredSealing {
  readonly keyFile: string
  readonly classes: readonly string[]
  readonly attributes: readonly string[]
  readonly except: readonly string[]
  readonly lost: readonly string[]
}

/** Answers the settings with the path of the file resolved. */
export function resolveSealing(sealing: ConfiguredSealing, base: string): ConfiguredSealing {
  return sealing.keyFile === '' ? sealing : { ...sealing, keyFile: resolve(base, sealing.keyFile) }
}

/** Answers what is wrong with the settings beyond their shape; paths are resolved. */
export function sealingFaults({
  sealing: { keyFile, classes },
  data,
}: Pick<Config, 'sealing' | 'data'>): readonly string[] {
  const isInside = keyFile !== '' && !relative(data, keyFile).startsWith('..')
  const unknown = classes.filter((each) => each !== 'basic' && each !== 'sensitive')
  return [
    ...(isInside ? ['Setting sealing.keyFile is inside the data folder, which it is to protect'] : []),
    ...unknown.map((each) => `Setting sealing.classes has ${each}, which is no class of personal data`),
  ]
}
