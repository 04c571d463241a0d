import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Beginning } from '../../operations/changes/log-position.ts'
import type { readChanges, ToldChange } from '../../operations/changes/read-changes.ts'
import type { ChangeTokens } from '../change-token.ts'
import { CHANGE_PARAMETERS, changeSelection } from '../decode/change-parameters.ts'
import { renderOptions } from '../decode/entity-parameters.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the change feed. */
export interface ChangeOperations {
  readonly readChanges: ReturnType<typeof readChanges>
}

export interface ChangeSettings {
  readonly tokens: ChangeTokens
  /** Most changes of one answer. */
  readonly maxPage: number
}

const LONGEST_WAIT_SECONDS = 60
const STANDARD_LIMIT = 100

/** Route of the change feed, `/hub/v1/changes`. */
export function changeRoutes(
  operations: ChangeOperations,
  { tokens, maxPage }: ChangeSettings,
): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/changes',
      body: 'none',
      produces: ['application/x-ndjson'],
      parameters: ['after', 'limit', 'wait', ...CHANGE_PARAMETERS],
      addressed: true,
      handle: read,
    },
  ]

  async function read(request: HubRequest): Promise<HubAnswer> {
    const { query, tenant } = request
    const table = await request.table()
    const changes = await operations.readChanges({
      ...who(request),
      ...(request.address !== undefined && { address: request.address }),
      selection: changeSelection(query, table),
      table,
      options: renderOptions(query, table, 'application/json'),
      beginning: beginningOf(query.get('after'), (token) => tokens.open(token, tenant)),
      limit: limitOf(query, Math.min(STANDARD_LIMIT, maxPage), maxPage),
      waitMilliseconds: waitOf(query) * 1000,
    })
    const line = ({ position, text, more }: ToldChange): string => {
      const token = `"after":"${tokens.close(position, tenant)}"`
      return text === undefined ? `{${token}${more ? ',"more":true' : ''}}` : `{${token},${text}}`
    }
    return {
      status: 200,
      stream: async function* (gone) {
        for await (const change of changes(gone)) yield line(change)
      },
      table,
      headers: { 'Cache-Control': 'no-store' },
    }
  }
}

/** Reads where to begin: a token, with the oldest change, or now. @throws Problem BadRequestData */
export function beginningOf(
  after: string | null | undefined,
  open: (token: string) => Exclude<Beginning, string>,
): Beginning {
  if (after === null || after === undefined) return 'now'
  return after === 'earliest' ? 'earliest' : open(after)
}

function limitOf(query: URLSearchParams, standard: number, most: number): number {
  const text = query.get('limit')
  if (text === null) return standard
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badRequestData('Parameter limit is not a whole number of 1 or more')
  if (Number(text) > most)
    throw new Problem('TooManyResults', `Limit ${text} is above ${most}, the most that one answer holds`)
  return Number(text)
}

function waitOf(query: URLSearchParams): number {
  const text = query.get('wait')
  if (text === null) return 0
  if (/^\d{1,2}$/.test(text) && Number(text) <= LONGEST_WAIT_SECONDS) return Number(text)
  throw badRequestData(`Parameter wait is not a whole number of 0 to ${LONGEST_WAIT_SECONDS} seconds`)
}
