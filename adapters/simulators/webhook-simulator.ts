import { createHmac, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { request } from 'undici'
import type { Message, Simulator, WayFault } from './simulator.ts'

const [SIGNATURE, TIMESTAMP] = ['X-Signature', 'X-Timestamp']
const AGAIN_MS = 500

/** A camera that sends what it saw to the records of a feed, signed, and again until they are taken. */
export async function webhookSimulator(
  folder: string,
  { hub, feed }: { readonly hub: string; readonly feed: string },
): Promise<Simulator> {
  const secret = randomBytes(24).toString('base64url')
  const file = path.join(folder, 'signature')
  await writeFile(file, secret, { mode: 0o600 })
  const url = `${hub}/hub/v1/feeds/${feed}/records`
  const stopping = new AbortController()
  let fault: WayFault | undefined
  let line: Promise<void> = Promise.resolve()

  const send = async ({ bytes }: Message): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (fault !== 'down' && (await isTaken(bytes))) return
      await wait(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const isTaken = async (bytes: Uint8Array): Promise<boolean> => {
    const time = new Date().toISOString()
    const signature = createHmac('sha256', secret).update(`${time}.`).update(bytes).digest('hex')
    const headers = {
      [SIGNATURE]: `sha256=${signature}`,
      [TIMESTAMP]: time,
      'content-length': String(bytes.length),
    }
    const body = Readable.from(piecesOf(bytes, fault))
    const answer = await request(url, { method: 'POST', headers, body, signal: stopping.signal }).catch(
      () => undefined,
    )
    await answer?.body.dump()
    return answer?.statusCode === 202
  }
  return {
    place: `sends to ${url}`,
    variables: {},
    transport: {
      kind: 'webhook',
      signature: { secret: { file }, header: SIGNATURE, prefix: 'sha256=', timestampHeader: TIMESTAMP },
    },
    give: async (messages) => {
      for (const message of messages) line = line.then(() => send(message))
    },
    breaks: async (next) => {
      fault = next
    },
    stop: async () => {
      stopping.abort()
      await line.catch(() => undefined)
    },
  }
}

/** A connection that breaks gives half of it, a slow one pauses in the middle. */
async function* piecesOf(bytes: Uint8Array, fault: WayFault | undefined): AsyncIterable<Uint8Array> {
  const middle = Math.floor(bytes.length / 2)
  yield bytes.subarray(0, middle)
  if (fault === 'half') throw new Error('Connection breaks')
  if (fault === 'slow') await wait(AGAIN_MS)
  yield bytes.subarray(middle)
}
