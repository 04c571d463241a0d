import { invalidRequest } from '../../core/model/problem.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { issueTicket } from '../../operations/changes/event-tickets.ts'
import type { followChanges, StreamedChange } from '../../operations/changes/follow-changes.ts'
import type { TellChange } from '../../operations/changes/tell-change.ts'
import type { StreamedSubscription } from '../../operations/changes/tell-notification.ts'
import type { Telling } from '../../operations/changes/telling.ts'
import type { Command } from '../../operations/command.ts'
import { EVENT_TYPE } from '../added-types.ts'
import type { ChangeTokens } from '../change-token.ts'
import { CHANGE_PARAMETERS, changeSelection } from '../decode/change-parameters.ts'
import { renderOptions } from '../decode/entity-parameters.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'
import { beginningOf } from './change-routes.ts'

/** The operations behind the streams. */
export interface EventOperations {
  readonly followChanges: ReturnType<typeof followChanges>
  readonly issueTicket: ReturnType<typeof issueTicket>
  /** What a stream tells: changes of a selection, or the notifications of a subscription. */
  readonly tellSelection: (asked: Pick<TellChange, 'selection' | 'table' | 'options'>) => Telling
  readonly tellNotifications: (command: Command & { readonly id: string }) => Promise<StreamedSubscription>
}

/** Routes of the streams, `/hub/v1/events`: Server-Sent Events, lines, and the messages of a WebSocket. */
export function eventRoutes(operations: EventOperations, tokens: ChangeTokens): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/events',
      body: 'none',
      produces: [EVENT_TYPE, 'application/x-ndjson'],
      parameters: ['after', 'ticket', 'subscription', ...CHANGE_PARAMETERS],
      tickets: true,
      addressed: true,
      handle: follow,
    },
    {
      method: 'POST',
      path: '/hub/v1/events/tickets',
      body: 'none',
      produces: ['application/json'],
      handle: ticket,
    },
  ]

  async function follow(request: HubRequest): Promise<HubAnswer> {
    const { query, tenant, headers, accept } = request
    const { telling, table } = await toldBy(request)
    const after = headers['last-event-id'] || query.get('after')
    const changes = await operations.followChanges({
      ...who(request),
      ...(request.address !== undefined && { address: request.address }),
      telling,
      beginning: beginningOf(after, (token) => tokens.open(token, tenant)),
    })
    const isEvents = accept === EVENT_TYPE
    const write = isEvents ? eventText : lineText
    return {
      status: 200,
      stream: async function* (gone) {
        let before = isEvents ? RETRY : ''
        for await (const change of changes(gone)) {
          yield before + write(change, tokens.close(change.position, tenant))
          before = ''
        }
      },
      live: true,
      table,
      headers: { 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
    }
  }

  async function toldBy(request: HubRequest): Promise<StreamedSubscription> {
    const { query } = request
    const id = query.get('subscription')
    if (id !== null) {
      const given = CHANGE_PARAMETERS.find((name) => query.has(name))
      if (given === undefined) return operations.tellNotifications({ ...who(request), id })
      throw invalidRequest(`Parameter ${given} is given together with subscription, which says all of it`)
    }
    const table = await request.table()
    const selection = changeSelection(query, table)
    const options = renderOptions(query, table, 'application/json')
    return { table, telling: operations.tellSelection({ selection, table, options }) }
  }

  async function ticket(request: HubRequest): Promise<HubAnswer> {
    const { ticket: text, expiresAt } = operations.issueTicket(who(request))
    return {
      status: 201,
      body: { ticket: text, expiresAt: formatDateTime(expiresAt) },
      headers: { 'Cache-Control': 'no-store' },
    }
  }
}

/** A browser comes back after so long. */
const RETRY = 'retry: 2000\n\n'

/** An event of its own where something is told; else only its id goes on, which nobody is told of (HTML, 9.2). */
function eventText(change: StreamedChange, token: string): string {
  const { text, reason } = change
  if (reason !== undefined) return `event: end\ndata: ${JSON.stringify({ reason })}\n\n`
  return text === undefined ? `:\nid: ${token}\n\n` : `id: ${token}\ndata: {"after":"${token}",${text}}\n\n`
}

function lineText({ text, reason }: StreamedChange, token: string): string {
  const more = reason === undefined ? text : `"reason":${JSON.stringify(reason)}`
  return `{"after":"${token}"${more === undefined ? '' : `,${more}`}}\n`
}
