import type { JsonObject } from '../../core/model/json.ts'
import { type CheckShape, object, shapeCheck } from '../../operations/check-shape.ts'
import type { WrittenAnswer } from '../encode/write-answer.ts'
import type { InnerRequest } from './inner-exchange.ts'

/** Characters of a result at the most: what a model reads at once. */
export const LARGEST_RESULT = 50_000

/** A type of the ontology in a few words. */
export interface KnownType {
  readonly name: string
  readonly iri: string
  readonly label: Bilingual
  readonly definition: Bilingual
}

/** A text in both languages of the ontology. */
export interface Bilingual {
  readonly vi: string
  readonly en: string
}

/** The ontology in force, as far as tools tell of it: the same for everybody. */
export interface KnownTypes {
  list(): readonly KnownType[]
  /** Finds types by what stands in their names, labels and definitions, whatever its accents. */
  find(words: string): readonly KnownType[]
  /** Tells everything of a type, by its name or IRI; undefined: it is none of the ontology. */
  describe(type: string): JsonObject | undefined
}

/** What a call of a tool can ask. */
export interface ToolContext {
  /** Puts a request to the API's own routes, in the name of the caller. @throws Problem for what it refuses */
  readonly ask: (asked: InnerRequest) => Promise<WrittenAnswer>
  readonly types: KnownTypes
  /** Aborted when nobody waits for the result any more. */
  readonly gone: AbortSignal
}

/** What a client is told of a tool (MCP, `Tool`). */
export interface ToolDescription {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly inputSchema: ObjectSchema
  readonly outputSchema: ObjectSchema
  readonly annotations: {
    readonly readOnlyHint: boolean
    readonly destructiveHint?: boolean
    readonly idempotentHint?: boolean
    readonly openWorldHint: boolean
  }
}

type ObjectSchema = { readonly type: 'object' } & Readonly<Record<string, unknown>>

/** A tool at work. */
export interface Tool {
  readonly description: ToolDescription
  /** Carries a call out. @throws Problem for arguments that its schema does not take, and what the API refuses */
  run(given: JsonObject, context: ToolContext): Promise<JsonObject>
}

/** What a tool is made of; `Arguments` is what `input` and `required` describe. */
export interface ToolParts<Arguments> {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly input: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
  readonly output: Readonly<Record<string, unknown>>
  /** It changes something: takes it away, or only adds to it. Absent: it reads. */
  readonly writes?: 'adds' | 'takes away'
  readonly run: (given: Arguments, context: ToolContext) => Promise<JsonObject>
}

/** Makes a tool, whose calls are checked by the schema that clients see. */
export function tool<Arguments>(parts: ToolParts<Arguments>): Tool {
  const { name, title, description, input, required = [], output, writes, run } = parts
  const check: CheckShape = shapeCheck(`Tool ${name}`, input, { required, additionalProperties: false })
  return {
    description: {
      ...{ name, title, description },
      inputSchema: { ...object(input), type: 'object', required },
      outputSchema: { type: 'object', properties: output },
      annotations: {
        readOnlyHint: writes === undefined,
        ...(writes && { destructiveHint: writes === 'takes away', idempotentHint: writes === 'takes away' }),
        openWorldHint: true,
      },
    },
    run: async (given, context) => {
      check(given)
      return run(given as unknown as Arguments, context) // as its schema has it
    },
  }
}
