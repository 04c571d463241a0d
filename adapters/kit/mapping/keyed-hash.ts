import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { FeedDefinition } from '../definition/feed-definition.ts'
import { FeedFault, unmapped } from '../values/fault.ts'

/** Answers what stands for an identifier of a person or vehicle: the same one for the same text, and nothing leads back. */
export type KeyedHash = (text: string) => string

const LEAST_BYTES = 32
const HEX_DIGITS = 32

/**
 * Makes the hash of a feed (HMAC-SHA-256) with the key of its file. The feed's source is part of it: two feeds with one key give
 * different hashes. A feed without a key cannot hash. @throws FeedFault where there is no good key in the file
 */
export async function keyedHash({ hash, file, source }: FeedDefinition): Promise<KeyedHash> {
  if (!hash) {
    return () => {
      throw unmapped('Feed has no key to hash with')
    }
  }
  const key = await readKey(path.resolve(path.dirname(file), hash.key.file), file)
  return (text) =>
    createHmac('sha256', key).update(source).update('\0').update(text).digest('hex').slice(0, HEX_DIGITS)
}

async function readKey(keyFile: string, feedFile: string): Promise<Buffer> {
  const bytes = await readFile(keyFile).catch(() => {
    throw new FeedFault([`${feedFile}: hash.key.file ${keyFile} cannot be read`])
  })
  const key = Buffer.from(bytes.toString('latin1').replace(/\r?\n$/, ''), 'latin1')
  if (key.length >= LEAST_BYTES) return key
  throw new FeedFault([`${feedFile}: hash.key.file ${keyFile} has less than ${LEAST_BYTES} bytes`])
}
