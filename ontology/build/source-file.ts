import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'

/** Compiles each schema once: hundreds of attributes are checked with two of them. */
const schemas = new Ajv2020({ strictRequired: false, strictTypes: false, allowUnionTypes: true })
addFormats.default(schemas)
schemas.addFormat('iri', /^[a-z][a-z0-9+.-]*:\S+$/)

/** Where something stands inside a file: keys from its root. */
export type Place = readonly (string | number)[]

/** A fault of the source, with the file and the line where it is to be corrected. */
export class SourceError extends Error {
  constructor(file: string, line: number, text: string) {
    super(`${file}:${line}: ${text}`)
    this.name = 'SourceError'
  }
}

/** One file of the source that can tell on which line a thing stands. */
export class SourceFile {
  readonly name: string
  readonly #document: Document
  readonly #lines: LineCounter

  constructor(name: string, text: string) {
    this.name = name
    this.#lines = new LineCounter()
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true })
    const [fault] = this.#document.errors
    if (fault) throw new SourceError(name, this.#lines.linePos(fault.pos[0]).line, fault.message)
  }

  /** Answers what stands at a place once it has the shape of a schema. @throws SourceError */
  checked<T>(schema: object, place: Place = [], subject = 'File'): T {
    const value: unknown = place.length === 0 ? this.#document.toJS() : this.#value(place)
    const validate = schemas.compile(schema)
    if (!validate(value)) throw this.#schemaError(validate.errors ?? [], place, subject)
    return value as T // the schema says so
  }

  /** Builds the error to throw for a fault at a place. */
  fault(place: Place, text: string): SourceError {
    return new SourceError(this.name, this.#line(place), text)
  }

  #value(place: Place): unknown {
    const node = this.#document.getIn(place, true)
    return isNode(node) ? node.toJS(this.#document) : node
  }

  #schemaError(errors: readonly ErrorObject[], place: Place, subject: string): SourceError {
    const error = errors[0]
    const inside = (error?.instancePath ?? '').split('/').slice(1).map(unescapePointer)
    const where = inside.length === 0 ? '' : ` at ${inside.join('.')}`
    return this.fault([...place, ...inside], `${subject} ${describe(error)}${where}`)
  }

  /** A value that starts on a later line than its key (or is absent) is reported where its key stands. */
  #line(place: Place): number {
    for (let length = place.length; length > 0; length--) {
      const parent = this.#document.getIn(place.slice(0, length - 1), true)
      const offset =
        keyOffset(parent, place[length - 1]) ?? nodeOffset(this.#document, place.slice(0, length))
      if (offset !== undefined) return this.#lines.linePos(offset).line
    }
    return 1
  }
}

function describe(error: ErrorObject | undefined): string {
  if (error?.keyword === 'required') return `has no ${String(error.params.missingProperty)}`
  if (error?.keyword === 'additionalProperties') {
    return `has an unknown member ${String(error.params.additionalProperty)}`
  }
  const allowed: unknown = error?.params.allowedValues
  return Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : (error?.message ?? 'is invalid')
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}

function keyOffset(parent: unknown, key: string | number | undefined): number | undefined {
  if (typeof parent !== 'object' || parent === null || !('items' in parent)) return undefined
  if (!Array.isArray(parent.items)) return undefined
  for (const item of parent.items) {
    const node: unknown = typeof item === 'object' && item !== null && 'key' in item ? item.key : undefined
    if (isNode(node) && 'value' in node && String(node.value) === String(key)) return node.range?.[0]
  }
  return undefined
}

function nodeOffset(document: Document, place: Place): number | undefined {
  const node = document.getIn(place.map(toIndex), true)
  return isNode(node) ? node.range?.[0] : undefined
}

function toIndex(key: string | number): string | number {
  return typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : key
}
