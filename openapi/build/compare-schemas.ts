import { isTree, listOf, type Tree, treeOf, treesOf } from '../tree.ts'

/** Something that is other than it was. */
export interface Change {
  readonly text: string
  /** What was good is good no more: a request is refused, or an answer is none that its readers know. */
  readonly breaks?: true
}

/** Whether the hub reads what a schema describes, or writes it. */
export type Direction = 'read' | 'written'

/** Two versions of the named schemas that others refer to. */
export interface NamedSchemas {
  readonly was: Readonly<Record<string, Tree>>
  readonly is: Readonly<Record<string, Tree>>
}

/** Compares schemas as callers notice it; named ones once each, whoever refers to them. */
export class SchemaComparison {
  readonly #named: NamedSchemas
  readonly #compared = new Map<string, readonly Change[]>()

  constructor(named: NamedSchemas) {
    this.#named = named
  }

  /** Answers what changed at a place, but for what changed inside of named schemas: that is in `ofNamed`. */
  compare(was: Tree, is: Tree, place: string, direction: Direction): readonly Change[] {
    const name = nameOf(was)
    if (name !== undefined && name === nameOf(is)) {
      this.#compareNamed(name, direction)
      return []
    }
    return this.#compareMembers(was, is, place, direction)
  }

  /** What changed inside of the named schemas that were met so far. */
  ofNamed(): readonly Change[] {
    return [...this.#compared.values()].flat()
  }

  #compareNamed(name: string, direction: Direction): void {
    const key = `${name} ${direction}`
    if (this.#compared.has(key)) return
    this.#compared.set(key, []) // a schema may hold itself
    const { was, is } = this.#named
    const place = `Schema ${name} in ${direction === 'read' ? 'requests' : 'answers'}:`
    this.#compared.set(key, this.#compareMembers(was[name] ?? {}, is[name] ?? {}, place, direction))
  }

  #compareMembers(before: Tree, after: Tree, place: string, direction: Direction): readonly Change[] {
    const [was, is] = [flattened(before, this.#named.was), flattened(after, this.#named.is)]
    return [
      ...this.#alternatives(was, is, place, direction),
      ...values(was, is, place, direction),
      ...bounds(was, is, place, direction),
      ...this.#properties(was, is, place, direction),
      ...this.#inner('items', was, is, inside(place, '[]'), direction),
      ...this.#inner('additionalProperties', was, is, inside(place, '*'), direction),
    ]
  }

  #inner(keyword: string, was: Tree, is: Tree, place: string, direction: Direction): readonly Change[] {
    const [before, after] = [was[keyword], is[keyword]]
    if (isTree(before) && isTree(after)) return this.compare(before, after, place, direction)
    const closed = keyword === 'additionalProperties' && after === false && before !== false
    return closed && direction === 'read' ? [breaking(`${place} is taken no more`)] : []
  }

  #properties(was: Tree, is: Tree, place: string, direction: Direction): readonly Change[] {
    const [before, after] = [treeOf(was.properties), treeOf(is.properties)]
    const [needed, needs] = [listOf(was.required), listOf(is.required)]
    const removed = Object.keys(before).filter((name) => !(name in after))
    const added = Object.keys(after).filter((name) => !(name in before))
    const demanded = needs.filter((name) => !needed.includes(name))
    const uncertain = needed.filter((name) => !needs.includes(name) && String(name) in after)
    return [
      ...removed.map((name) => breaking(`${inside(place, name)} is removed`)),
      ...(added.length === 0
        ? []
        : [{ text: `${inside(place, added.join(', '))} ${added.length === 1 ? 'is' : 'are'} added` }]),
      ...(direction === 'read' ? demanded : []).map((name) =>
        breaking(`${inside(place, String(name))} is required`),
      ),
      ...(direction === 'written' ? uncertain : []).map((name) =>
        breaking(`${inside(place, String(name))} may be absent`),
      ),
      ...treesOf(before).flatMap(([name, schema]) =>
        name in after ? this.compare(schema, treeOf(after[name]), inside(place, name), direction) : [],
      ),
    ]
  }

  /** Whatever could come has to be expected: what is read by the schema of now, what is written by the one before. */
  #alternatives(was: Tree, is: Tree, place: string, direction: Direction): readonly Change[] {
    const [before, after] = [alternativesOf(was), alternativesOf(is)]
    if (!before && !after) return []
    const [came, expected] = [before ?? [was], after ?? [is]]
    const covers = (one: unknown, other: unknown): boolean =>
      !this.#try(treeOf(one), treeOf(other), direction).some(({ breaks }) => breaks)
    const lost = came.filter((one) => !expected.some((other) => covers(one, other)))
    const gained = expected.filter((other) => !came.some((one) => covers(one, other)))
    if (lost.length === 1 && gained.length === 1)
      return this.compare(treeOf(lost[0]), treeOf(gained[0]), place, direction)
    return [
      ...lost.map((one): Change => alternative(`${place} is ${shown(one)} no more`, direction === 'read')),
      ...gained.map((one): Change => alternative(`${place} may be ${shown(one)}`, direction === 'written')),
    ]
  }

  #try(was: Tree, is: Tree, direction: Direction): readonly Change[] {
    const [before, after] = [nameOf(was), nameOf(is)]
    if (before !== undefined || after !== undefined)
      return before === after ? this.compare(was, is, '', direction) : [breaking('another schema')]
    return this.#compareMembers(was, is, '', direction)
  }
}

