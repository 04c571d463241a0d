import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import type { HttpPollTransport } from '../kit/feed-definition.ts'
import type { TransportMemory } from '../kit/feed-store.ts'
import type { Intake, Transport } from './transport.ts'

interface Answer {
  readonly bytes: Uint8Array
  readonly memory: TransportMemory
}

/** Asks for a document again and again, and takes it when the source says that it is a new one. */
export function httpPoll(definition: HttpPollTransport, maxBytes: number): Transport {
  return async (intake, signal) => {
    while (!signal.aborted) {
      await pollOnce(definition, maxBytes, intake, signal)
      await wait(definition.everySeconds * 1000, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Asks once; what goes wrong on the way is noted and the next poll tries again. */
async function pollOnce(
  definition: HttpPollTransport,
  maxBytes: number,
  intake: Intake,
  signal: AbortSignal,
): Promise<void> {
  try {
    const answer = await get(definition, maxBytes, await intake.memory(), signal)
    if (!answer) return
    await intake.take({ name: 'http-poll', bytes: answer.bytes, repeatable: true }, answer.memory)
  } catch (error) {
    if (signal.aborted) return
    await intake.failed(error instanceof SourceFault ? error.message : 'Source cannot be reached', error)
  }
}

class SourceFault extends Error {}

async function get(
  { url, headers, timeoutMs }: HttpPollTransport,
  maxBytes: number,
  memory: TransportMemory,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const { etag, lastModified } = memory
  const answer = await request(url, {
    headers: {
      ...headers,
      ...(etag !== undefined && { 'if-none-match': etag }),
      ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
    },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  if (answer.statusCode !== 200) await answer.body.dump()
  if (answer.statusCode === 304 || answer.statusCode === 204) return undefined
  if (answer.statusCode !== 200) throw new SourceFault(`Source answers ${answer.statusCode}`)
  return { bytes: await limited(answer.body, maxBytes), memory: memoryOf(answer.headers) }
}

async function limited(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) throw new SourceFault(`Source sends more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function memoryOf(headers: Readonly<Record<string, string | string[] | undefined>>): TransportMemory {
  const { etag, 'last-modified': lastModified } = headers
  return {
    ...(typeof etag === 'string' && { etag }),
    ...(typeof lastModified === 'string' && { lastModified }),
  }
}
