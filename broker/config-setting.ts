/** One setting: where it stands in the file, what it may be, and what it is when nobody says. */
export interface Setting {
  readonly type: 'string' | 'integer' | 'boolean' | 'list' | 'objects'
  readonly description: string
  readonly default?: string | number | boolean | readonly unknown[]
  readonly values?: readonly string[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  /** It is a secret, which a file may hold too, or it names a file that holds secrets: none is ever shown. */
  readonly secret?: true | 'file'
  /** For `objects`: the JSON Schema of each; `secret` in a member as above. */
  readonly items?: object
}

/** JSON Schema of what `objects` have inside. */
export const text = { type: 'string', minLength: 1 } as const
export const secretText = { ...text, secret: true } as const
export const texts = { type: 'array', items: text } as const
