import { invalidRequest } from '../core/model/problem.ts'
import { type Explanation, newExplanation } from '../operations/explanation.ts'
import type { HubAnswer, HubRequest, Route } from './route.ts'

/** So long a header passes every proxy. */
const MAX_CHARACTERS = 1024

/** Lets a query say with `Hub-Explain: true` how it was answered, to callers who may read explanations. */
export function explainedRoute(route: Route): Route {
  if (!route.explains) return route
  return { ...route, handle }

  async function handle(request: HubRequest): Promise<HubAnswer> {
    const wanted = request.headers['hub-explain']
    if (wanted === undefined || wanted === 'false') return route.handle(request)
    if (wanted !== 'true') throw invalidRequest('Header Hub-Explain is neither true nor false')
    request.caller.check('read', request.tenant, { resource: 'explanation' })
    const explanation = newExplanation()
    const started = performance.now()
    const answer = await route.handle({ ...request, explanation })
    const text = written(explanation, performance.now() - started)
    return { ...answer, headers: { ...answer.headers, 'Hub-Explain': text } }
  }
}

function written({ drivers, ...rest }: Explanation, milliseconds: number): string {
  const told = { ...rest, milliseconds: Number(milliseconds.toFixed(3)) }
  const text = JSON.stringify({ drivers, ...told })
  return text.length <= MAX_CHARACTERS ? text : JSON.stringify({ drivers: drivers.length, ...told })
}
