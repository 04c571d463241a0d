import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type {
  Alignment,
  Cardinality,
  JsonValue,
  Kind,
  ListedValue,
  PersonalData,
  Text,
  ValueType,
} from '../vocabulary.ts'
import { SourceFile } from './source-file.ts'
import { ATTRIBUTE_SCHEMA, COMMON_SCHEMA, TYPE_SCHEMA, UNITS_SCHEMA, USE_SCHEMA } from './source-schema.ts'

/** Terms of other vocabularies, with a prefix: those that are close, or how exact each is. */
export type SourceAlign = readonly string[] | Partial<Record<keyof Alignment, readonly string[]>>

/** In which release something came, is not to be used any more, and what takes its place. */
interface SourceLife {
  readonly since?: string
  readonly deprecated?: string
  readonly replacedBy?: string
}

/** What a type file may state of a shared attribute. */
export interface SourceUse extends SourceLife {
  readonly kind?: Kind | readonly Kind[]
  readonly range?: readonly [number, number]
  readonly values?: string
  readonly target?: readonly string[]
  readonly geometry?: readonly string[]
  readonly cardinality?: Cardinality
  readonly personalData?: PersonalData
  readonly label?: Text
  readonly definition?: Text
  readonly align?: SourceAlign
  /** What other vocabularies call it: names, or IRIs with a prefix. */
  readonly synonyms?: readonly string[]
  readonly retention?: string
  readonly owner?: string
  readonly children?: true
  readonly example?: JsonValue
}

/** What a file states of an attribute that it defines. */
export interface SourceAttribute extends SourceUse {
  readonly kind: Kind | readonly Kind[]
  readonly personalData: PersonalData
  readonly label: Text
  readonly definition: Text
  readonly iri?: string
  readonly value?: ValueType
  readonly shape?: string
  readonly unit?: string
  readonly subAttributes?: Readonly<Record<string, Cardinality>>
}

type ValueLists = Readonly<Record<string, Readonly<Record<string, ListedValue>>>>
type Attributes<T> = Readonly<Record<string, T>>

/** The file of what types share. */
export interface SourceCommon {
  readonly file: SourceFile
  readonly namespace: string
  readonly version: string
  readonly release: string
  readonly contextUrl: string
  readonly title: Text
  readonly prefixes: Readonly<Record<string, string>>
  /** Prefix of the vocabulary whose alignments are synonyms: they mean the same. */
  readonly synonymPrefix: string
  /** What other vocabularies call the time of an observation, the most exact first. */
  readonly observedAt: readonly string[]
  readonly domains: Readonly<Record<string, Text>>
  readonly owners: Readonly<Record<string, Text>>
  readonly retentionClasses: Readonly<Record<string, Text>>
  readonly forms: Readonly<Record<string, Partial<SourceAttribute>>>
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly valueLists?: ValueLists
  readonly shapes?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly attributes: Attributes<SourceAttribute>
}

/** The file of one type: what it defines itself, and what it uses of the shared attributes. */
export interface SourceType extends SourceLife {
  readonly file: SourceFile
  readonly type: string
  readonly label: Text
  readonly definition: Text
  readonly align: SourceAlign
  readonly synonyms?: readonly string[]
  readonly owner: string
  readonly retention: string
  readonly idPattern?: string
  readonly idExample?: string
  readonly valueLists?: ValueLists
  /** Groups of shared attributes that it uses as they are. */
  readonly uses?: readonly string[]
  /** Those of its groups first. */
  readonly attributes: Attributes<SourceUse | SourceAttribute>
  /** Names of the attributes that this file defines. */
  readonly own: ReadonlySet<string>
}

/** One administrative unit in one period of validity. */
export interface SourceUnit {
  readonly code: string
  readonly vi: string
  readonly alsoVi?: string
  readonly en: string
  readonly partOf?: string
  readonly from?: string
  readonly to?: string
  readonly succeededBy?: Readonly<Record<string, 'full' | 'partial'>>
  readonly point?: readonly [number, number]
  readonly area?: number
}

