import { createHash } from 'node:crypto'
import type { Format } from '../formats/format.ts'

/** Bytes that a transport brought. */
export interface Input {
  /** File name without folders, or the name of the transport. */
  readonly name: string
  readonly bytes: Uint8Array
  /** The same bytes later are news again (polls, webhooks); those of a file are not. */
  readonly repeatable: boolean
}

/** Names an input by its content, and by its name where that says something too. */
export function inputKey(input: Input, format: Format): string {
  const hash = createHash('sha256')
  if (format.readsName) hash.update(input.name).update('\0')
  return hash.update(input.bytes).digest('hex')
}
