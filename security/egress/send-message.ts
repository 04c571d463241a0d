import type { IncomingHttpHeaders } from 'node:http'
import type { Agent, Dispatcher } from 'undici'
import { EgressFailed, type EgressMessage, type MessageAnswer } from './egress.ts'
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
    return await dispatch(agent, url, message)
  } catch (error) {
    const timeoutMs = Math.ceil(message.timeoutMs - (performance.now() - started))
    if (timeoutMs <= 0 || !foundClosed(error)) throw error
    return dispatch(agent, url, { ...message, timeoutMs })
  }
}

function dispatch(agent: Agent, url: URL, message: EgressMessage): Promise<MessageAnswer> {
  const { method, headers, body } = message
  return new Promise((resolve, reject) => {
    agent.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: method as Dispatcher.HttpMethod, // undici takes any method, its type does not
        ...(headers && { headers }),
        ...(body !== undefined && { body }),
      },
      new AnswerHandler(url.host, message.timeoutMs, { resolve, reject }),
    )
  })
}

interface Promised {
  resolve(answer: MessageAnswer): void
  reject(error: unknown): void
}

/** Takes the status of an answer, and drops the rest; the deadline is for all of it, the wait for a connection included. */
class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #promised: Promised
  readonly #deadline: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #late: EgressFailed | undefined
  #bytes = 0

  constructor(host: string, timeoutMs: number, promised: Promised) {
    this.#promised = promised
    this.#deadline = setTimeout(() => {
      this.#late = new EgressFailed('timeout', `${host} did not answer within ${timeoutMs} ms`)
      promised.reject(this.#late)
      this.#controller?.abort(this.#late)
    }, timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#late) controller.abort(this.#late)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    const retryAfter = headers['retry-after']
    if (status >= 200) this.#promised.resolve({ status, ...(retryAfter !== undefined && { retryAfter }) })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > ANSWER_BYTES)
      controller.abort(new EgressFailed('too-large', 'Answer is not read further'))
  }

  onResponseEnd(): void {
    clearTimeout(this.#deadline)
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#deadline)
    this.#promised.reject(error)
  }
}

/** Tells whether a connection that was kept from before had been closed by the other side, or reset. */
function foundClosed(error: unknown): boolean {
  if (!wasCut(error)) return false
  if (error.code !== 'UND_ERR_SOCKET') return true
  const socket = 'socket' in error ? error.socket : undefined
  return typeof socket === 'object' && socket !== null && 'bytesRead' in socket && socket.bytesRead !== 0
}
