import type { IncomingMessage, ServerResponse } from 'node:http'
import { Problem } from '../core/model/problem.ts'
import { type AccessRecord, millisecondsSince } from './access-record.ts'
import { asProblem, problemDocument, problemStatus } from './encode/problem-document.ts'
import { sendStream } from './encode/send-stream.ts'
import type { WrittenAnswer } from './encode/write-answer.ts'
import { type AnswerHeaders, beginExchange, type Exchange, goneWith, vary } from './exchange.ts'
import { compressed, compressedPieces, isCompressible } from './middleware/compression.ts'
import { crossOrigin } from './middleware/cross-origin.ts'
import { noteRefusals, type RefusalDependencies } from './note-refusals.ts'
import type { RememberedAnswers } from './remembered-answers.ts'

/** What every answer goes through, whoever makes it. */
export interface AnswerDependencies extends RefusalDependencies {
  readonly remembered: Pick<RememberedAnswers, 'keep'>
  readonly access: (record: AccessRecord) => void
  /** What a refusal asks for, header WWW-Authenticate (RFC 9110, 11.6.1); absent without access control. */
  readonly challenge?: (problem: Problem, caller?: { readonly issuer?: string }) => string | undefined
  /** Origins that browsers may call from; `*` for all; empty: none. */
  readonly corsOrigins: readonly string[]
  /** Others reach the hub by HTTPS. */
  readonly secure?: boolean
  /** Answers of at least so many bytes are compressed for those who accept it; 0: none. */
  readonly compressBytes: number
}

/** Makes the answer to an exchange; undefined: it was sent already. @throws Problem */
export type MakeAnswer = (exchange: Exchange) => Promise<WrittenAnswer | undefined>

/**
 * The one catch: gives each request its id, sends what is made of it or a problem document, and writes the access
 * record. It resolves when the answer has left the hub's hands, and never rejects.
 */
export function answerExchange(
  dependencies: AnswerDependencies,
): (request: IncomingMessage, response: ServerResponse, make: MakeAnswer) => Promise<void> {
  const { remembered, access, failure, challenge, secure, corsOrigins, compressBytes } = dependencies
  const note = noteRefusals(dependencies)
  const preflight = crossOrigin(corsOrigins)
  const standing = standingHeaders(secure)

  return async (request, response, make) => {
    const started = performance.now()
    const exchange = beginExchange(request, response)
    await answer(exchange, make)
      .catch((error: unknown) => fail(exchange, asProblem(error)))
      .catch((error: unknown) => {
        failure(asProblem(error), exchange.requestId) // not even the problem could be told
        response.destroy()
      })
    const { method, requestId, route = 'other', caller } = exchange
    const status = response.statusCode
    const milliseconds = millisecondsSince(started)
    access({ requestId, method, route, status, milliseconds, ...(caller !== undefined && { caller }) })
  }

  async function answer(exchange: Exchange, make: MakeAnswer): Promise<void> {
    if (compressBytes > 0) vary(exchange, 'Accept-Encoding')
    const made = preflight(exchange) ?? (await make(exchange))
    if (made?.stream) await sendPieces(exchange, made, made.stream)
    else if (made) send(exchange, await compressed(exchange, made, compressBytes))
  }

  function send(exchange: Exchange, { status, headers, body }: WrittenAnswer): void {
    const { request, response, method, basis } = exchange
    const flat = flattened(standing, exchange.headers, headers)
    if (body !== undefined) flat.push('Content-Length', String(Buffer.byteLength(body)))
    else if (status !== 204 && status !== 304) flat.push('Content-Length', '0')
    response.writeHead(status, flat)
    response.end(method === 'HEAD' ? undefined : body)
    if (basis && status === 200 && body !== undefined)
      remembered.keep(request, flat, { body: asBody(body), ...basis })
  }

  async function sendPieces(
    exchange: Exchange,
    { status, headers, live }: WrittenAnswer,
    stream: NonNullable<WrittenAnswer['stream']>,
  ): Promise<void> {
    const { response, method } = exchange
    if (method === 'HEAD') {
      response.writeHead(status, flattened(standing, exchange.headers, headers)).end()
      return
    }
    const minimum = live || !isCompressible(headers) ? 0 : compressBytes
    const all = stream(goneWith(response))
    // what is live looks at the standing of its caller itself, and says why it ends
    const pieces = live ? all : untilRevoked(all, exchange)
    const { pieces: coded, coding } = compressedPieces(exchange, pieces, minimum)
    await sendStream(response, coded, () =>
      response.writeHead(status, flattened(standing, exchange.headers, headers, coding)),
    )
  }

  function fail(exchange: Exchange, problem: Problem): void {
    const { request, response, requestId } = exchange
    note(exchange, problem)
    if (response.headersSent) return // what fails in the middle of a stream has cut the connection
    const wanted = challenge?.(problem, exchange.asker)
    const headers = {
      ...(wanted !== undefined && { 'WWW-Authenticate': wanted }),
      ...problem.headers,
      ...(!request.complete && { Connection: 'close' }),
    }
    delete exchange.basis
    send(exchange, problemAnswer(problem, headers, requestId))
  }
}

/** What runs ends with the token that it was asked for with. */
async function* untilRevoked<T>(pieces: AsyncIterable<T>, { asker }: Exchange): AsyncGenerator<T> {
  for await (const piece of pieces) {
    if (asker?.isRevoked?.())
      throw new Problem('Unauthorized', 'Access token was revoked while its answer was sent')
    yield piece
  }
}

/** 411 and 415 are bare (CIM 009 v1.9.1, 6.3.4). */
function problemAnswer(problem: Problem, headers: AnswerHeaders, requestId: string): WrittenAnswer {
  const status = problemStatus(problem.code)
  if (problem.code === 'LengthRequired' || problem.code === 'UnsupportedMediaType') return { status, headers }
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(problemDocument(problem, requestId)),
  }
}

/** What every answer says to browsers: made once. Over HTTPS, that there is no other way (RFC 6797). */
function standingHeaders(secure = false): AnswerHeaders {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...(secure && { 'Strict-Transport-Security': 'max-age=31536000' }),
  }
}

/** Names and values in turn, as node takes them. */
function flattened(...all: readonly Readonly<AnswerHeaders>[]): string[] {
  const flat: string[] = []
  for (const headers of all) {
    for (const name in headers) {
      const value = headers[name]
      if (typeof value === 'string') flat.push(name, value)
      else for (const one of value ?? []) flat.push(name, one)
    }
  }
  return flat
}

function asBody(body: string | Uint8Array): string | Buffer {
  return typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}
