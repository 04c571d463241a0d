/** One setting: where it stands in the file, what it may be, and what it is when nobody says. */
export interface Setting {
  readonly type: 'string' | 'integer' | 'boolean' | 'list' | 'objects'
  readonly description: string
  readonly default?: string | number | boolean | readonly unknown[]
  readonly values?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  /** For `objects`: the JSON Schema of each. */
  readonly items?: object
}

/** JSON Schema of what `objects` have inside. */
export const text = { type: 'string', minLength: 1 } as const
export const texts = { type: 'array', items: text } as const
