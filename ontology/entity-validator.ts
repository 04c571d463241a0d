import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Ontology } from './ontology.ts'
import type { Iri, JsonObject } from './vocabulary.ts'

/** Answers what is wrong with an entity (compact names of the ontology), one text each; nothing for a valid one. */
export type ValidateEntity = (entity: JsonObject) => readonly string[]

/** Compiles the schemas of the ontology into a check of entities; types that it does not know are not judged. */
export function entityValidator(ontology: Ontology): ValidateEntity {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  addFormats.default(ajv)
  const names = new Map(
    [...ontology.types].flatMap(([iri, { name }]) => [[name, iri] as const, [iri, iri] as const]),
  )
  const compiled = new Map(
    [...ontology.types.keys()].map((iri) => [iri, ajv.compile(ontology.schema(iri) ?? {})]),
  )
  return (entity) => typesOf(entity, names).flatMap((type) => faults(compiled.get(type), entity))
}

function typesOf({ type }: JsonObject, names: ReadonlyMap<string, Iri>): readonly Iri[] {
  const given = Array.isArray(type) ? type : [type]
  return given.flatMap((name) => (typeof name === 'string' ? (names.get(name) ?? []) : []))
}

function faults(validate: ReturnType<Ajv2020['compile']> | undefined, entity: JsonObject): readonly string[] {
  if (!validate || validate(entity)) return []
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if')
  return [
    ...new Set(errors.map(({ instancePath, message = 'is invalid' }) => `${instancePath || '/'} ${message}`)),
  ]
}
