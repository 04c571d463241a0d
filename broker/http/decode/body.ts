import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { checkExactNumbers } from '../../core/model/exact-numbers.ts'
import { isJsonArray, type JsonValue } from '../../core/model/json.ts'
import { badRequestData, invalidRequest, Problem } from '../../core/model/problem.ts'

const JSON_TYPES: ReadonlySet<string> = new Set([
  'application/json',
  'application/ld+json',
  'application/merge-patch+json',
])
const MAX_DEPTH = 128

/** Answers the media type of the body in lower case, without parameters; empty when there is none. */
export function contentType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/**
 * Checks that the body is announced as JSON of known length (CIM 009 v1.9.1, 6.3.2 and 6.3.4).
 * @throws Problem UnsupportedMediaType, LengthRequired or RequestEntityTooLarge
 */
export function checkJsonHeaders(
  headers: IncomingMessage['headers'],
  method: string,
  maxBytes: number,
): void {
  const type = contentType(headers['content-type'])
  if (!JSON_TYPES.has(type) || (type === 'application/merge-patch+json' && method !== 'PATCH')) {
    throw new Problem('UnsupportedMediaType', 'Body is neither application/json nor application/ld+json')
  }
  refuseCoding(headers)
  if (headers['content-length'] === undefined) {
    throw new Problem('LengthRequired', 'Request has no Content-Length header')
  }
  if (Number(headers['content-length']) > maxBytes) throw tooLarge(maxBytes)
}

/** What a coded body unfolds to would have to be bounded too: nobody needs it. @throws Problem UnsupportedMediaType */
export function refuseCoding(headers: IncomingMessage['headers']): void {
  if ((headers['content-encoding'] ?? 'identity') === 'identity') return
  throw new Problem('UnsupportedMediaType', 'Body has a content coding, which is not taken', {
    headers: { 'Accept-Encoding': 'identity' },
  })
}

/** Reads a whole body. @throws Problem RequestEntityTooLarge as soon as it is longer than `maxBytes` */
export function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) {
        request.pause()
        reject(tooLarge(maxBytes))
      } else chunks.push(chunk)
    })
    request.on('end', () => {
      const [only] = chunks
      resolve(only && chunks.length === 1 ? only : Buffer.concat(chunks))
    })
    request.on('error', reject)
    request.on('close', () => {
      if (!request.complete) reject(invalidRequest('Request ended before its body did'))
    })
  })
}

/**
 * Parses a body as JSON.
 * @throws Problem InvalidRequest (no JSON, no UTF-8) or BadRequestData (nested too deep, a number that would be rounded)
 */
export function parseJson(bytes: Buffer): JsonValue {
  return parseJsonText(decodeUtf8(bytes), 'Body')
}

/** Parses a text as JSON; `what` names it in a Problem. @throws Problem as `parseJson` does */
export function parseJsonText(text: string, what: string): JsonValue {
  const value = parse(text, what)
  checkExactNumbers(text)
  if (isDeeper(value, MAX_DEPTH)) throw badRequestData(`${what} is nested deeper than ${MAX_DEPTH} levels`)
  return value
}

/** A byte order mark says nothing in UTF-8 and is passed over (RFC 8259, 8.1). */
function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw invalidRequest('Body is not valid UTF-8')
  const text = bytes.toString('utf8')
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

function parse(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue // what JSON.parse answers is JSON
  } catch (cause) {
    if (text.trim() === '') throw invalidRequest(`${what} is empty where JSON is needed`)
    const position = / at position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1]
    const at = position === undefined ? text.length : Number(position)
    throw new Problem('InvalidRequest', `${what} is not valid JSON at character ${at}`, {
      members: { position: at },
    })
  }
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  if (isJsonArray(value)) return value.some((item) => isDeeper(item, levels - 1))
  for (const name in value) if (isDeeper(value[name] ?? null, levels - 1)) return true
  return false
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(
    'RequestEntityTooLarge',
    `Body is larger than the ${maxBytes} bytes that this route takes`,
  )
}
