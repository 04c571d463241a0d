import { expect } from 'chai'
import { MongoNetworkError } from 'mongodb'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { DocumentUnit } from '../../broker/store/port/store.ts'
import type { KeptSubscription } from '../unit/subscriptions/engine-world.ts'
import { type ProcessWorld, settle } from './every-stop.ts'
import { type Answered, checkWhatIsLeft, ID, openStore, write } from './kept-changes.ts'
import { ModelHub, type ModelHubOptions, nameOf, type Told } from './model-hub.ts'
import { SteppedServer } from './stepped-server.ts'
import { document, NOW } from './store-builders.ts'

const SUBSCRIPTION = 'urn:ngsi-ld:Subscription:1'
/** An attribute that the entity has not. */
const ELSE = 'https://example.org/else'
const POSITIONS = 'delivery positions'
/** Long enough for whoever joins late to take over what somebody gives back who took over. */
const TAKEN_OVER_MILLISECONDS = 24_000

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
export async function subscribed(tenants = [DEFAULT_TENANT]): Promise<Before> {
  const subscription = subscriptionSince(NOW)
  return withEntity(subscription, [document(SUBSCRIPTION, subscription)], tenants)
}

/** Answers a server with an entity that nobody has subscribed to. */
export function unsubscribed(): Promise<Before> {
  return withEntity(subscriptionSince(NOW + 1), [])
}

/** Answers a server with an entity, and somebody who subscribed to what it has not, and will subscribe to what it has. */
export function subscribedToElse(): Promise<Before> {
  const subscription = subscriptionSince(NOW + 1)
  return withEntity(subscription, [document(SUBSCRIPTION, { ...subscription, watchedAttributes: [ELSE] })])
}

function subscriptionSince(since: number) {
  return { id: SUBSCRIPTION, uri: 'http://receiver.example/', since, isActive: true }
}

async function withEntity(
  subscription: Before['subscription'],
  kept: readonly DocumentUnit[],
  tenants = [DEFAULT_TENANT],
): Promise<Before> {
  const server = new SteppedServer()
  const answered: Answered = new Map()
  const store = await openStore(server)
  for (const tenant of tenants) {
    await store.createTenant(tenant)
    await store.commit(tenant, kept)
  }
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
): ProcessWorld & { readonly processes: readonly ModelHub[] } {
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
        const isCut = each[at]?.cut !== undefined
        for (const error of failures) if (!isCut || !isOfConnection(error)) throw error
        if (isGone && at > 0 && !isCut) faults.push(`hub ${at}, which was not stopped, is gone`)
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

/**
 * Has a hub killed, and one operation fail of the hub that takes over, which happens all the same or not, before a third one
 * joins. Answers false where the second one asks for less than that.
 */
export async function checkWithCut(
  before: Before,
  cut: { readonly at: number; readonly happens: boolean },
  joinsAfter: number,
): Promise<boolean> {
  const world = hubsOn(before, [
    { writes: [{ after: 500, value: 2 }] },
    {
      cut,
      writes: [
        { after: 7000, value: 3 },
        { after: 10_600, value: 4 },
      ],
    },
    { joinsAfter, writes: [{ after: 3000, value: 5 }] },
  ])
  const { server, processes } = world
  const [first, second] = processes
  server.time.end = 600
  while ((await server.waiting()).length > 0) server.turn(0)
  first?.kill()
  await settle(world, TAKEN_OVER_MILLISECONDS)
  const told = server.content('told').flatMap(({ by, id }) => (by === 0 ? [] : [id]))
  // who is taken for dead may have told something and not kept it
  if (second?.isGone === false) expect(told, 'what is told').to.have.length(new Set(told).size)
  world.end?.()
  return (second?.connection.asked ?? 0) > cut.at
}

function isOfConnection(error: unknown): boolean {
  return error instanceof MongoNetworkError || (error instanceof Error && isOfConnection(error.cause))
}

/** Answers which of these positions are kept as settled. */
function settledOn(server: SteppedServer, sequences: readonly number[]): Set<number> {
  const kept = server.content('default.document').find(({ _id }) => _id === POSITIONS)
  if (!kept) return new Set()
  const { matched, behind } = JSON.parse(`${kept.text}`)
  const { position, open = [], until = position }: Standing = behind[SUBSCRIPTION] ?? { position: matched }
  return new Set(sequences.filter((at) => at <= position || (at <= until && !open.includes(at))))
}
