/** Stands for a credential when what it belongs to is read. */
export const HIDDEN = '***'

const CREDENTIAL =
  /authori[sz]ation|cookie|token|secret|passw|credential|(?:api|access|auth|shared|subscription|functions)[-_]?key/i

/** Tells whether a value under this name is a credential, by the name alone. */
export function namesCredential(name: string): boolean {
  return CREDENTIAL.test(name)
}
