import type { AttributeName, EntityNamed, One, SubAttributeName, ValueOf } from '../entities/entity-types.ts'
import { Condition } from './condition.ts'
import { checkedName, type SystemMember, takesDots, typeSelection } from './names.ts'
import { kindOf, type QueryTime, type Scalar, scalarText, wellFormed } from './values.ts'

/** What an attribute of such values is compared with: its values, items of lists, `Date` where it holds times. */
export type Compared<Value> = unknown extends Value
  ? Scalar
  : [Extract<Value, { readonly '@type': string }>] extends [never]
    ? Item<Value>
    : Date | QueryTime

type Item<Value> = Value extends readonly (infer One)[]
  ? Item<One>
  : Value extends string | number | boolean
    ? Value
    : Scalar

/** Where in a text a path stands: what is before it, its own names, what is behind it. */
interface Place {
  readonly before: string
  readonly names: readonly string[]
  readonly behind: string
  /** Nothing can follow: it ends in a member or in a value. */
  readonly ended: boolean
}

/** A place in entities that conditions are made of: an attribute, a sub-attribute, a part of a value, an attribute of a linked entity. */
export class AttributePath<Types, Attribute, Value = ValueOf<One<Attribute>>> {
  readonly #place: Place

  constructor(place: Place) {
    this.#place = place
  }

  /** A sub-attribute. @throws TypeError */
  sub<Name extends SubAttributeName<Attribute>>(
    name: Name,
  ): AttributePath<Types, Name extends keyof One<Attribute> ? One<Attribute>[Name] : unknown> {
    if (takesDots(this.#place.names.at(-1) ?? ''))
      throw new TypeError(`Path ${this.#text} can have no sub-attribute behind an IRI`)
    return new AttributePath(this.#followed([checkedName(name, 'Sub-attribute')], false))
  }

  /** A member such as `observedAt`. */
  member<Name extends SystemMember>(
    name: Name,
  ): AttributePath<Types, unknown, Name extends 'unitCode' | 'datasetId' ? string : Date | QueryTime> {
    return new AttributePath(this.#followed([name], true))
  }

  /** A part of the value by its keys, a language, or `*` for any language. @throws TypeError */
  key(...keys: readonly [string, ...string[]]): AttributePath<Types, unknown> {
    const bad = keys.find((key) => key === '' || /[.[\]]/.test(key))
    if (bad !== undefined) throw new TypeError(`Key ${JSON.stringify(bad)} cannot be asked for`)
    const { names, ...place } = this.#followed([], true)
    const last = `${names.at(-1)}[${keys.map(wellFormed).join('.')}]`
    return new AttributePath({ ...place, names: [...names.slice(0, -1), last] })
  }

  /** An attribute of the entities that this relationship leads to; the query needs `join`. @throws TypeError */
  linked<Type extends (keyof Types & string) | (string & {})>(
    type: Type,
    name: AttributeName<EntityNamed<Types, Type>>,
  ): AttributePath<
    Types,
    typeof name extends keyof EntityNamed<Types, Type> ? EntityNamed<Types, Type>[typeof name] : unknown
  > {
    if (name.includes(':'))
      throw new TypeError(`Name ${JSON.stringify(name)} cannot be asked for of linked entities`)
    const { before, names, behind } = this.#followed([], true)
    return new AttributePath({
      before: `${before}${names.join('.')}{${typeSelection(type)}:`,
      names: [checkedName(name, 'Attribute')],
      behind: `}${behind}`,
      ended: false,
    })
  }

  /** It is there. */
  exists(): Condition {
    return Condition.term(this.#text)
  }

  /** It is not there, or not for the caller. */
  absent(): Condition {
    return Condition.term(`!${this.#text}`)
  }

  /** It is one of these values. */
  equal(...values: readonly [Compared<Value>, ...Compared<Value>[]]): Condition {
    return this.#compared('==', listText(values))
  }

  /** It is there, and none of these values. */
  unequal(...values: readonly [Compared<Value>, ...Compared<Value>[]]): Condition {
    return this.#compared('!=', listText(values))
  }

  greater(value: Compared<Value>): Condition {
    return this.#compared('>', orderedText(value))
  }

  greaterOrEqual(value: Compared<Value>): Condition {
    return this.#compared('>=', orderedText(value))
  }

  less(value: Compared<Value>): Condition {
    return this.#compared('<', orderedText(value))
  }

  lessOrEqual(value: Compared<Value>): Condition {
    return this.#compared('<=', orderedText(value))
  }

  /** From the one to the other, both included. @throws TypeError unless both are of one kind */
  between(from: Compared<Value>, to: Compared<Value>): Condition {
    return this.#compared('==', rangeText(from, to))
  }

  /** It is there, and not from the one to the other. @throws TypeError unless both are of one kind */
  outside(from: Compared<Value>, to: Compared<Value>): Condition {
    return this.#compared('!=', rangeText(from, to))
  }

  /** It has this text somewhere. */
  contains(text: string): Condition {
    return this.like(escaped(text))
  }

  startsWith(text: string): Condition {
    return this.like(`^${escaped(text)}`)
  }

  endsWith(text: string): Condition {
    return this.like(`${escaped(text)}$`)
  }

  /** It matches a regular expression, of a kind without look-around and back references; the hub judges what it is good for. */
  like(pattern: string): Condition {
    return this.#compared('~=', patternText(pattern))
  }

  /** It is a text that does not match. */
  unlike(pattern: string): Condition {
    return this.#compared('!~=', patternText(pattern))
  }

  get #text(): string {
    const { before, names, behind } = this.#place
    return `${before}${names.join('.')}${behind}`
  }

  #compared(operator: string, value: string): Condition {
    return Condition.term(`${this.#text}${operator}${value}`)
  }

  #followed(names: readonly string[], ended: boolean): Place {
    if (this.#place.ended) throw new TypeError(`Path ${this.#text} can have nothing behind it`)
    return { ...this.#place, names: [...this.#place.names, ...names], ended }
  }
}

/** Begins the path of an attribute by its name. @throws TypeError */
export function attributePath<Types, Attribute>(name: string): AttributePath<Types, Attribute> {
  const names = [checkedName(name, 'Attribute')]
  return new AttributePath({ before: '', names, behind: '', ended: false })
}

function listText(values: readonly unknown[]): string {
  if (values.length === 0) throw new TypeError('Condition compares with no value')
  return values.map((value) => scalarText(value as Scalar)).join(',') // what Compared answers is one
}

function orderedText(value: unknown): string {
  return ordered(value as Scalar) // what Compared answers is one
}

function rangeText(from: unknown, to: unknown): string {
  if (kindOf(from as Scalar) !== kindOf(to as Scalar))
    throw new TypeError('Range is between values of two kinds')
  return `${orderedText(from)}..${orderedText(to)}`
}

function ordered(value: Scalar): string {
  if (typeof value === 'boolean') throw new TypeError('Booleans have no order')
  return scalarText(value)
}

/** A quote would end the pattern; escaped it is one in the pattern itself. @throws TypeError */
function patternText(pattern: string): string {
  if (pattern === '') throw new TypeError('Pattern is empty')
  if (/^(?:[^\\]|\\.)*\\$/s.test(pattern)) throw new TypeError('Pattern ends with a backslash')
  return `"${wellFormed(pattern).replaceAll(/\\.|"/gs, (part) => (part === '"' ? '\\"' : part))}"`
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')
}
