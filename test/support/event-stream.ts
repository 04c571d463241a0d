import { request } from 'undici'
import { WebSocket } from 'ws'
import { checkChange, type Line } from './change-lines.ts'
import { until } from './until.ts'

/** What came of a stream so far. */
export interface OpenStream {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Changes, in order. */
  readonly changes: readonly Line[]
  /** Token of the last event, change or sign of life. */
  last(): string
  /** Why it was ended, and whether it is over. */
  readonly end: { reason?: string; over: boolean; code?: number }
  /** Signs of life. */
  readonly beats: () => number
  readonly text: () => string
  /** Waits until so many changes came. */
  has(changes: number): Promise<void>
  close(): Promise<void>
}

type Headers = Readonly<Record<string, string>>

/** Opens Server-Sent Events, as a browser reads them (HTML, 9.2.6). */
export async function openEvents(url: string, headers: Headers = {}): Promise<OpenStream> {
  const stop = new AbortController()
  const answer = await request(url, {
    headers: { Accept: 'text/event-stream', ...headers },
    signal: stop.signal,
  })
  const state = newState(answer.statusCode, answer.headers)
  const reading = (async () => {
    let rest = ''
    for await (const piece of answer.body.setEncoding('utf8')) {
      state.add(piece)
      rest += piece
      const events = rest.split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) readEvent(event, state)
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      state.end.over = true
    })
  return {
    ...state,
    close: async () => {
      stop.abort()
      await reading
    },
  }
}

function readEvent(event: string, state: ReturnType<typeof newState>): void {
  const field = (name: string) =>
    event
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const [id, data] = [field('id'), field('data')]
  if (id !== undefined) state.token(id)
  if (data === undefined) {
    if (id !== undefined) state.beat()
  } else if (field('event') === 'end') state.end.reason = JSON.parse(data).reason
  else state.change(JSON.parse(data), id)
}

/** Opens a WebSocket; the status is that of the refusal, where there is one. */
export async function openSocket(
  url: string,
  {
    headers = {},
    protocols = [],
  }: { readonly headers?: Headers; readonly protocols?: readonly string[] } = {},
): Promise<OpenStream & { readonly socket: WebSocket }> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), [...protocols], { headers })
  const state = newState(101, {})
  socket.on('message', (message) => {
    const line = JSON.parse(String(message))
    state.add(String(message))
    state.token(line.after)
    if (line.reason !== undefined) state.end.reason = line.reason
    else if (line.id === undefined && line.notification === undefined) state.beat()
    else state.change(line, line.after)
  })
  const refusal = await new Promise<{ status: number; text: string } | undefined>((resolve) => {
    socket.once('open', () => resolve(undefined))
    socket.once('error', () => undefined)
    socket.once('unexpected-response', async (_, response) => {
      let text = ''
      for await (const piece of response) text += piece
      resolve({ status: response.statusCode ?? 0, text })
    })
  })
  if (refusal) state.add(refusal.text)
  const closed = new Promise<void>((resolve) => {
    if (refusal) resolve()
    else
      socket.once('close', (code) => {
        Object.assign(state.end, { over: true, code })
        resolve()
      })
  })
  return {
    ...state,
    status: refusal?.status ?? 101,
    socket,
    close: async () => {
      socket.close()
      await closed
    },
  }
}

function newState(status: number, headers: OpenStream['headers']) {
  const changes: Line[] = []
  const end: OpenStream['end'] = { over: false }
  let [text, last, beats] = ['', '', 0]
  return {
    ...{ status, headers, changes, end },
    last: () => last,
    beats: () => beats,
    text: () => text,
    add: (piece: string) => {
      text += piece
    },
    token: (id: string) => {
      last = id
    },
    beat: () => {
      beats++
    },
    change: (line: Line, id: string | undefined) => {
      checkChange(line)
      if (line.after !== id) throw new Error('Event has another id than its change')
      changes.push(line)
    },
    has: (count: number) => until(`${count} changes`, () => changes.length >= count),
  }
}
