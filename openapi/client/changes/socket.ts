import type { Question, Transport } from '../transport/transport.ts'
import { feedLines, type Line } from './follow-stream.ts'

/** What is used of a WebSocket. */
interface Socket {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
  close(): void
}

/** Opens a WebSocket of these protocols. */
export type OpenSocket = (url: string, protocols: string[]) => Socket

/**
 * Reads the messages of a WebSocket as lines, until it is closed. One that does not open does not say why, so the same lines are asked for
 * without it: the hub refuses them too, or tells them where something on the way takes no sockets. @throws HubProblem
 */
export async function* socketLines(
  transport: Transport,
  question: Question,
  open: OpenSocket,
): AsyncGenerator<Line> {
  const { signal } = question
  const request = transport.request(question)
  const token = await transport.token(request)
  const protocols = ['hub.events', ...(token === undefined ? [] : [`bearer.${token}`])]
  const socket = open(request.url.replace(/^http/, 'ws'), protocols)
  const lines: Line[] = []
  const state = { opened: false, closed: false, wake: (): void => undefined }
  const on = (change: () => void) => (): void => {
    change()
    state.wake()
  }
  const closed = on(() => {
    state.closed = true
  })
  socket.addEventListener('open', () => {
    state.opened = true
  })
  socket.addEventListener('message', ({ data }) => on(() => void lines.push(JSON.parse(String(data))))())
  socket.addEventListener('close', closed)
  socket.addEventListener('error', closed)
  signal?.addEventListener('abort', closed, { once: true })
  try {
    for (;;) {
      signal?.throwIfAborted()
      const line = lines.shift()
      if (line) yield line
      else if (state.closed) break
      else
        await new Promise<void>((resolve) => {
          state.wake = resolve
        })
    }
    if (!state.opened) yield* feedLines(transport, question)
  } finally {
    signal?.removeEventListener('abort', closed)
    socket.close()
  }
}

/** Answers how this platform opens a WebSocket. @throws TypeError where it has none */
export function platformSocket(): OpenSocket {
  const { WebSocket: PlatformSocket }: { WebSocket?: new (url: string, protocols: string[]) => Socket } =
    globalThis
  if (!PlatformSocket) throw new TypeError('Platform has no WebSocket: give openSocket')
  return (url, protocols) => new PlatformSocket(url, protocols)
}
