import type { Socket } from 'node:net'
import { Problem, type ProblemCode } from '../core/model/problem.ts'
import { problemDocument, problemStatus } from './encode/problem-document.ts'

/** What is wrong with bytes that are no request, by the code of node's error. */
const BROKEN: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['HeadersTooLarge', 'Headers of the request are longer than the hub reads'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['RequestEntityTooLarge', 'Chunk extensions are longer than the hub reads'],
  ERR_HTTP_REQUEST_TIMEOUT: ['RequestTimeout', 'Request did not arrive in time'],
}
const MALFORMED: readonly [ProblemCode, string] = ['InvalidRequest', 'Request is no HTTP']

/** Who still sends is listened to for so long, and so much of it, or it would not read the answer. */
const LINGER_MILLISECONDS = 2000
const LINGER_BYTES = 4_194_304

/** Refuses what is no request that could be answered, and closes the connection (node's `clientError`). */
export function refuseBroken(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const [code, text] = BROKEN[error.code ?? ''] ?? MALFORMED
  const status = problemStatus(code)
  const problem = problemDocument(new Problem(code, text))
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${status} ${problem.title}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  linger(socket)
}

function linger(socket: Socket): void {
  let taken = 0
  const leave = (): void => void socket.destroy()
  socket.removeAllListeners('data')
  socket.on('error', leave)
  socket.on('data', (piece: Buffer) => {
    taken += piece.length
    if (taken > LINGER_BYTES) leave()
  })
  const late = setTimeout(leave, LINGER_MILLISECONDS).unref()
  socket.once('close', () => clearTimeout(late))
  socket.resume()
}
