import { createHash } from 'node:crypto'
import type { Feed } from './feed.ts'

/** Bytes that a transport brought. */
export interface Input {
  /** File name without folders, or the name of the transport. */
  readonly name: string
  readonly bytes: Uint8Array
  /** The same bytes later are news again (polls, webhooks); those of a file are not. */
  readonly repeatable: boolean
}

/** Names an input by its feed and content, and by its name where that says something too. */
export function inputKey({ definition, format }: Feed, input: Input): string {
  const hash = createHash('sha256').update(definition.source).update('\0')
  if (format.readsName) hash.update(input.name).update('\0')
  return hash.update(input.bytes).digest('hex')
}
