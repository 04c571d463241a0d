import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Ontology } from './ontology.ts'
import type { Iri, JsonObject } from './vocabulary.ts'

/** Answers what is wrong with an entity (compact names of the ontology), one text each; nothing for a valid one. */
export type ValidateEntity = (entity: JsonObject) => readonly string[]

const BUNDLE = 'urn:ontology:schemas'

type Compiled = ReturnType<Ajv2020['compile']>

/** Makes a check of entities out of the schemas of the ontology; types that it does not know are not judged. */
export function entityValidator(ontology: Ontology): ValidateEntity {
  const ajv = new Ajv2020({ allErrors: true, strict: false, code: { optimize: false } })
  addFormats.default(ajv)
  ajv.addSchema(bundled(ontology), BUNDLE)
  const names = new Map(
    [...ontology.types].flatMap(([iri, { name }]) => [[name, iri] as const, [iri, iri] as const]),
  )
  const compiled = new Map<Iri, Compiled>()
  return (entity) => typesOf(entity, names).flatMap((type) => faults(validatorOf(type), entity))

  function validatorOf(type: Iri): Compiled {
    const made =
      compiled.get(type) ?? ajv.getSchema(`${BUNDLE}#/$defs/type.${ontology.types.get(type)?.name}`)
    if (!made) throw new Error(`Type ${type} has no schema`)
    compiled.set(type, made)
    return made
  }
}

/** One schema with all types, so that what they share is compiled once; references lead inside it. */
function bundled({ types, schema, attributeSchemas }: Ontology): JsonObject {
  const { $id: _, $defs = {}, ...others } = attributeSchemas
  const named = [...types].map(([iri, { name }]) => {
    const { $id: _id, $schema: _dialect, ...rules } = schema(iri) ?? {}
    return [`type.${name}`, rules] as const
  })
  const whole = { ...others, $defs: { ...($defs as JsonObject), ...Object.fromEntries(named) } } // as it was generated
  return JSON.parse(JSON.stringify(whole).replaceAll('"attributes.json#', '"#'))
}

function typesOf({ type }: JsonObject, names: ReadonlyMap<string, Iri>): readonly Iri[] {
  const given = Array.isArray(type) ? type : [type]
  return given.flatMap((name) => (typeof name === 'string' ? (names.get(name) ?? []) : []))
}

function faults(validate: Compiled, entity: JsonObject): readonly string[] {
  if (validate(entity)) return []
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if')
  return [
    ...new Set(errors.map(({ instancePath, message = 'is invalid' }) => `${instancePath || '/'} ${message}`)),
  ]
}
