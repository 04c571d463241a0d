import { setTimeout as pause } from 'node:timers/promises'
import type { JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Store } from '../store/port/store.ts'
import { walkDocuments } from '../store/port/walk-documents.ts'
import type { DeadLetter } from './dead-letters.ts'
import { readPositions, readRecord } from './delivery-documents.ts'
import type { SubscriptionCollection } from './stored-subscription.ts'
import type { Subscription } from './subscription.ts'
import { NOTHING_SENT, type SubscriptionChange, type SubscriptionState } from './subscription-registry.ts'
import { statusOf } from './subscription-state.ts'
import type { LocalSubscriptions, Subscriptions } from './subscriptions.ts'

/** What subscriptions that several processes share are made of. */
export interface SharedParts {
  readonly store: Store
  readonly collection: SubscriptionCollection
  /** Makes of a kept subscription what the hub works with; undefined: its secrets cannot be opened here. */
  readonly read: (document: JsonObject, tenant: Tenant) => Subscription | undefined
  /** Asks the process that makes the notifications to look which dead letters are to be delivered once more. */
  readonly askReplays: () => Promise<void>
  /** Told why dead letters were not delivered once more that somebody had asked for. */
  readonly replaysFailed: (error: unknown) => void
}

/** Subscriptions of which one process makes the notifications; the others know who has how many, and ask the store for the rest. */
export interface SharedSubscriptions extends Subscriptions {
  /** Reads which there are: before anything is asked of them, and before it is followed what becomes of them. */
  know(): Promise<void>
  /** Takes over what the log has of a subscription at this sequence, whichever process kept it. */
  learn(tenant: Tenant, id: string, sequence: number): Promise<void>
  /** Delivers the dead letters once more that other processes were asked to, and counts what is left; what fails is told, and tried again. */
  replayAsked(): Promise<void>
}

/** Where a process that makes no notifications is in the log: the one that does learns of what is kept from there. */
const NOWHERE = -1
const AGAIN_MILLISECONDS = 1000

interface Known {
  readonly tenant: Tenant
  readonly owner: string
  readonly version: number
}

/** Lets processes share subscriptions: this one makes the notifications from `start` to `stop`. */
export function sharedSubscriptions(engine: LocalSubscriptions, parts: SharedParts): SharedSubscriptions {
  const { store, collection, read } = parts
  const known = new Map<string, Known>()
  /** Whether this process makes the notifications; not known while it begins to. */
  let isHere = Promise.resolve(false)
  let isAsked = false
  let replaying: Promise<void> | undefined

  const countKnown = (counts: (one: Known) => boolean): number =>
    [...known.values()].reduce((sum, one) => sum + (counts(one) ? 1 : 0), 0)

  async function apply(tenant: Tenant, change: SubscriptionChange): Promise<void> {
    const { id, version, subscription, from } = change
    const key = `${tenant} ${id}`
    const before = known.get(key)
    if (!before || before.version <= version) {
      if (subscription) known.set(key, { tenant, owner: subscription.owner, version })
      else known.delete(key)
    }
    if (from > NOWHERE && (await isHere)) await engine.apply(tenant, change)
  }

  async function kept(tenant: Tenant, id: string): Promise<SubscriptionState> {
    const [record, { positions }] = await Promise.all([
      readRecord(store, tenant, { kind: collection, id }),
      readPositions(store, tenant, collection),
    ])
    const { attempts, ...fared } = record ?? NOTHING_SENT
    const status = record && statusOf(record)
    return {
      ...NOTHING_SENT,
      ...fared,
      ...(status && { status }),
      waiting: positions?.behind[id]?.open?.length ?? 0,
      attempts: [...attempts].reverse(),
    }
  }

  return {
    ...engine,
    prepare: async (tenant) => ((await isHere) ? engine.prepare(tenant) : NOWHERE),
    apply,
    state: async (tenant, id) => ((await isHere) ? engine.state(tenant, id) : kept(tenant, id)),
    count: (tenant) => countKnown((one) => one.tenant === tenant),
    countOf: (owner) => countKnown((one) => one.owner === owner),
    know: async () => {
      for (const tenant of await store.tenants()) {
        for await (const { id, version, document } of walkDocuments(store, tenant, collection)) {
          const subscription = read(document, tenant)
          if (subscription) await apply(tenant, { id, version, subscription, from: NOWHERE })
        }
      }
    },
    learn: async (tenant, id, sequence) => {
      const found = await store.document(tenant, collection, id)
      const subscription = found && read(found.document, tenant)
      const version = found?.version ?? Number.POSITIVE_INFINITY
      await apply(tenant, { id, version, from: NOWHERE, ...(subscription && { subscription }) })
      if (subscription && (await isHere)) await engine.follow(tenant, sequence - 1)
    },
    start: async () => {
      const begun = engine.start()
      isHere = begun.then(
        () => true,
        () => false,
      )
      await begun
      void replayAsked()
    },
    stop: async () => {
      isHere = Promise.resolve(false)
      await engine.stop()
    },
    replay: async (tenant, letter) => {
      if (await isHere) return engine.replay(tenant, letter)
      await engine.deadLetters.replace(tenant, { ...letter, again: true })
      await parts.askReplays()
      return true
    },
    replayAsked,
  }

  /** Looks through all letters, once for all who ask meanwhile, and until that succeeds. */
  function replayAsked(): Promise<void> {
    isAsked = true
    replaying ??= lookThrough().finally(() => {
      replaying = undefined
    })
    return replaying
  }

  async function lookThrough(): Promise<void> {
    while (isAsked && (await isHere)) {
      isAsked = false
      try {
        await replayLetters()
      } catch (error) {
        parts.replaysFailed(error)
        isAsked = true
        await pause(AGAIN_MILLISECONDS, undefined, { ref: false })
      }
    }
  }

  async function replayLetters(): Promise<void> {
    for (const tenant of await store.tenants()) {
      for await (const { document } of walkDocuments(store, tenant, 'deadLetter')) {
        const { again, ...letter } = document as unknown as DeadLetter // only dead letters are kept there
        if (again && known.has(`${tenant} ${letter.subscriptionId}`)) await engine.replay(tenant, letter)
      }
      await engine.deadLetters.load(tenant)
    }
  }
}
