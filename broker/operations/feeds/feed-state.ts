import type { Audit } from '../../../security/audit/audit.ts'
import { type DeclaredUses, useIn } from '../../../security/privacy/feed-uses.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { isJsonObject } from '../../core/model/json.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { DAY, formatDateTime } from '../../core/model/time.ts'
import type { Command } from '../command.ts'
import { may } from '../may.ts'
import {
  checkpointDocumentId,
  type FeedDependencies,
  feedDocumentId,
  textOf,
  toldText,
} from './feed-documents.ts'
import type { RunningFeeds } from './running-feeds.ts'

const FEED_PREFIX = 'feed:'
const RETAIN_DAYS = 400

/** Names one feed. */
export interface OfFeed extends Command {
  readonly feed: string
}

/** What is asked for the states of feeds. */
export interface ReadFeeds extends Pick<FeedDependencies, 'store'> {
  readonly running: RunningFeeds
}

/** Answers the state of a feed, and how it stands where it runs here. @throws Problem ResourceNotFound */
export const readFeed =
  ({ store, running }: ReadFeeds) =>
  async ({ caller, tenant, feed }: OfFeed): Promise<JsonObject> => {
    caller.check('read', tenant, { resource: 'feed', id: feed })
    const stored = await store.document(tenant, 'feed', feedDocumentId(feed))
    if (!stored) throw new Problem('ResourceNotFound', `Feed ${feed} does not exist`)
    return asTold(stored.document, { caller, tenant, running })
  }

/** Lists the feeds of a tenant by name, with their states. */
export const listFeeds =
  ({ store, running }: ReadFeeds) =>
  async ({
    caller,
    tenant,
    limit,
    after,
  }: Command & { readonly limit: number; readonly after?: string }): Promise<readonly JsonObject[]> => {
    caller.check('read', tenant, { resource: 'feed' })
    const page = { limit, after: `${FEED_PREFIX}${after ?? ''}` }
    const stored = await store.documents(tenant, 'feed', page)
    const feeds = stored.filter(({ id }) => id.startsWith(FEED_PREFIX))
    return Promise.all(feeds.map(({ document }) => asTold(document, { caller, tenant, running })))
  }

/**
 * How a feed stands is not kept: it is of the process that it runs in. What its transport remembers may be of the last record, and is
 * for whoever may go on from there.
 */
async function asTold(
  { checkpoint, ...state }: JsonObject,
  { caller, tenant, running }: Pick<Command, 'caller' | 'tenant'> & Pick<ReadFeeds, 'running'>,
): Promise<JsonObject> {
  const name = textOf(state, 'name') ?? ''
  const standing = running.tenant === tenant ? await running.standing(name).catch(() => undefined) : undefined
  return {
    ...state,
    ...(checkpoint !== undefined &&
      may(caller, 'update', tenant, { resource: 'feed', id: name }) && { checkpoint }),
    ...(standing && { running: { ...standing, faults: standing.faults.map(toldText) } }),
  }
}

/**
 * Keeps the state of a feed as its adapter gives it. What it declares of the use of its data is in force when it answers,
 * and who changed that is on record. @throws Problem BadRequestData, TooManyRequests
 * for one too many
 */
export const saveFeed =
  ({ store, clock, uses, audit, maxFeeds }: SavedFeeds) =>
  async ({ caller, tenant, origin, feed, state }: OfFeed & { readonly state: JsonObject }): Promise<void> => {
    const id = feedDocumentId(feed)
    caller.check('update', tenant, { resource: 'feed', id: feed })
    const now = usesOf(feed, state)
    if (!now)
      throw badRequestData('Definition of the feed names a use without its source, purposes and types')
    const stored = await store.document(tenant, 'feed', id)
    if (!stored) await refuseTooMany(store, tenant, maxFeeds(tenant))
    const before = usesOf(feed, stored?.document ?? {}) ?? []
    const isOther = JSON.stringify(now) !== JSON.stringify(before)
    if (isOther)
      await audit?.record({
        ...{ operation: 'feeds.use', outcome: 'done', by: caller, tenant, details: { feed, before, now } },
        ...(origin.requestId !== undefined && { requestId: origin.requestId }),
      })
    await store.createTenant(tenant)
    const at = clock()
    const { running: _, ...own } = state
    const kept = { ...own, ...toldError(own), name: feed, modifiedAt: formatDateTime(at) }
    await store.commit(tenant, [{ collection: 'feed', id, next: kept, at, origin, logged: false }])
    if (isOther) await uses.load()
  }

/** Why the source gave nothing. */
function toldError({ lastError }: JsonObject): JsonObject {
  if (!isJsonObject(lastError)) return {}
  const text = textOf(lastError, 'text')
  return text === undefined ? {} : { lastError: { ...lastError, text: toldText(text) } }
}

/** What the saving of feeds works with. */
export interface SavedFeeds extends FeedDependencies {
  readonly uses: Pick<DeclaredUses, 'load'>
  /** Absent: this hub keeps no audit log. */
  readonly audit?: Pick<Audit, 'record'> | undefined
}

function usesOf(feed: string, state: JsonObject): readonly JsonObject[] | undefined {
  return useIn(feed, state)?.map(({ source, purposes, types }) => ({
    ...{ source, purposes: [...purposes].sort(), types: [...types].sort() },
  }))
}

/**
 * Answers a checkpoint of a feed to whoever may go on from there: it is made of what the feed brought, whoever may see that.
 * @throws Problem ResourceNotFound
 */
export const readCheckpoint =
  ({ store }: Pick<FeedDependencies, 'store'>) =>
  async ({ caller, tenant, feed, key }: OfFeed & { readonly key: string }): Promise<JsonObject> => {
    const id = checkpointDocumentId(feed, key)
    for (const action of ['read', 'update'] as const)
      caller.check(action, tenant, { resource: 'feed', id: feed })
    const stored = await store.document(tenant, 'feed', id)
    if (!stored) throw new Problem('ResourceNotFound', `Feed ${feed} has no checkpoint ${key}`)
    return stored.document
  }

/** Keeps a checkpoint of a feed for as many days as it asks for (`retainDays`). */
export const saveCheckpoint =
  ({ store, clock }: FeedDependencies) =>
  async ({
    caller,
    tenant,
    origin,
    feed,
    key,
    checkpoint,
  }: OfFeed & {
    readonly key: string
    readonly checkpoint: JsonObject & { readonly retainDays?: number }
  }): Promise<void> => {
    const id = checkpointDocumentId(feed, key)
    caller.check('update', tenant, { resource: 'feed', id: feed })
    await store.createTenant(tenant)
    const at = clock()
    const expiresAt = at + (checkpoint.retainDays ?? RETAIN_DAYS) * DAY
    await store.commit(tenant, [
      { collection: 'feed', id, next: checkpoint, at, origin, expiresAt, logged: false },
    ])
  }

/** A feed comes rarely, and there are few. */
async function refuseTooMany(store: FeedDependencies['store'], tenant: Tenant, most: number): Promise<void> {
  if (most === 0) return
  const stored = await store.documents(tenant, 'feed', { limit: most, after: FEED_PREFIX })
  if (stored.filter(({ id }) => id.startsWith(FEED_PREFIX)).length >= most)
    throw new Problem('TooManyRequests', `Tenant has ${most} feeds, the most that it may`)
}
