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
    if (!compiled(members)) throw shapeProblem(subject, compiled.errors ?? [])
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

/** Answers what is wrong with a shape: member, rule and what would be right. No value that was sent is repeated. */
export function shapeProblem(subject: string, errors: readonly ErrorObject[]): Problem {
  // of several choices the one that came furthest was meant
  const [error] = [...errors].sort((one, other) => depthOf(other) - depthOf(one))
  const pointer = error?.instancePath ?? ''
  const place = pointer === '' ? subject : `${subject} member ${pointer}`
  return badRequestData(`${place} ${error ? faultOf(error) : 'is not valid'}`, { pointer })
}

function depthOf({ instancePath }: ErrorObject): number {
  return instancePath.split('/').length
}

function faultOf({ keyword, params, message = 'is not valid' }: ErrorObject): string {
  if (keyword === 'required') return `has no member ${params.missingProperty}`
  if (keyword === 'additionalProperties')
    return `has a member ${String(params.additionalProperty).slice(0, 100)}, which is not known here`
  if (keyword === 'enum') return `is none of ${params.allowedValues.join(', ').slice(0, 400)}`
  if (keyword === 'oneOf' && params.passingSchemas)
    return 'is of more than one of the shapes that it may have'
  return message
}
