import type { IncomingHttpHeaders } from 'node:http'
import type { Agent, Dispatcher } from 'undici'
import { EgressFailed, type EgressMessage } from './egress.ts'

/** Whoever waits for an answer. */
export interface Promised<Answer> {
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/**
 * One request and its answer, which ends with its deadline, the wait for a connection included. What becomes of the
 * answer is for those to say who extend it; no stream is made of it.
 */
export abstract class TimedExchange<Answer> implements Dispatcher.DispatchHandler {
  protected readonly host: string
  protected readonly promised: Promised<Answer>
  readonly #deadline: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #given: EgressFailed | undefined

  constructor(host: string, timeoutMs: number, promised: Promised<Answer>) {
    this.host = host
    this.promised = promised
    this.#deadline = setTimeout(
      () => this.give(new EgressFailed('timeout', `${host} did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    )
  }

  /** Leaves it at what came so far: whoever still waits is told why. */
  protected give(up: EgressFailed): void {
    clearTimeout(this.#deadline)
    this.#given = up
    this.promised.reject(up)
    this.#controller?.abort(up)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#given) controller.abort(this.#given)
  }

  abstract onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void

  abstract onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void

  onResponseEnd(): void {
    clearTimeout(this.#deadline)
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#deadline)
    this.promised.reject(error)
  }
}

/** Sends a request; its answer goes to whoever handles it. */
export function dispatch(
  agent: Agent,
  url: URL,
  { method, headers, body }: Pick<EgressMessage, 'method' | 'headers' | 'body'>,
  handler: Dispatcher.DispatchHandler,
): void {
  agent.dispatch(
    {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: method as Dispatcher.HttpMethod, // undici takes any method, its type does not
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    },
    handler,
  )
}