/** Type, list of values, format and pattern. */
function values(was: Tree, is: Tree, place: string, direction: Direction): readonly Change[] {
  const [came, expected] = direction === 'read' ? [was, is] : [is, was]
  const texts = (['format', 'pattern'] as const)
    .filter((keyword) => expected[keyword] !== undefined && expected[keyword] !== came[keyword])
    .map((keyword) =>
      breaking(`${place}: ${keyword} is ${is[keyword] ?? 'none'} after ${was[keyword] ?? 'none'}`),
    )
  return [...types(came, expected, place, { was, is }), ...enumerated(was, is, place, direction), ...texts]
}

function types(
  came: Tree,
  expected: Tree,
  place: string,
  { was, is }: { was: Tree; is: Tree },
): readonly Change[] {
  const wanted = typesOf(expected)
  if (!wanted || alternativesOf(was) || alternativesOf(is)) return []
  const fits = typesOf(came)?.every(
    (type) => wanted.includes(type) || (type === 'integer' && wanted.includes('number')),
  )
  if (fits) return []
  return [breaking(`${place}: type is ${shown(is)} after ${shown(was)}`)]
}

/** Readers of answers are told that values may be added (an enumeration that is written may grow). */
function enumerated(was: Tree, is: Tree, place: string, direction: Direction): readonly Change[] {
  const [before, after] = [valuesOf(was), valuesOf(is)]
  if (!after) return before && direction === 'written' ? [breaking(`${place} may be any value`)] : []
  if (!before) return direction === 'read' ? [breaking(`${place} is limited to ${after.join(', ')}`)] : []
  const lost = before.filter((value) => !after.includes(value))
  const gained = after.filter((value) => !before.includes(value))
  return [
    ...(lost.length === 0 ? [] : [alternative(`${place} loses ${lost.join(', ')}`, direction === 'read')]),
    ...(gained.length === 0 ? [] : [{ text: `${place} may be ${gained.join(', ')}` }]),
  ]
}

const LOWER = ['minimum', 'minLength', 'minItems'] as const
const UPPER = ['maximum', 'maxLength', 'maxItems'] as const

/** Bounds matter of what is read: nobody reads an answer by them. */
function bounds(was: Tree, is: Tree, place: string, direction: Direction): readonly Change[] {
  if (direction === 'written') return []
  const tightened = [
    ...LOWER.filter((keyword) => Number(is[keyword] ?? -Infinity) > Number(was[keyword] ?? -Infinity)),
    ...UPPER.filter((keyword) => Number(is[keyword] ?? Infinity) < Number(was[keyword] ?? Infinity)),
  ]
  return tightened.map((keyword) =>
    breaking(`${place}: ${keyword} is ${is[keyword]} after ${was[keyword] ?? 'none'}`),
  )
}

/** Lays all that `allOf` and `$ref` add into one. */
function flattened(schema: Tree, named: Readonly<Record<string, Tree>>): Tree {
  const name = nameOf(schema)
  const { $ref: _, allOf, ...own } = schema
  const others = [...(name === undefined ? [] : [named[name] ?? {}]), ...listOf(allOf).map(treeOf)]
  const parts = [...others.map((part) => flattened(part, named)), own]
  const properties = parts.flatMap((part) => Object.entries(treeOf(part.properties)))
  const required = parts.flatMap((part) => listOf(part.required))
  return {
    ...Object.fromEntries(parts.flatMap(Object.entries)),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(required.length > 0 && { required }),
  }
}

function alternativesOf({ oneOf, anyOf }: Tree): readonly unknown[] | undefined {
  return oneOf === undefined && anyOf === undefined ? undefined : listOf(oneOf ?? anyOf)
}

function typesOf({ type }: Tree): readonly string[] | undefined {
  return type === undefined ? undefined : [type].flat().map(String)
}

function valuesOf(schema: Tree): readonly string[] | undefined {
  if ('const' in schema) return [String(schema.const)]
  return schema.enum === undefined ? undefined : listOf(schema.enum).map(String)
}

function nameOf({ $ref }: Tree): string | undefined {
  return typeof $ref === 'string' ? $ref.split('/').at(-1) : undefined
}

/** A place ends with a colon where the members begin. */
function inside(place: string, member: string): string {
  if (place.endsWith(':')) return `${place} ${member}`
  return member === '[]' ? `${place}[]` : `${place}.${member}`
}

function shown(value: unknown): string {
  const schema = treeOf(value)
  const members = listOf(schema.required).join(', ')
  const described = members === '' ? 'anything' : `with ${members}`
  return nameOf(schema) ?? typesOf(schema)?.join(' or ') ?? valuesOf(schema)?.join(' or ') ?? described
}

function breaking(text: string): Change {
  return { text, breaks: true }
}

function alternative(text: string, breaks: boolean): Change {
  return { text, ...(breaks && { breaks }) }
}
