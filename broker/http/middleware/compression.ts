import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import accepts from 'accepts'
import type { WrittenAnswer } from '../encode/write-answer.ts'
import type { AnswerHeaders, Exchange } from '../exchange.ts'

type Coding = 'br' | 'gzip'

// for answers that are made once and sent once: nearly as small as the slowest level, at a fraction of its time
const GZIP = { level: 5 }
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

const CODERS: Readonly<Record<Coding, (body: string | Uint8Array) => Promise<Buffer>>> = {
  gzip: (body) => promisify(gzip)(body, GZIP),
  br: (body) => promisify(brotliCompress)(body, BROTLI),
}

const COMPRESSIBLE =
  /^(?:text\/|image\/svg|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|n-quads|turtle|x-ndjson))/

/** Compresses an answer of at least so many bytes for those who accept it (RFC 9110, 12.5.3); 0: none, for nobody. */
export function compressed(
  exchange: Exchange,
  answer: WrittenAnswer,
  minimum: number,
): WrittenAnswer | Promise<WrittenAnswer> {
  const { body, headers } = answer
  const coding = minimum === 0 || body === undefined ? undefined : codingOf(exchange)
  if (coding === undefined || body === undefined || Buffer.byteLength(body) < minimum) return answer
  if (!isCompressible(headers)) return answer
  return compress(answer, body, coding)
}

/** Tells whether there is anything to gain: what is text, and not packed already. */
export function isCompressible(headers: Readonly<AnswerHeaders>): boolean {
  return COMPRESSIBLE.test(String(headers['Content-Type']))
}

/** Compresses the pieces of a stream, unless `minimum` is 0, each so that the client can read it as soon as it is there. */
export function compressedPieces(
  exchange: Exchange,
  pieces: AsyncIterable<string | Uint8Array>,
  minimum: number,
): { readonly pieces: AsyncIterable<string | Uint8Array>; readonly coding: AnswerHeaders } {
  const coding = minimum === 0 ? undefined : codingOf(exchange)
  if (coding === undefined) return { pieces, coding: {} }
  const coder =
    coding === 'gzip'
      ? createGzip({ ...GZIP, flush: constants.Z_SYNC_FLUSH })
      : createBrotliCompress({ ...BROTLI, flush: constants.BROTLI_OPERATION_FLUSH })
  // whoever reads the coder gets the error
  return {
    pieces: pipeline(Readable.from(pieces), coder, () => undefined),
    coding: { 'Content-Encoding': coding },
  }
}

function codingOf({ request }: Exchange): Coding | undefined {
  if (request.headers['accept-encoding'] === undefined) return undefined
  const best = accepts(request).encodings(['br', 'gzip', 'identity'])
  return best === 'br' || best === 'gzip' ? best : undefined
}

async function compress(
  answer: WrittenAnswer,
  body: string | Uint8Array,
  coding: Coding,
): Promise<WrittenAnswer> {
  const coded = await CODERS[coding](body)
  if (coded.length >= Buffer.byteLength(body)) return answer
  const { ETag: tag } = answer.headers
  const headers = {
    ...answer.headers,
    'Content-Encoding': coding,
    // other bytes need another strong tag (RFC 9110, 8.8.3.3)
    ...(typeof tag === 'string' && { ETag: `${tag.slice(0, -1)}~${coding}"` }),
  }
  return { ...answer, headers, body: coded }
}
