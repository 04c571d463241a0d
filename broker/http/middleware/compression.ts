import { pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib'
import type Koa from 'koa'

type Coding = 'br' | 'gzip'

// for answers that are made once and sent once: nearly as small as the slowest level, at a fraction of its time
const GZIP = { level: 5 }
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

const CODERS: Readonly<Record<Coding, (body: string | Buffer) => Promise<Buffer>>> = {
  gzip: (body) => promisify(gzip)(body, GZIP),
  br: (body) => promisify(brotliCompress)(body, BROTLI),
}

const COMPRESSIBLE =
  /^(?:text\/|image\/svg|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|n-quads|turtle|x-ndjson))/

/** Compresses answers of at least so many bytes for those who accept it (RFC 9110, 12.5.3); 0: none, for nobody. */
export function compression(minimum: number): Koa.Middleware {
  return (context, next) => {
    if (minimum === 0) return next()
    context.vary('Accept-Encoding')
    const coding = codingOf(context)
    return coding === undefined ? next() : next().then(() => compress(context, coding, minimum))
  }
}

/** Compresses the pieces of a stream, unless `minimum` is 0, each so that the client can read it as soon as it is there. */
export function compressedPieces(
  context: Koa.Context,
  pieces: AsyncIterable<string>,
  minimum: number,
): AsyncIterable<string | Buffer> {
  const coding = minimum === 0 ? undefined : codingOf(context)
  if (coding === undefined) return pieces
  const coder =
    coding === 'gzip'
      ? createGzip({ ...GZIP, flush: constants.Z_SYNC_FLUSH })
      : createBrotliCompress({ ...BROTLI, flush: constants.BROTLI_OPERATION_FLUSH })
  context.set('Content-Encoding', coding)
  return pipeline(Readable.from(pieces), coder, () => undefined) // whoever reads the coder gets the error
}

function codingOf(context: Koa.Context): Coding | undefined {
  if (context.headers['accept-encoding'] === undefined) return undefined
  const best = context.acceptsEncodings('br', 'gzip', 'identity')
  return best === 'br' || best === 'gzip' ? best : undefined
}

async function compress(context: Koa.Context, coding: Coding, minimum: number): Promise<void> {
  const { body, response } = context
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return
  if ((response.length ?? 0) < minimum || !COMPRESSIBLE.test(response.get('Content-Type'))) return
  const coded = await CODERS[coding](body)
  if (coded.length >= (response.length ?? 0)) return
  context.body = coded
  context.set('Content-Encoding', coding)
  // other bytes need another strong tag (RFC 9110, 8.8.3.3)
  const tag = context.res.getHeader('ETag')
  if (typeof tag === 'string') context.set('ETag', `${tag.slice(0, -1)}~${coding}"`)
}
