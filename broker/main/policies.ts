import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { type Ontology, readOntology } from '../../ontology/ontology.ts'
import { loadPolicies, type PolicyFault } from '../../security/policy/load-policies.ts'
import type { PolicySet } from '../../security/policy/rule.ts'
import type { Vocabulary } from '../../security/policy/vocabulary.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import {
  DEFAULT_CONTEXT,
  type Iri,
  LOCATION,
  NGSI_LD,
  OBSERVATION_SPACE,
  OPERATION_SPACE,
} from '../core/model/iri.ts'
import { Problem } from '../core/model/problem.ts'

/** Reads the policies that the configuration names. @throws ConfigError with all faults of all files */
export function readPolicies(
  config: Config,
  root: string,
  ontology: Ontology = readOntology(root),
): PolicySet {
  const files = config.auth.policies.map(readFile)
  try {
    return loadPolicies(files, vocabularyOf(ontology), config.city === '' ? {} : { city: config.city })
  } catch (error) {
    if (error instanceof Problem) throw new ConfigError(faultsOf(error))
    throw error
  }
}

function readFile(path: string): { name: string; text: string } {
  const name = relative(process.cwd(), path)
  try {
    return { name, text: readFileSync(path, 'utf8') }
  } catch {
    throw new ConfigError([{ where: name, text: 'Policy file cannot be read' }])
  }
}

const CORE_GEOMETRIES = [LOCATION, OBSERVATION_SPACE, OPERATION_SPACE]

/** The words that policies use are those of the ontology and the core; others have to be given as IRIs. */
function vocabularyOf({ types, attributes, personalData }: Ontology): Vocabulary {
  const known = new Map<string, Iri>(CORE_GEOMETRIES.map((iri) => [iri.slice(NGSI_LD.length), iri]))
  for (const { name, iri } of [...attributes.values(), ...types.values()]) known.set(name, iri)
  const expand = (name: string): Iri =>
    known.get(name) ?? (name.includes(':') ? name : `${DEFAULT_CONTEXT}${name}`)
  return {
    expandType: expand,
    expandAttribute: expand,
    types: new Set(types.keys()),
    attributesOf: (type) => types.get(type)?.attributes.map(({ iri }) => iri) ?? [],
    personalData: (attribute, of = []) => personalData(attribute, of),
  }
}

function faultsOf(problem: Problem): readonly { where: string; text: string }[] {
  const { faults } = problem.members
  if (!Array.isArray(faults)) return [{ where: 'policies', text: problem.message }]
  const list = faults as readonly PolicyFault[] // loadPolicies puts them there
  return list.map(({ file, line, text }) => ({ where: `${file}:${line}`, text }))
}
