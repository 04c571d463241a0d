import { LRUCache } from 'lru-cache'
import type { JsonValue } from '../../core/model/json.ts'

/** What sources answered last, parsed: what comes again byte by byte is not parsed again, and known by being the same object. */
export interface KnownAnswers {
  /** Parses the bytes that came to a question. @throws SyntaxError */
  parse(question: string, bytes: Buffer): JsonValue
}

/** A parsed answer and what is read of it take about so many times the bytes of its text. */
const PARSED = 10
const MOST_BYTES = 64 * 1024 * 1024

/** Makes an empty memory of answers. It is never asked instead of a source. */
export function createKnownAnswers(): KnownAnswers {
  const answers = new LRUCache<string, { readonly bytes: Buffer; readonly value: JsonValue }>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ bytes }, question) => bytes.length * PARSED + question.length,
  })
  return {
    parse: (question, bytes) => {
      const known = answers.get(question)
      if (known?.bytes.equals(bytes)) return known.value
      const value = JSON.parse(bytes.toString('utf8')) as JsonValue // what JSON.parse answers is a JSON value
      answers.set(question, { bytes, value })
      return value
    },
  }
}
