/** Answers what is wrong with the text of a JSONata template, with the place in it; undefined: nothing. */
export async function templateFault(template: string): Promise<string | undefined> {
  const { default: jsonata } = await import('jsonata')
  try {
    jsonata(template)
    return undefined
  } catch (cause) {
    return codeOf(cause)
  }
}

/** JSONata throws objects whose messages can hold values of a notification; codes and positions cannot. */
export function codeOf(cause: unknown): string {
  const { code, position } = Object(cause) as { code?: unknown; position?: unknown } // whatever was thrown has no type
  const place = typeof position === 'number' ? ` at ${position}` : ''
  return `${typeof code === 'string' ? code : 'error'}${place}`
}
