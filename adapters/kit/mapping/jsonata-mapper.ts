import jsonata from 'jsonata'
import type { EntityDocument } from '../values/entity-document.ts'
import { FeedFault, RecordFault, unmapped } from '../values/fault.ts'
import { iriOf } from '../values/iri-of.ts'
import type { Json } from '../values/json.ts'
import { isJsonMap } from '../values/json.ts'
import { toUtc } from '../values/local-time.ts'
import { isNoValue, toMeasure, toNumber } from '../values/measure.ts'
import { type Quantity, toCanonical } from '../values/units.ts'
import { type FeedPlaces, unitAt, unitNamed } from './feed-places.ts'
import type { MapContext, Mapper } from './mapper.ts'

const TIMEOUT_MS = 1000
const STACK = 200
const SEQUENCE = 100_000

/** What an expression may call besides the functions of JSONata; nothing reaches out of the record. */
const FUNCTIONS = {
  time: (text: unknown, format?: string) => optional(text, (given) => toUtc(given, format)),
  number: (text: unknown) => optional(text, toNumber),
  unit: (text: unknown, quantity: Quantity, gas?: string) =>
    optional(text, (given) => toCanonical(toMeasure(given), quantity, gas)),
  iri: (type: string, ...parts: unknown[]) =>
    iriOf(type, ...parts.filter((part) => part !== undefined).map((part) => String(part))),
}

/** The same of places; times are in UTC, as `time` answers them. */
function placeFunctions(places: FeedPlaces) {
  return {
    unitNamed: (name: unknown, time?: string) =>
      optional(name, (given) => unitNamed(places, { name: given }, time)),
    unitOfCode: (code: unknown, time?: string) =>
      optional(code, (given) => unitNamed(places, { code: given }, time)),
    unitAt: (longitude: unknown, latitude: unknown, time?: string) =>
      unitAt(places, [Number(longitude), Number(latitude)], time),
    wgs84: async (east: unknown, north: unknown, crs: string) => {
      const coordinates = await places.coordinates()
      const system = coordinates.system(crs)
      if (!system) throw unmapped('Reference system is not known')
      return coordinates.toWgs84([Number(east), Number(north)], system)
    },
  }
}

/** Makes a mapper of a JSONata expression with bounded time and depth. @throws FeedFault */
export function expressionMapper(
  mapping: { readonly expression: string; readonly timeoutMs?: number },
  file: string,
  places: FeedPlaces,
): Mapper {
  const limits = { timeout: mapping.timeoutMs ?? TIMEOUT_MS, stack: STACK, sequence: SEQUENCE }
  const expression = compile(mapping.expression, limits, file)
  const functions = { ...FUNCTIONS, ...placeFunctions(places) }
  for (const [name, body] of Object.entries(functions)) expression.registerFunction(name, body)
  return async (record, context) => {
    const answer: unknown = await evaluate(expression, record, context)
    return documentsOf(answer)
  }
}

function compile(text: string, limits: jsonata.JsonataOptions, file: string): jsonata.Expression {
  try {
    return jsonata(text, limits)
  } catch (cause) {
    throw new FeedFault([`${file}: mapping.expression is not JSONata: ${messageOf(cause)}`])
  }
}

async function evaluate(expression: jsonata.Expression, record: Json, context: MapContext): Promise<unknown> {
  const { feed, variables, tables, input } = context
  try {
    return await expression.evaluate(record, { feed, variables, tables, input })
  } catch (cause) {
    if (cause instanceof RecordFault) throw cause
    throw unmapped(assertionOf(cause) ?? `Expression fails: ${codeOf(cause)}`)
  }
}

function documentsOf(answer: unknown): readonly EntityDocument[] {
  if (answer === undefined) throw unmapped('Expression answers nothing for the record')
  const list: readonly unknown[] = Array.isArray(answer) ? answer : [answer]
  // JSONata marks its sequences with extra members: a copy through JSON leaves only the data
  const copies = list.map((item): unknown => JSON.parse(JSON.stringify(item ?? null)))
  if (!copies.every(isDocument)) throw unmapped('Expression answers something without id and type')
  return copies
}

function isDocument(value: unknown): value is EntityDocument {
  return isJsonMap(value) && typeof value.id === 'string' && value.type !== undefined
}

/** A missing or empty value stays missing: the attribute is left out. */
function optional<T>(value: unknown, read: (text: string) => T): T | undefined {
  if (value === undefined || value === null || isNoValue(String(value))) return undefined
  return read(String(value))
}

/** What an expression says itself with `$assert` is meant to be read. */
function assertionOf(cause: unknown): string | undefined {
  const { code, message } = cause as { code?: unknown; message?: unknown } // whatever was thrown has no type
  return code === 'D3141' && typeof message === 'string' ? message : undefined
}

/** JSONata throws plain objects; its messages can hold values of the record, its codes cannot. */
function codeOf(cause: unknown): string {
  const { code, position } = cause as { code?: unknown; position?: unknown } // whatever was thrown has no type
  return `${String(code ?? 'error')} at ${String(position ?? 'unknown position')}`
}

function messageOf(cause: unknown): string {
  const { message, position } = cause as { message?: unknown; position?: unknown } // as above
  return `${String(message)} (position ${String(position)})`
}