/** The file of administrative units and city scopes. */
export interface SourceUnits {
  readonly file: SourceFile
  readonly groups: Readonly<
    Record<string, { level: string; confidence: string; legalBasis?: string; units: readonly SourceUnit[] }>
  >
  readonly scopes: readonly {
    readonly key: string
    readonly city: string
    readonly vi: string
    readonly en: string
  }[]
}

/** The whole source, each file of the right shape. */
export interface Source {
  readonly common: SourceCommon
  readonly types: readonly SourceType[]
  readonly units: SourceUnits
}

/** Reads a source folder, refusing what has not the right shape. @throws SourceError with file and line */
export function readSource(folder: string, open: (name: string) => SourceFile = openIn(folder)): Source {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.yaml'))
    .sort((left, right) => (basename(left) < basename(right) ? -1 : 1))
  const common = readCommon(open('common.yaml'))
  const types = files
    .filter((name) => name !== 'common.yaml' && name !== 'administrative-units.yaml')
    .map((name) => readType(open(name), common))
  return { common, types, units: readUnits(open('administrative-units.yaml')) }
}

/** Opens the files of a folder. */
export function openIn(folder: string): (name: string) => SourceFile {
  return (name) => new SourceFile(name, readFileSync(join(folder, name), 'utf8'))
}

function readCommon(file: SourceFile): SourceCommon {
  const common = file.checked<Omit<SourceCommon, 'file'>>(COMMON_SCHEMA)
  const { attributes, forms, groups } = common
  for (const name of Object.keys(attributes)) checkAttribute(file, name, ATTRIBUTE_SCHEMA)
  for (const [group, names] of Object.entries(groups)) {
    const lost = names.find((name) => !Object.hasOwn(attributes, name))
    if (lost !== undefined)
      throw file.fault(['groups', group], `Group ${group} has the unknown attribute ${lost}`)
  }
  return { ...common, attributes: inForm(attributes, forms, file), file }
}

function readType(file: SourceFile, common: SourceCommon): SourceType {
  const type = file.checked<Omit<SourceType, 'file' | 'own'>>(TYPE_SCHEMA)
  const own = new Set(Object.keys(type.attributes).filter((name) => !Object.hasOwn(common.attributes, name)))
  for (const name of Object.keys(type.attributes)) {
    checkAttribute(file, name, own.has(name) ? ATTRIBUTE_SCHEMA : USE_SCHEMA)
  }
  const attributes = {
    ...usedGroups(type.uses ?? [], common, file),
    ...inForm(type.attributes, common.forms, file),
  }
  return { ...type, attributes, file, own }
}

function usedGroups(
  uses: readonly string[],
  { groups }: SourceCommon,
  file: SourceFile,
): Attributes<SourceUse> {
  const names = uses.flatMap((use) => {
    const group = Object.hasOwn(groups, use) ? groups[use] : undefined
    if (!group) throw file.fault(['uses'], `Type uses the unknown group ${use}`)
    return group
  })
  return Object.fromEntries(names.map((name) => [name, {}]))
}

/** Lays every attribute that names a form over it. */
function inForm<T extends SourceUse>(
  attributes: Attributes<T & { readonly form?: string }>,
  forms: SourceCommon['forms'],
  file: SourceFile,
): Attributes<T> {
  const laid = Object.entries(attributes).map(([name, { form, ...stated }]) => {
    const base = form !== undefined && Object.hasOwn(forms, form) ? forms[form] : {}
    if (!base || (form !== undefined && !Object.hasOwn(forms, form))) {
      throw file.fault(['attributes', name, 'form'], `Attribute ${name} has the unknown form ${form}`)
    }
    return [name, { ...base, ...stated }] as const
  })
  return Object.fromEntries(laid) as unknown as Attributes<T> // a form and what is stated are what the schema asks for
}

function checkAttribute(file: SourceFile, name: string, schema: object): void {
  file.checked(schema, ['attributes', name], `Attribute ${name}`)
}

function readUnits(file: SourceFile): SourceUnits {
  return { ...file.checked<Omit<SourceUnits, 'file'>>(UNITS_SCHEMA), file }
}
