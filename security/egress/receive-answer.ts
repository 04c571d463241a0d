import type { IncomingHttpHeaders } from 'node:http'
import type { Agent, Dispatcher } from 'undici'
import { type EgressAnswer, EgressFailed, type EgressRequest } from './egress.ts'
import { dispatch, type Promised, TimedExchange } from './timed-exchange.ts'
import { wasCut } from './was-cut.ts'

/**
 * Sends a request and answers the whole answer. A server may close a kept connection at the moment in which a request leaves
 * on it: what may arrive twice is sent again, within the same deadline.
 */
export async function receiveAnswer(agent: Agent, url: URL, request: EgressRequest): Promise<EgressAnswer> {
  const started = performance.now()
  try {
    return await receive(agent, url, request)
  } catch (error) {
    const timeoutMs = Math.ceil(request.timeoutMs - (performance.now() - started))
    if (!request.repeatable || timeoutMs <= 0 || !wasCut(error)) throw error
    return receive(agent, url, { ...request, timeoutMs })
  }
}

function receive(agent: Agent, url: URL, request: EgressRequest): Promise<EgressAnswer> {
  return new Promise((resolve, reject) => {
    dispatch(agent, url, request, new WholeAnswer(url.host, request, { resolve, reject }))
  })
}

/** Takes an answer as it arrives. */
class WholeAnswer extends TimedExchange<EgressAnswer> {
  readonly #request: EgressRequest
  readonly #pieces: Buffer[] = []
  #head: Omit<EgressAnswer, 'body'> | undefined
  #length = 0

  constructor(host: string, request: EgressRequest, promised: Promised<EgressAnswer>) {
    super(host, request.timeoutMs, promised)
    this.#request = request
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200) this.#head = { status, headers: plainHeaders(headers) }
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    const { maxBytes, take } = this.#request
    this.#length += piece.length
    if (this.#length > maxBytes) {
      this.give(new EgressFailed('too-large', `Answer of ${this.host} is longer than ${maxBytes} bytes`))
      return
    }
    if (!take) {
      this.#pieces.push(piece)
      return
    }
    const taking = take(piece)
    if (!taking) return
    controller.pause()
    taking.then(
      () => controller.resume(),
      (error: unknown) => this.give(this.#broken(error)),
    )
  }

  override onResponseEnd(): void {
    super.onResponseEnd()
    if (this.#head)
      this.promised.resolve({ ...this.#head, body: Buffer.concat(this.#pieces).toString('utf8') })
  }

  /** Once an answer has begun, nothing is sent again. */
  override onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    super.onResponseError(controller, this.#head ? this.#broken(error) : error)
  }

  #broken(error: unknown): EgressFailed {
    return new EgressFailed('unreachable', `Answer of ${this.host} broke off`, error)
  }
}

function plainHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return plain
}
