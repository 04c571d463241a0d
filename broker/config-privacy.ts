import { relative } from 'node:path'
import type { Config } from './config.ts'
import { type Setting, text, texts } from './config-setting.ts'

/** What the hub does for the persons whose data it keeps. */
export const PRIVACY_SETTINGS = {
  'privacy.reports': {
    type: 'string',
    description:
      'Folder for signed reports of erasures and deletions, outside the data folder; empty: reports are answered and not kept',
    default: '',
  },
  'privacy.backups': {
    type: 'list',
    description:
      'Folders and files that hold backups: reports of erasures list what is there, and search none of it',
    default: [],
  },
  'privacy.erase': {
    type: 'objects',
    description:
      'What becomes of entities that are a person’s, the first that fits: `erase: entity` (it is the person, and goes) or ' +
      '`attributes` (it loses what is hers: what mentions her and all that is classified as personal); `also`: attributes that ' +
      'go with her; `keep`: attributes that stay. Names are those of `context.default`. Absent: attributes',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['erase'],
      properties: { types: texts, erase: { enum: ['entity', 'attributes'] }, also: texts, keep: texts },
    },
  },
  'privacy.holds': {
    type: 'objects',
    description:
      'What is not erased, for a reason that reports name: of these types and attributes, records of these `feeds` in quarantine, ' +
      'or all; `until`: the last day',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['reason'],
      properties: {
        reason: text,
        types: texts,
        attributes: texts,
        feeds: texts,
        until: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
      },
    },
  },
  'privacy.retain': {
    type: 'objects',
    description:
      'How many days personal data of a class (of the ontology) is kept, the first rule that fits: what was observed, or else written, before ' +
      'is erased out of the current state, history and the log every hour, with a signed report in `privacy.reports`; `types` and `retention` (classes of the ontology, such as `caseFile`) narrow a rule; what ' +
      '`privacy.holds` is on stays. Names of types are those of `context.default`. Absent: for ever',
    default: [],
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['class', 'days'],
      properties: {
        class: { enum: ['basic', 'sensitive'] },
        types: texts,
        retention: texts,
        days: { type: 'integer', minimum: 1, maximum: 36500 },
      },
    },
  },
  'privacy.unmarked': {
    type: 'string',
    description:
      'Attributes that the ontology does not classify for the type of an entity: `note` writes them and notes which carry identifiers, ' +
      '`refuse` answers 400 with their names to whoever writes one',
    default: 'note',
    values: ['note', 'refuse'],
  },
  'privacy.leastBasic': {
    type: 'integer',
    description:
      'The smallest group of persons of which rules (`aggregateOnly`, `release`) tell anything by attributes of class basic; ' +
      'a rule may ask for more with `least`, and has at least five whatever tells of it',
    default: 5,
    minimum: 5,
    maximum: 1000,
  },
  'privacy.leastSensitive': {
    type: 'integer',
    description:
      'As `privacy.leastBasic`, by attributes of class sensitive and by those that may tell of children',
    default: 10,
    minimum: 5,
    maximum: 1000,
  },
  'privacy.purposes': {
    type: 'list',
    description: 'Purposes that consents can be given for; empty: any',
    default: [],
  },
  'privacy.holidays': {
    type: 'list',
    description:
      'Days off besides those that the hub computes (1 January, Tết from the day before it to its fourth day, 10 of the third lunar month, 30 April, 1 May, 1 and 2 September, each made up for after a weekend), such as 2027-02-10',
    default: [],
  },
  'privacy.workdays': {
    type: 'list',
    description: 'Days that are worked, though they are on a weekend or would be a day off',
    default: [],
  },
} as const satisfies Record<string, Setting>

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** Settings of privacy as they are read. */
export interface ConfiguredPrivacy {
  readonly reports: string
  readonly backups: readonly string[]
  readonly unmarked: 'note' | 'refuse'
  readonly leastBasic: number
  readonly leastSensitive: number
  readonly purposes: readonly string[]
  readonly holidays: readonly string[]
  readonly workdays: readonly string[]
  readonly erase: readonly {
    readonly types?: readonly string[]
    readonly erase: 'entity' | 'attributes'
    readonly also?: readonly string[]
    readonly keep?: readonly string[]
  }[]
  readonly retain: readonly {
    readonly class: 'basic' | 'sensitive'
    readonly types?: readonly string[]
    readonly retention?: readonly string[]
    readonly days: number
  }[]
  readonly holds: readonly {
    readonly reason: string
    readonly types?: readonly string[]
    readonly attributes?: readonly string[]
    readonly feeds?: readonly string[]
    readonly until?: string
  }[]
}

/** Answers what is wrong with the settings of privacy beyond their shape; paths are resolved. */
export function privacyFaults({ privacy, data }: Pick<Config, 'privacy' | 'data'>): readonly string[] {
  const days = [...privacy.holidays, ...privacy.workdays].filter(
    (day) => !DATE.test(day) || !(Date.parse(day) > 0),
  )
  const inside = relative(data, privacy.reports)
  const isInside = privacy.reports !== '' && (inside === '' || !inside.startsWith('..'))
  return [
    ...days.map((day) => `Setting privacy.holidays or privacy.workdays has ${day}, which is no date`),
    ...(isInside
      ? ['Setting privacy.reports is inside the data folder: a report must outlive what it is about']
      : []),
    ...(privacy.retain.length > 0 && privacy.reports === ''
      ? ['Setting privacy.retain needs privacy.reports: what is erased is proved there']
      : []),
  ]
}
