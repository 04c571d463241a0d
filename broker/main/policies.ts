import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Ontology, readOntology } from '../../ontology/ontology.ts'
import {
  faultyPolicies,
  loadPolicies,
  type PolicyFault,
  type PolicyFile,
} from '../../security/policy/load-policies.ts'
import type { Hub, PolicySet } from '../../security/policy/rule.ts'
import type { Vocabulary } from '../../security/policy/vocabulary.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import type { GeometryEngine } from '../core/geo/engine.ts'
import {
  DEFAULT_CONTEXT,
  type Iri,
  LOCATION,
  NGSI_LD,
  OBSERVATION_SPACE,
  OPERATION_SPACE,
} from '../core/model/iri.ts'
import { Problem } from '../core/model/problem.ts'

/** What policies are read with. */
export interface PolicyParts {
  readonly root: string
  readonly ontology?: Ontology
  /** Judges areas; absent where nothing is judged. */
  readonly engine?: GeometryEngine
}

/** Reads the policies that the configuration names. @throws ConfigError with all faults of all files */
export function readPolicies(
  config: Config,
  { root, ontology = readOntology(root), engine }: PolicyParts,
): PolicySet {
  try {
    return loadPolicies(readPolicyFiles(config.auth.policies), vocabularyOf(ontology), hubOf(config, engine))
  } catch (error) {
    if (error instanceof Problem) throw new ConfigError(faultsOf(error))
    throw error
  }
}

/** What a hub says about itself to the policies. */
export function hubOf(
  { city, privacy }: Pick<Config, 'city'> & Partial<Pick<Config, 'privacy'>>,
  engine?: GeometryEngine,
): Hub {
  return {
    ...(city !== '' && { city }),
    ...(engine && { engine }),
    ...(privacy && { least: { basic: privacy.leastBasic, sensitive: privacy.leastSensitive } }),
  }
}

/** Reads policy files; of a folder those that end in .yaml or .yml, by name. @throws Problem with what cannot be read */
export function readPolicyFiles(paths: readonly string[]): readonly PolicyFile[] {
  const files = policyFilesIn(paths).map(readFile)
  const unread = files.flatMap((file) => ('fault' in file ? file.fault : []))
  if (unread.length > 0) throw faultyPolicies(unread)
  return files.flatMap((file) => ('fault' in file ? [] : file))
}

/** Names the files that paths stand for. */
export function policyFilesIn(paths: readonly string[]): readonly string[] {
  return paths.flatMap(filesIn)
}

function filesIn(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path]
  const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name))
  return names.sort().map((name) => join(path, name))
}

function readFile(path: string): PolicyFile | { readonly fault: PolicyFault } {
  const name = relative(process.cwd(), path)
  try {
    return { name, text: readFileSync(path, 'utf8') }
  } catch {
    return { fault: { file: name, line: 1, text: 'Policy file cannot be read' } }
  }
}

const CORE_GEOMETRIES = [LOCATION, OBSERVATION_SPACE, OPERATION_SPACE]

/** The words that policies use are those of the ontology and the core; others have to be given as IRIs. */
export function vocabularyOf({ types, attributes, personalData }: Ontology): Vocabulary {
  const known = new Map<string, Iri>(CORE_GEOMETRIES.map((iri) => [iri.slice(NGSI_LD.length), iri]))
  for (const { name, iri } of [...attributes.values(), ...types.values()]) known.set(name, iri)
  const expand = (name: string): Iri =>
    known.get(name) ?? (name.includes(':') ? name : `${DEFAULT_CONTEXT}${name}`)
  const ofChildren = childrenIn(types, attributes)
  return {
    ...(ofChildren && { ofChildren }),
    expandType: expand,
    expandAttribute: expand,
    types: new Set(types.keys()),
    attributesOf: (type) => types.get(type)?.attributes.map(({ iri }) => iri) ?? [],
    personalData: (attribute, of = []) => personalData(attribute, of),
  }
}

/** What may tell of a child, by itself or on entities of a type; undefined: nothing is marked so. */
function childrenIn(
  types: Ontology['types'],
  attributes: Ontology['attributes'],
): Vocabulary['ofChildren'] | undefined {
  const anywhere = new Set([...attributes.values()].filter(({ children }) => children).map(({ iri }) => iri))
  const onType = new Map(
    [...types.values()].map((type) => [
      type.iri,
      new Set(type.attributes.filter(({ children }) => children).map(({ iri }) => iri)),
    ]),
  )
  if (anywhere.size === 0 && [...onType.values()].every(({ size }) => size === 0)) return undefined
  return (attribute, of) => anywhere.has(attribute) || of.some((type) => onType.get(type)?.has(attribute))
}

function faultsOf(problem: Problem): readonly { where: string; text: string }[] {
  const { faults } = problem.members
  if (!Array.isArray(faults)) return [{ where: 'policies', text: problem.message }]
  const list = faults as readonly PolicyFault[] // loadPolicies puts them there
  return list.map(({ file, line, text }) => ({ where: `${file}:${line}`, text }))
}

/** The name of a type or an attribute as policies write it. */
export function nameIn({ types, attributes }: Ontology, iri: string): string {
  const core = iri.startsWith(NGSI_LD) ? iri.slice(NGSI_LD.length) : iri
  return (types.get(iri) ?? attributes.get(iri))?.name ?? core
}
