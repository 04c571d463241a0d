/** A condition on entities: a text of the query language of NGSI-LD (CIM 009 v1.9.1, 4.9) that is well formed by construction. */
export class Condition {
  readonly #kind: 'term' | 'and' | 'or'
  readonly #text: string

  private constructor(kind: 'term' | 'and' | 'or', text: string) {
    this.#kind = kind
    this.#text = text
  }

  /** A single term; only the builder of paths makes some. */
  static term(text: string): Condition {
    return new Condition('term', text)
  }

  /** All of them. */
  and(...others: readonly Condition[]): Condition {
    return Condition.#joined('and', ';', [this, ...others])
  }

  /** At least one of them. */
  or(...others: readonly Condition[]): Condition {
    return Condition.#joined('or', '|', [this, ...others])
  }

  static #joined(kind: 'and' | 'or', symbol: string, parts: readonly Condition[]): Condition {
    const [only] = parts
    if (only && parts.length === 1) return only
    const texts = parts.map((part) =>
      part.#kind === 'term' || part.#kind === kind ? part.#text : `(${part.#text})`,
    )
    return new Condition(kind, texts.join(symbol))
  }

  /** The text for the parameter `q`. */
  toString(): string {
    return this.#text
  }

  toJSON(): string {
    return this.#text
  }
}
