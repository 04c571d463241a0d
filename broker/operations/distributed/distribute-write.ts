import { atTime } from '../../core/merge/at-time.ts'
import type { Decision } from '../../core/model/change.ts'
import type { Entity, EntityFragment } from '../../core/model/entity.ts'
import { Problem, type ProblemCode } from '../../core/model/problem.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import type { EntityWrite, KnownTypes, WriteRequest } from '../../federation/distribute/distribution.ts'
import type { PartOutcome } from '../../federation/distribute/part-outcome.ts'
import type { OwnShare } from '../../federation/registry/share-out.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { checkCurrent, checkIntent, type Intent, MOVED, seenBy } from '../guard.ts'
import { type KnownEntity, refusedElsewhere } from './check-elsewhere.ts'
import { settleParts } from './settle-parts.ts'

/** One write of one entity, before anybody's part in it is known. */
export interface DistributedWrite
  extends Pick<EntityWrite, 'operation' | 'attributes' | 'whole' | 'datasets' | 'datasetIds'> {
  readonly intent: Intent
  /** What an entity has besides attributes, as far as the content says it. */
  readonly members?: Pick<EntityFragment, 'types' | 'scopes' | 'expiresAt'>
  /** The `type` parameter: the types of the entity that is meant. */
  readonly selection?: TypeNode
  /** The content says what the entity is (Create). */
  readonly content?: KnownEntity
  /** Does this hub's part, as this command says. */
  own(part: Pick<OwnShare, 'attributes' | 'instances'>, command: DistributedCommand): Promise<Decision>
  /** Writes the request to the sources. */
  request(known: KnownTypes): WriteRequest
}

/** What became of a write. */
export interface WriteOutcome {
  /** What this hub did; absent: it had no part in it. */
  readonly decision?: Decision
  /** Present: not all was done, and this is what became of each part (207). */
  readonly parts?: readonly PartOutcome[]
}

/** Problems of this hub's part that are no reason against the others'. */
export const OWN_MATTER: ReadonlySet<ProblemCode> = new Set(['ResourceNotFound', 'AlreadyExists'])

/**
 * Carries out a write of one entity where its parts belong (CIM 009 v1.9.1, 4.3.6 and 5.6). The caller's right at this
 * hub is judged first, on all of it; then this hub does its part, so that what it refuses (the right, a precondition,
 * the content) reaches nobody else; then all sources are asked at once. That this hub does not have the entity, or has it
 * already, is told beside what became of the other parts. If-Match and If-None-Match are judged on this hub's own state
 * and not handed on: where it holds none, no state that If-Match names can be found. @throws Problem
 */
export async function distributeWrite(
  dependencies: EntityWriteDependencies,
  command: DistributedCommand,
  write: DistributedWrite,
): Promise<WriteOutcome> {
  const { claims } = dependencies.distribution
  const { onward, tenant } = command
  if (!onward) return { decision: await write.own(ALL, command) }
  for (let attempt = 1; ; attempt++) {
    const deciding = claims.decided(tenant)
    if (deciding) await deciding
    const generation = claims.generation(tenant)
    // begun with a member, so that all commands are of one shape
    const sure = { stands: () => claims.stands(tenant, generation), ...command }
    try {
      return await distributeOnce(dependencies, { command: sure, onward }, write)
    } catch (error) {
      if (error !== MOVED || attempt === MOST_ATTEMPTS) throw error
    }
  }
}

/** So often a write is shared out anew because a registration came that takes something away. */
const MOST_ATTEMPTS = 5

/** All of it is this hub's, as it came. */
const ALL = { attributes: 'everything' } as const

interface Handed {
  readonly command: DistributedCommand
  readonly onward: NonNullable<DistributedCommand['onward']>
}

async function distributeOnce(
  dependencies: EntityWriteDependencies,
  { command, onward }: Handed,
  write: DistributedWrite,
): Promise<WriteOutcome> {
  const { distribution } = dependencies
  const { caller, tenant } = command
  const { intent, selection } = write
  const { id } = intent
  const part = { tenant, id, via: onward.via, ...write }
  // types that are known at once need no look at what is here
  if (distribution.isIdle(tenant) || !(write.content || distribution.concerns(part)))
    return { decision: await write.own(ALL, command) }
  checkIntent(command, intent)
  const here = write.content ? undefined : await readHere(dependencies, command, intent)
  const known = knownOf(write, here)
  const shares = distribution.share(part, known)
  if (!shares) return { decision: await write.own(ALL, command) }
  if (here) checkCurrent(command, intent, here)
  if (!here || !shares.own) command.precondition?.(here && seenBy(command, here), true)
  const own = shares.own && (await ownPart(write, command, shares.own))
  const request = write.request({ ...known, ...(selection && { selection }) })
  const onBehalf = { ...onward, caller, tenant }
  const others = await Promise.all(
    shares.sources.map(async (share) => {
      const refused = refusedElsewhere(command, intent, { share, known, members: write.members ?? {} })
      return refused ?? distribution.send(onBehalf, { id, share, request })
    }),
  )
  const parts = settleParts([...(own?.part ? [own.part] : []), ...others])
  return { ...(own?.decision && { decision: own.decision }), ...(parts.length > 0 && { parts }) }
}

/** The entity as this hub has it, if it is the one that is meant. */
async function readHere(
  { store, clock }: EntityWriteDependencies,
  { tenant }: DistributedCommand,
  { id, selects }: Intent,
): Promise<Entity | undefined> {
  const stored = await store.read(tenant, id)
  const current = stored && atTime(parseEntity(stored.text), clock())
  return current && selects?.(current.types) !== false ? current : undefined
}

function knownOf({ content, selection }: DistributedWrite, here: Entity | undefined): KnownEntity {
  if (content) return content
  if (here) return { types: here.types, scopes: here.scopes ?? [] }
  return selection ? { selection } : {}
}

interface OwnOutcome {
  readonly part?: PartOutcome
  readonly decision?: Decision
}

async function ownPart(
  write: DistributedWrite,
  command: DistributedCommand,
  share: OwnShare,
): Promise<OwnOutcome> {
  const { attributes, optional } = share
  try {
    const decision = await write.own(share, command)
    const { updated, notUpdated } = decision
    return {
      decision,
      part: { attributes, ...(updated && { updated }), ...(notUpdated && { notUpdated }) },
    }
  } catch (error) {
    if (!(error instanceof Problem) || !OWN_MATTER.has(error.code)) throw error
    if (optional && error.code === 'ResourceNotFound') return {}
    return { part: { attributes, problem: error } }
  }
}
