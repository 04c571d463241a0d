/** Where one item of an array stands in a JSON text. */
export interface ItemPlace {
  readonly start: number
  readonly end: number
  /** Line that it starts on, counted from 1. */
  readonly line: number
}

const BLANK = /[\s]/
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy

/** Finds the items of the array at a path without parsing them, so that one bad item does not spoil the others. */
export function itemsAt(text: string, path: readonly string[]): readonly ItemPlace[] | undefined {
  const scanner = new Scanner(text)
  for (const name of path) if (!scanner.enterMember(name)) return undefined
  return scanner.items()
}

/** Walks over JSON values by their brackets and strings. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Goes to the value of a member of the object that starts here. */
  enterMember(name: string): boolean {
    if (!this.#take('{')) return false
    while (this.#peek() === '"') {
      const key = this.#string()
      if (!this.#take(':')) return false
      if (key === JSON.stringify(name)) return true
      this.#skipValue()
      if (!this.#take(',')) return false
    }
    return false
  }

  /** Lists the items of the array that starts here; undefined where there is no whole array. */
  items(): readonly ItemPlace[] | undefined {
    const places: ItemPlace[] = []
    if (!this.#take('[')) return undefined
    if (this.#take(']')) return places
    let [line, counted] = [1, 0]
    do {
      this.#peek()
      const start = this.#at
      line += countLines(this.#text, counted, start)
      counted = start
      this.#skipValue()
      if (this.#at === start) return undefined
      places.push({ start, end: this.#at, line })
    } while (this.#take(','))
    return this.#take(']') ? places : undefined
  }

  #skipValue(): void {
    let depth = 0
    for (let mark = this.#peek(); mark !== undefined; mark = this.#text[this.#at]) {
      if (depth === 0 && (mark === ',' || mark === ']' || mark === '}')) return
      if (mark === '"') this.#string()
      else this.#at++
      if (mark === '{' || mark === '[') depth++
      if ((mark === '}' || mark === ']') && --depth === 0) return
    }
  }

  #string(): string {
    STRING.lastIndex = this.#at
    const found = STRING.exec(this.#text)?.[0] ?? this.#text.slice(this.#at)
    this.#at += found.length
    return found
  }

  #take(mark: string): boolean {
    if (this.#peek() !== mark) return false
    this.#at++
    return true
  }

  #peek(): string | undefined {
    while (this.#at < this.#text.length && BLANK.test(this.#text[this.#at] ?? '')) this.#at++
    return this.#text[this.#at]
  }
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
