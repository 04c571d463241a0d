import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Message, Simulator, WayFault } from './simulator.ts'
import { startTcpProxy } from './tcp-proxy.ts'

/** How an HTTP server gives what it has. */
export interface HttpScript {
  /** Path of the document, for feeds that name all of their URL. */
  readonly path: string
  /** Where the next page is: in a Link header, in the document, or by number; absent: each message is a document of its own. */
  readonly pages?: 'link' | 'member' | 'number'
  /** What the server wants to be shown: a token of its own issuer, or a key. */
  readonly asks?: 'token' | 'key'
}

/** What a server answers behind its last page. */
const NOTHING: Readonly<Record<string, string>> = { number: '[]' }

const MOST_TURNS = 50

/** What the server has at one time. */
interface Turn {
  readonly pages: readonly Message[]
  readonly etag: string
}

const [CLIENT, SECRET, TOKEN, KEY] = ['hub', 'of-the-client', 'good', 'Token c2ltdWxhdG9y'] as const

/** An HTTP server that has one document at a time, with an ETag; the next takes its place when a client has it, or cannot read it. */
export async function httpSimulator(folder: string, script: HttpScript): Promise<Simulator> {
  const turns: Turn[] = []
  let given = 0
  let [served, broken]: [number, WayFault | undefined] = [0, undefined]
  const server = createServer((request, response) => {
    if (request.url === '/token') return issue(request, response)
    if (script.asks && request.headers.authorization !== (script.asks === 'key' ? KEY : `Bearer ${TOKEN}`))
      return response.writeHead(401).end()
    const page = pageOf(request.url ?? '/', script)
    if (page === 0) turn(request)
    const [current] = turns
    // whoever went away has not got it
    response.once('finish', () => {
      if (page === 0 && broken === undefined && current && current === turns[0] && !request.destroyed)
        served++
    })
    return answer(response, { page, seen: request.headers['if-none-match'] })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = await startTcpProxy((server.address() as AddressInfo).port, 150) // it listens
  const base = `http://127.0.0.1:${proxy.port}`
  const secret = path.join(folder, 'secret')
  if (script.asks) await writeFile(secret, script.asks === 'key' ? KEY : SECRET, { mode: 0o600 })

  /** A new visit: whoever shows the ETag has the document, whoever asks for it a third time cannot read it. */
  function turn(request: IncomingMessage): void {
    const has = request.headers['if-none-match'] === turns[0]?.etag
    if (turns.length > 1 && broken === undefined && (has || served > 1)) {
      turns.shift()
      served = 0
    }
  }

  function answer(response: ServerResponse, { page, seen }: { page: number; seen: string | undefined }) {
    const { pages = [], etag } = turns[0] ?? {}
    const message = pages[page]
    if (!message)
      return response.writeHead(script.pages === 'number' ? 200 : 204).end(NOTHING[script.pages ?? ''])
    if (page === 0 && seen === etag) return response.writeHead(304).end()
    if (page === 0 && etag !== undefined) response.setHeader('ETag', etag)
    if (script.pages === 'link' && pages[page + 1])
      response.setHeader('Link', `<${script.path}?page=${page + 1}>; rel="next"`)
    return response.end(ownLinks(message.bytes, script.pages === 'member' ? base : undefined))
  }

  return {
    place: `${base}${script.path}`,
    variables: { url: `${base}${script.path}`, server: base },
    ...(script.asks && { transport: { authentication: authenticationOf(script.asks, { base, secret }) } }),
    give: async (messages) => {
      // each is another document, though it may say the same
      turns.push(...listsOf(messages, script).map((pages) => ({ pages, etag: `"${++given}"` })))
      // a document that nobody came for is gone
      turns.splice(0, turns.length - MOST_TURNS)
    },
    breaks: async (fault) => {
      broken = fault
      proxy.breaks(fault)
    },
    stop: async () => {
      await proxy.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Pages that are one list: all that are given together, or each with those that it links to. */
function listsOf(messages: readonly Message[], { pages }: HttpScript): readonly (readonly Message[])[] {
  if (pages === 'link' || pages === 'number') return [messages]
  const lists: Message[][] = []
  let linked = false
  for (const message of messages) {
    if (linked) lists.at(-1)?.push(message)
    else lists.push([message])
    linked = pages === 'member' && Buffer.from(message.bytes).includes('nextLink')
  }
  return lists
}

function authenticationOf(
  asks: 'token' | 'key',
  { base, secret }: { readonly base: string; readonly secret: string },
) {
  return asks === 'key'
    ? { kind: 'key', header: 'authorization', key: { file: secret } }
    : { kind: 'oauth', tokenUrl: `${base}/token`, client: CLIENT, secret: { file: secret } }
}

function issue({ headers }: IncomingMessage, response: ServerResponse): void {
  const known = headers.authorization === `Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString('base64')}`
  response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify(known ? { access_token: TOKEN, expires_in: 3600 } : { error: 'invalid_client' }),
  )
}

function pageOf(url: string, { pages }: HttpScript): number {
  const { searchParams } = new URL(url, 'http://source')
  const page = Number(searchParams.get('page') ?? (pages === 'number' ? 1 : 0))
  if (pages === 'member') return searchParams.has('$skip') ? 1 : 0
  return pages === 'number' ? page - 1 : page
}

/** Links in a document are to the server that gives it. */
function ownLinks(bytes: Uint8Array, base: string | undefined): Uint8Array {
  if (base === undefined) return bytes
  return Buffer.from(
    Buffer.from(bytes)
      .toString('latin1')
      .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, base),
    'latin1',
  )
}
