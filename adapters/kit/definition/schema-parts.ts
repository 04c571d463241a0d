/** JSON Schema of a text that is not empty. */
export const text = { type: 'string', minLength: 1 } as const

/** JSON Schema of an object with these members and no others. */
export function closed<Properties extends object>(properties: Properties, required: readonly string[] = []) {
  return { type: 'object', additionalProperties: false, required, properties } as const
}

/** JSON Schema of an object whose member says which of several kinds it is. */
export function oneOf<Kinds extends readonly object[]>(member: string, kinds: Kinds) {
  return {
    type: 'object',
    required: [member],
    discriminator: { propertyName: member },
    oneOf: kinds,
  } as const
}
