import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cardinality, Kind, PersonalData, Text, ValueType } from '../vocabulary.ts'
import { SourceFile } from './source-file.ts'
import { ATTRIBUTE_SCHEMA, COMMON_SCHEMA, TYPE_SCHEMA, UNITS_SCHEMA, USE_SCHEMA } from './source-schema.ts'

/** What a type file may state of a shared attribute. */
export interface SourceUse {
  readonly kind?: Kind | readonly Kind[]
  readonly range?: readonly [number, number]
  readonly values?: string
  readonly target?: readonly string[]
  readonly geometry?: readonly string[]
  readonly cardinality?: Cardinality
  readonly personalData?: PersonalData
  readonly label?: Text
  readonly definition?: Text
  readonly align?: readonly string[]
}

/** What a file states of an attribute that it defines. */
export interface SourceAttribute extends SourceUse {
  readonly kind: Kind | readonly Kind[]
  readonly personalData: PersonalData
  readonly label: Text
  readonly definition: Text
  readonly align: readonly string[]
  readonly iri?: string
  readonly value?: ValueType
  readonly shape?: string
  readonly unit?: string
  readonly subAttributes?: Readonly<Record<string, Cardinality>>
}

type ValueLists = Readonly<Record<string, Readonly<Record<string, Text>>>>

/** The file of what types share. */
export interface SourceCommon {
  readonly file: SourceFile
  readonly namespace: string
  readonly version: string
  readonly contextUrl: string
  readonly title: Text
  readonly prefixes: Readonly<Record<string, string>>
  readonly units: Readonly<Record<string, string>>
  readonly valueLists?: ValueLists
  readonly shapes?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly attributes: Readonly<Record<string, SourceAttribute>>
}

/** The file of one type: what it defines itself, and what it uses of the shared attributes. */
export interface SourceType {
  readonly file: SourceFile
  readonly type: string
  readonly label: Text
  readonly definition: Text
  readonly align: readonly string[]
  readonly idPattern?: string
  readonly valueLists?: ValueLists
  readonly attributes: Readonly<Record<string, SourceUse | SourceAttribute>>
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
export function readSource(folder: string): Source {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
  const open = (name: string) => new SourceFile(name, readFileSync(join(folder, name), 'utf8'))
  const common = readCommon(open('common.yaml'))
  const types = files
    .filter((name) => name !== 'common.yaml' && name !== 'administrative-units.yaml')
    .map((name) => readType(open(name), common))
  return { common, types, units: readUnits(open('administrative-units.yaml')) }
}

function readCommon(file: SourceFile): SourceCommon {
  const common = file.checked<Omit<SourceCommon, 'file'>>(COMMON_SCHEMA)
  for (const name of Object.keys(common.attributes)) checkAttribute(file, name, ATTRIBUTE_SCHEMA)
  return { ...common, file }
}

function readType(file: SourceFile, common: SourceCommon): SourceType {
  const type = file.checked<Omit<SourceType, 'file' | 'own'>>(TYPE_SCHEMA)
  const own = new Set(Object.keys(type.attributes).filter((name) => !Object.hasOwn(common.attributes, name)))
  for (const name of Object.keys(type.attributes)) {
    checkAttribute(file, name, own.has(name) ? ATTRIBUTE_SCHEMA : USE_SCHEMA)
  }
  return { ...type, file, own }
}

function checkAttribute(file: SourceFile, name: string, schema: object): void {
  file.checked(schema, ['attributes', name], `Attribute ${name}`)
}

function readUnits(file: SourceFile): SourceUnits {
  return { ...file.checked<Omit<SourceUnits, 'file'>>(UNITS_SCHEMA), file }
}
