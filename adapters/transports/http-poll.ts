import type { HttpPollTransport } from '../kit/definition/transport-definition.ts'
import type { TransportMemory } from '../kit/intake/feed-state.ts'
import { httpSource, type Limits, type SourceReply, type SourceRequest } from './http-source.ts'
import { nextPage } from './next-page.ts'
import { type Deliveries, SourceFault, type Transport, type Visit } from './transport.ts'

/** Asks for a document again and again, page by page, and takes it when the source says that it is a new one. */
export function httpPoll(definition: HttpPollTransport, limits: Limits): Transport {
  const ask = httpSource(definition, limits)
  return { pauseMs: definition.everySeconds * 1000, visit: (visit) => pagesOf(definition, ask, visit) }
}

async function* pagesOf(
  { url, paging, maxPages }: HttpPollTransport,
  ask: (asked: SourceRequest) => Promise<SourceReply>,
  { memory, signal, remember }: Visit,
): Deliveries {
  let first: TransportMemory | undefined
  let [at, seen, whole]: [URL | undefined, number, boolean] = [new URL(url), 0, true]
  for (let page = 1; at; page++) {
    if (page > maxPages) throw new SourceFault(`Source has more than ${maxPages} pages`)
    const reply = await ask({ url: at, headers: page === 1 ? conditions(memory) : {}, signal })
    if (reply.status === 304 || reply.status === 204) break
    if (reply.status !== 200) throw new SourceFault(`Source answers ${reply.status}`)
    const { read, quarantined } = yield {
      inputs: [{ name: 'http-poll', bytes: reply.bytes, repeatable: true }],
    }
    first ??= memoryOf(reply)
    seen += read
    whole &&= quarantined.unreadable === undefined
    at = paging && nextPage(paging, { at, reply, page, read, seen })
  }
  // what could not be read may have been spoilt on its way: it is asked for again
  if (first && whole) await remember(first)
}

function conditions({ etag, lastModified }: TransportMemory): Record<string, string> {
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
  }
}

function memoryOf({ headers }: SourceReply): TransportMemory {
  const { etag, 'last-modified': lastModified } = headers
  return {
    ...(typeof etag === 'string' && { etag }),
    ...(typeof lastModified === 'string' && { lastModified }),
  }
}
