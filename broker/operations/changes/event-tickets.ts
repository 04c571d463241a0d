import { randomBytes } from 'node:crypto'
import type { Seal } from '../../../security/seal.ts'
import type { Caller } from '../../core/model/caller.ts'
import { isJsonObject, type JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { DEFAULT_TENANT } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'

export interface TicketDependencies {
  readonly store: Pick<Store, 'commit'>
  readonly clock: () => Micros
  readonly seal: Seal
  readonly delegate: (delegation: JsonObject) => Caller | undefined
}

/** Purpose of the seal of tickets. */
export const TICKET_SEAL = 'event ticket'

/** What stands for a token where only a URL can be given. */
export interface EventTicket {
  readonly ticket: string
  readonly expiresAt: Micros
}

const LIFETIME: Micros = 30_000_000

/** Issues a ticket with which its caller may open one stream, soon. */
export const issueTicket =
  ({ clock, seal }: TicketDependencies) =>
  ({ caller, tenant }: Command): EventTicket => {
    caller.check('read', tenant, { resource: 'entity' })
    const expiresAt = clock() + LIFETIME
    const content = { id: randomBytes(12).toString('base64url'), expiresAt, delegation: caller.delegation() }
    return { ticket: seal.close(JSON.stringify(content), ''), expiresAt }
  }

/** Takes a ticket: it is good for once. @throws Problem Unauthorized */
export const useTicket =
  ({ store, clock, seal, delegate }: TicketDependencies) =>
  async (ticket: string): Promise<Caller> => {
    const text = seal.open(ticket, '')
    const { id, expiresAt, delegation } = (text === undefined ? {} : JSON.parse(text)) as JsonObject // closed above
    const at = clock()
    if (typeof expiresAt !== 'number' || !isJsonObject(delegation)) throw refused('is none of this hub')
    if (at >= expiresAt) throw refused('is expired')
    const [result] = await store.commit(DEFAULT_TENANT, [
      {
        ...{ collection: 'idempotency', id: `ticket ${id}`, expectedVersion: 0, next: {} },
        ...{ at, expiresAt, origin: { by: 'hub' }, logged: false },
      },
    ])
    if (result?.outcome !== 'kept') throw refused('was used before')
    const caller = delegate(delegation)
    if (!caller || at >= (caller.validUntil ?? Number.POSITIVE_INFINITY))
      throw refused('is of no use any more')
    return caller
  }

function refused(why: string): Problem {
  return new Problem('Unauthorized', `Ticket ${why}`, {
    headers: { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="Ticket ${why}"` },
  })
}
