import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import { badRequestData, type Problem } from '../core/model/problem.ts'

/** Checks types, enumerations and cardinalities of the members that are there. @throws Problem BadRequestData */
export type CheckShape = (members: JsonValue) => asserts members is JsonObject

/** Makes a check of members by their JSON Schemas; `subject` names in refusals what has them. */
export function shapeCheck(subject: string, properties: object, rest: object = {}): CheckShape {
  let compiled: ValidateFunction | undefined
  return (members) => {
    compiled ??= compile({ type: 'object', properties, ...rest }) // when the first one comes: most hubs start without one
    if (!compiled(members)) throw shapeProblem(subject, compiled.errors?.[0])
  }
}

/** JSON Schema of an object that has no other members than these. */
export function object(properties: object, rest: object = {}): object {
  return { type: 'object', properties, additionalProperties: false, ...rest }
}

function compile(schema: object): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: false, meta: false, validateSchema: false })
  return ajv.compile(schema)
}

function shapeProblem(subject: string, error: ErrorObject | undefined): Problem {
  const pointer = error?.instancePath ?? ''
  const place = pointer === '' ? subject : `${subject} member ${pointer}`
  const allowed =
    error?.keyword === 'enum' ? `: ${JSON.stringify(error.params.allowedValues).slice(0, 200)}` : ''
  const unknown = error?.keyword === 'additionalProperties' ? ` (${error.params.additionalProperty})` : ''
  return badRequestData(`${place} ${error?.message ?? 'is not valid'}${allowed}${unknown}`, { pointer })
}
