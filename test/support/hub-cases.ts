import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { DocumentUnit } from '../../broker/store/port/store.ts'
import type { KeptSubscription } from '../unit/subscriptions/engine-world.ts'
import type { ProcessWorld } from './every-stop.ts'
import { type Answered, checkWhatIsLeft, ID, openStore, write } from './kept-changes.ts'
import { ModelHub, type ModelHubOptions, nameOf, type Told } from './model-hub.ts'
import { SteppedServer } from './stepped-server.ts'
import { document, NOW } from './store-builders.ts'

const SUBSCRIPTION = 'urn:ngsi-ld:Subscription:1'
const POSITIONS = 'delivery positions'

/** Where the notifications of the subscription stand, as it is kept. */
interface Standing {
  readonly position: number
  readonly open?: readonly number[]
  readonly until?: number
}

/** A server with an entity, and the subscription to it, which is kept there or will be. */
export interface Before {
  readonly server: SteppedServer
  readonly answered: Answered
  readonly subscription: KeptSubscription & { readonly since: number }
}

/** Answers a server with an entity, and somebody who subscribed to it and was told nothing. */
export async function subscribed(): Promise<Before> {
  const subscription = subscriptionSince(NOW)
  return withEntity(subscription, [document(SUBSCRIPTION, subscription)])
}

/** Answers a server with an entity that nobody has subscribed to. */
export function unsubscribed(): Promise<Before> {
  return withEntity(subscriptionSince(NOW + 1), [])
}

function subscriptionSince(since: number) {
  return { id: SUBSCRIPTION, uri: 'http://receiver.example/', since, isActive: true }
}

async function withEntity(
  subscription: Before['subscription'],
  kept: readonly DocumentUnit[],
): Promise<Before> {
  const server = new SteppedServer()
  const answered: Answered = new Map()
  const store = await openStore(server)
  await store.commit(DEFAULT_TENANT, kept)
  await write(1)(store, answered)
  await store.close()
  return { server, answered, subscription }
}

/**
 * Begins hubs on a server that somebody subscribed on, and looks at what they tell: every change in order, and once, unless the
 * hub that told it was stopped before that was kept.
 */
export function hubsOn(
  { server: before, answered, subscription }: Before,
  each: readonly ModelHubOptions[],
): ProcessWorld {
  const server = before.copy()
  const hubs = each.map((options, by) => new ModelHub(server, by, options, subscription))
  const faults: string[] = []
  const told: Told[] = []
  let toldUnsure = 0
  let settled = new Set<number>()

  const sequences = (): readonly number[] =>
    server
      .content('default.log')
      .filter(({ key, text }) => String(key).includes(ID) && JSON.parse(text).at > subscription.since)
      .map(({ _id }) => Number(_id))
  const idAt = (position: number): string =>
    nameOf({ tenant: DEFAULT_TENANT, subscriptionId: SUBSCRIPTION, since: subscription.since, position })
  const isTold = (sequence: number, by?: number): boolean =>
    told.some((one) => one.id === idAt(sequence) && (by === undefined || one.by === by))

  server.watch('default.document', () => {
    const now = settledOn(server, sequences())
    for (const sequence of settled) if (!now.has(sequence)) faults.push(`${sequence} is to be told again`)
    for (const sequence of now) if (!isTold(sequence)) faults.push(`${sequence} is passed over`)
    settled = now
  })
  server.watch('told', () => {
    const all = server.content('told') as readonly Told[] // what hubs keep there
    for (const one of all.slice(told.length)) {
      const sequence = sequences().find((at) => idAt(at) === one.id)
      const before = told.filter(({ by }) => by === one.by).at(-1)
      const last = sequences().find((at) => idAt(at) === before?.id) ?? 0
      const isUnsure = hubs[one.by]?.hasDuty !== true
      if (isUnsure) toldUnsure++
      if (sequence === undefined) faults.push('something is told that is not in the log')
      else if (sequence <= last) faults.push(`${sequence} is told by ${one.by} after ${last}`)
      else if (settled.has(sequence) && !isUnsure) faults.push(`${sequence} is told again by ${one.by}`)
      told.push(one)
    }
  })

  return {
    server,
    processes: hubs,
    check: () => {
      if (hubs.filter(({ hasDuty }) => hasDuty).length > 1)
        faults.push('two hubs count themselves as the one that notifies')
      // one may be under way when it is stopped
      if (toldUnsure > 1) faults.push('who is not sure to be alive goes on telling')
      for (const [at, { isGone, failures }] of hubs.entries()) {
        if (failures.length > 0) throw failures[0]
        if (isGone && at > 0) faults.push(`hub ${at}, which was not stopped, is gone`)
      }
      if (faults.length > 0) throw new Error(faults.join(', '))
    },
    checkSettled: async () => {
      expect(hubs.filter(({ hasDuty }) => hasDuty).length, 'hubs that notify').to.equal(1)
      const all = sequences()
      for (const sequence of all) expect(isTold(sequence), `${sequence} is told`).to.equal(true)
      expect([...settled], 'what is kept as told').to.have.members(all)
      await checkWhatIsLeft(
        server.copy(),
        new Map([...answered, ...hubs.flatMap(({ answered: own }) => [...own])]),
        false,
      )
    },
    end: () => {
      for (const hub of hubs) hub.end()
    },
  }
}

/** Answers which of these positions are kept as settled. */
function settledOn(server: SteppedServer, sequences: readonly number[]): Set<number> {
  const kept = server.content('default.document').find(({ _id }) => _id === POSITIONS)
  if (!kept) return new Set()
  const { matched, behind } = JSON.parse(`${kept.text}`)
  const { position, open = [], until = position }: Standing = behind[SUBSCRIPTION] ?? { position: matched }
  return new Set(sequences.filter((at) => at <= position || (at <= until && !open.includes(at))))
}
