/** What is remembered at most: more would grow old before it is forgotten. */
const MOST = 16

interface Piece<Made> {
  readonly of: object
  readonly form: string
  readonly made: Made
}

/**
 * Remembers what was made last of changes, each in some form: those who are told of a change are told of it at about the
 * same time. Not in a WeakMap, which keeps each value for two collections of garbage longer than anybody wants it.
 */
export class RecentWork<Made> {
  readonly #pieces: Piece<Made>[] = []
  #oldest = 0

  /** Answers what was made of an object in this form a moment ago, or makes it. */
  of(object: object, form: string, make: () => Made): Made {
    const known = this.#pieces.find((piece) => piece.of === object && piece.form === form)
    if (known) return known.made
    const made = make()
    this.#pieces[this.#oldest] = { of: object, form, made }
    this.#oldest = (this.#oldest + 1) % MOST
    return made
  }
}
