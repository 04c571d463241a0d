import type { IncomingHttpHeaders } from 'node:http'
import type { Agent, Dispatcher } from 'undici'
import { EgressFailed, type EgressMessage, type MessageAnswer } from './egress.ts'
import { dispatch, TimedExchange } from './timed-exchange.ts'
import { wasCut } from './was-cut.ts'

/** An answer is not looked at, but a short one lets its connection be used again. */
const ANSWER_BYTES = 65_536

/**
 * Sends a message, and answers as soon as the status is there. Once more where a connection that was kept turns out
 * to be closed: what is sent this way may arrive twice.
 */
export async function sendMessage(agent: Agent, url: URL, message: EgressMessage): Promise<MessageAnswer> {
  const started = performance.now()
  try {
    return await send(agent, url, message)
  } catch (error) {
    const timeoutMs = Math.ceil(message.timeoutMs - (performance.now() - started))
    if (timeoutMs <= 0 || !foundClosed(error)) throw error
    return send(agent, url, { ...message, timeoutMs })
  }
}

function send(agent: Agent, url: URL, message: EgressMessage): Promise<MessageAnswer> {
  return new Promise((resolve, reject) => {
    dispatch(agent, url, message, new HeadOfAnswer(url.host, message.timeoutMs, { resolve, reject }))
  })
}

/** Takes the status of an answer, and drops the rest. */
class HeadOfAnswer extends TimedExchange<MessageAnswer> {
  #bytes = 0

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    const retryAfter = headers['retry-after']
    if (status >= 200) this.promised.resolve({ status, ...(retryAfter !== undefined && { retryAfter }) })
  }

  onResponseData(_: Dispatcher.DispatchController, piece: Buffer): void {
    this.#bytes += piece.length
    if (this.#bytes > ANSWER_BYTES) this.give(new EgressFailed('too-large', 'Answer is not read further'))
  }
}

/** Tells whether a connection that was kept from before had been closed by the other side, or reset. */
function foundClosed(error: unknown): boolean {
  if (!wasCut(error)) return false
  if (error.code !== 'UND_ERR_SOCKET') return true
  const socket = 'socket' in error ? error.socket : undefined
  return typeof socket === 'object' && socket !== null && 'bytesRead' in socket && socket.bytesRead !== 0
}
