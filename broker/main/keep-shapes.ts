import { createHook } from 'node:async_hooks'
import type { IncomingMessage, Server } from 'node:http'

/**
 * V8 forgets the hidden classes of objects of which none lives at a collection of all garbage, and code that was compiled
 * for them with them. A hub has such moments: nothing is asked. One object of each kind is kept alive therefore.
 */
const kept: object[] = []

/**
 * Keeps an entry of node's queue of ticks. Without it, each `process.nextTick` after such a collection goes through the
 * runtime: 5 to 11 % of the time of a remembered answer.
 */
export function keepTickShape(): void {
  const hook = createHook({
    init: (_id, type, _trigger, resource) => {
      if (type === 'TickObject') kept.push(resource)
    },
  }).enable()
  process.nextTick(() => undefined)
  hook.disable()
}

/** Keeps the first request of a server and its answer, and nothing of what was asked and answered: more than a tenth of the time of a remembered answer. */
export function keepExchangeShape(server: Server): void {
  server.once('request', (request, response) => {
    kept.push(request, response)
    response.once('close', () => forgetHeaders(request))
  })
}

function forgetHeaders(request: IncomingMessage): void {
  request.url = ''
  request.headers = {}
  request.rawHeaders = []
}
