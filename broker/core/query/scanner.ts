import { badRequestData } from '../model/problem.ts'
import { QUERY_LIMITS, type QueryLimits, tooComplex } from './limits.ts'

const BLANKS = /\s*/y

/** Walks once through the text of a query parameter, counts what is limited and words the refusals. */
export class Scanner {
  readonly subject: string
  readonly text: string
  position = 0
  readonly #limits: QueryLimits
  #depth = 0
  #terms = 0

  /** @throws Problem TooComplexQuery for a text that is too long, BadRequestData for a lone surrogate */
  constructor(subject: string, text: string, limits: QueryLimits = QUERY_LIMITS) {
    this.subject = subject
    this.text = text
    this.#limits = limits
    if (text.length > limits.length) throw tooComplex(subject, 'length', limits)
    if (!text.isWellFormed()) throw badRequestData(`Parameter ${subject} has a lone surrogate`)
  }

  /** Whether nothing is left. */
  get done(): boolean {
    return this.position >= this.text.length
  }

  /** The character here, empty at the end. */
  peek(): string {
    return this.text.charAt(this.position)
  }

  /** Steps over a symbol if it stands here. */
  take(symbol: string): boolean {
    if (!this.text.startsWith(symbol, this.position)) return false
    this.position += symbol.length
    return true
  }

  /** Steps over one of these characters if it stands here. */
  takeOneOf(characters: string): boolean {
    if (this.done || !characters.includes(this.peek())) return false
    this.position++
    return true
  }

  /** Steps over a symbol that must stand here. @throws Problem BadRequestData */
  expect(symbol: string, expected = `"${symbol}"`): void {
    if (!this.take(symbol)) throw this.fault(expected)
  }

  /** Steps over what a sticky pattern matches here; undefined when it matches nothing. */
  match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.position
    const found = sticky.exec(this.text)?.[0]
    if (found !== undefined) this.position += found.length
    return found
  }

  skipBlanks(): void {
    this.match(BLANKS)
  }

  /** Checks that nothing is left. @throws Problem BadRequestData */
  expectEnd(expected: string): void {
    if (!this.done) throw this.fault(expected)
  }

  /** Runs a part one level deeper. @throws Problem TooComplexQuery */
  nested<T>(part: () => T): T {
    this.checkDepth(++this.#depth)
    const result = part()
    this.#depth--
    return result
  }

  /** @throws Problem TooComplexQuery */
  checkDepth(depth: number): void {
    if (depth > this.#limits.depth) throw tooComplex(this.subject, 'depth', this.#limits)
  }

  /** @throws Problem TooComplexQuery */
  countTerm(): void {
    if (++this.#terms > this.#limits.terms) throw tooComplex(this.subject, 'terms', this.#limits)
  }

  /** @throws Problem TooComplexQuery */
  checkListItems(count: number): void {
    if (count > this.#limits.listItems) throw tooComplex(this.subject, 'listItems', this.#limits)
  }

  /** Words a refusal that says what was expected, where, and which character stands there instead. */
  fault(expected: string, position = this.position): Error {
    const found = this.text.codePointAt(position)
    const shown = found === undefined ? 'ends' : `has ${JSON.stringify(String.fromCodePoint(found))}`
    return badRequestData(
      `Parameter ${this.subject} ${shown} at character ${position}, where ${expected} is expected`,
      { position, expected },
    )
  }
}
