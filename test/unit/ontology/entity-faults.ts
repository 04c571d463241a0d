import { entityValidator } from '../../../ontology/entity-validator.ts'
import { readOntology } from '../../../ontology/ontology.ts'
import { packageRoot } from '../../../ontology/package-root.ts'

/** The ontology, and its JSON Schemas compiled once for all tests. */
export const ontology = readOntology(packageRoot)
export const entityFaults = entityValidator(ontology)
