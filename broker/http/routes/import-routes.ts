import type { components } from '../../../openapi/generated/types.ts'
import { Problem } from '../../core/model/problem.ts'
import type { ImportOutcome, importHistory } from '../../operations/history/import-history.ts'
import { contentType } from '../decode/body.ts'
import { OBSERVATION_TYPES, observationLines } from '../decode/observation-lines.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The route of `/hub/v1/history`: ours, not the standard's. `maxLineBytes`: of a line; its body may have any number of them. */
export function importRoutes(run: ReturnType<typeof importHistory>, maxLineBytes: number): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/hub/v1/history',
      body: 'stream',
      createsTenant: true,
      produces: ['application/json'],
      handle,
    },
  ]

  async function handle(request: HubRequest): Promise<HubAnswer> {
    const { stream } = request
    const type = OBSERVATION_TYPES.find((one) => one === contentType(request.headers['content-type']))
    if (!type || !stream)
      throw new Problem('UnsupportedMediaType', `Body is neither ${OBSERVATION_TYPES.join(' nor ')}`)
    const body = { stream, type, table: await request.table(), maxLineBytes }
    const outcome = await run({ ...who(request), read: (clock) => observationLines(body, clock) })
    return { status: outcome.rejected.count > 0 ? 207 : 200, body: { ...resultOf(outcome) } }
  }
}

function resultOf({ rejected, ...counts }: ImportOutcome): components['schemas']['ImportResult'] {
  const first = rejected.first.map(({ number, problem }) => ({ line: number, detail: problem.message }))
  return { ...counts, rejected: { count: rejected.count, first } }
}
