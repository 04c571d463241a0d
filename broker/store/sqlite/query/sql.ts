import type { SqlValue } from '../statements.ts'

/** A piece of SQL with the values of its placeholders, in order. */
export interface Sql {
  readonly text: string
  readonly values: readonly SqlValue[]
}

/** Writes SQL: pieces are put in as they are, everything else becomes a placeholder. */
export function sql(parts: TemplateStringsArray, ...items: readonly (Sql | SqlValue)[]): Sql {
  const values: SqlValue[] = []
  const text = items.map((item, at) => `${parts[at]}${place(item, values)}`)
  return { text: `${text.join('')}${parts.at(-1)}`, values }
}

/** Joins pieces with a word between them. */
export function join(pieces: readonly Sql[], between: string): Sql {
  return {
    text: pieces.map(({ text }) => text).join(between),
    values: pieces.flatMap(({ values }) => values),
  }
}

export const TRUE = sql`1`
export const FALSE = sql`0`

function place(item: Sql | SqlValue, values: SqlValue[]): string {
  if (typeof item !== 'object' || item === null) {
    values.push(item)
    return '?'
  }
  values.push(...item.values)
  return item.text
}
