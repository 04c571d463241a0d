import type { TermTable } from '../../core/context/term-table.ts'
import { atTime } from '../../core/merge/at-time.ts'
import type { Decision } from '../../core/model/change.ts'
import type { Entity, EntityFragment } from '../../core/model/entity.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { narrowFragment } from '../../federation/distribute/narrow-fragment.ts'
import { type PartOutcome, refusedPart } from '../../federation/distribute/part-outcome.ts'
import type { OnBehalf } from '../../federation/forward/source-connection.ts'
import type { OwnShare, Shares, SourceShare } from '../../federation/registry/share-out.ts'
import { parseEntity } from '../../store/port/change.ts'
import type { Command, EntityWriteDependencies } from '../command.ts'
import { type KnownEntity, refusedElsewhere } from '../distributed/check-elsewhere.ts'
import { contentOf } from '../distributed/content-of.ts'
import { OWN_MATTER } from '../distributed/distribute-write.ts'
import { checkCurrent, checkIntent, type Intent, MOVED } from '../guard.ts'
import type { BatchOperation } from './batch-operation.ts'
import { type BatchOutcome, type BatchStep, runBatch } from './run-batch.ts'
import { type BatchPart, sendBatch } from './send-batch.ts'

/** One element of a batch, before anybody's part in it is known; or why it was refused before anything was tried. */
export type BatchElement = BatchWrite | { readonly id: string; readonly problem: Problem }

export interface BatchWrite {
  readonly id: string
  readonly intent: Intent
  /** The terms that it came in. */
  readonly table: TermTable
  /** Absent: the entity is deleted. */
  readonly fragment?: EntityFragment
  /** Does this hub's part, which is this much of the fragment. */
  readonly decide: (fragment: EntityFragment) => (current: Entity | undefined, now: Micros) => Decision
}

/** A batch for a caller. */
export interface Batch {
  readonly operation: BatchOperation
  readonly elements: readonly BatchElement[]
  /** How it is handed on; absent: to nobody (`local=true`, CIM 009 v1.9.1, 6.3.18). */
  readonly onward?: Pick<OnBehalf, 'via' | 'headers'>
}

/**
 * Carries out a batch where its parts belong (CIM 009 v1.9.1, 4.3.6, 5.6.7 to 5.6.10 and 5.6.20), each element like a write
 * of its own: the caller's right at this hub is judged first, then this hub does its parts, then all sources theirs. What
 * this hub refuses of an element reaches nobody else.
 */
export async function distributeBatch(
  dependencies: EntityWriteDependencies,
  command: Command,
  batch: Batch,
): Promise<readonly BatchOutcome[]> {
  const { elements, onward } = batch
  if (!onward) return runBatch(dependencies, command, elements.map(asStep))
  const done: Done[] = new Array(elements.length)
  let open = [...elements.keys()]
  for (let attempt = 1; open.length > 0; attempt++) {
    const some = await keepOwn(dependencies, command, {
      ...batch,
      onward,
      elements: valuesAt(elements, open),
    })
    for (const [place, at] of open.entries()) done[at] = some[place] as Done // one for each that was given
    open = attempt === MOST_ATTEMPTS ? [] : open.filter((at) => done[at]?.own?.problem === MOVED)
  }
  return sendOthers(dependencies, command, { ...batch, onward, done })
}

/** So often elements are shared out anew because a registration came that takes something away. */
const MOST_ATTEMPTS = 5

/** A plan, and what came of this hub's part. */
interface Done {
  readonly plan: Plan
  readonly own?: BatchOutcome
}

interface Handed extends Batch {
  readonly onward: NonNullable<Batch['onward']>
}

function valuesAt<T>(list: readonly T[], places: readonly number[]): readonly T[] {
  return places.flatMap((at) => list[at] ?? [])
}

/** Shares out elements, and does this hub's parts while they are this hub's. */
async function keepOwn(
  dependencies: EntityWriteDependencies,
  command: Command,
  { operation, elements, onward: { via } }: Handed,
): Promise<readonly Done[]> {
  const { distribution } = dependencies
  const { claims } = distribution
  const { tenant } = command
  const deciding = claims.decided(tenant)
  if (deciding) await deciding
  const generation = claims.generation(tenant)
  const sure = { stands: () => claims.stands(tenant, generation), ...command }
  const idle = distribution.isIdle(tenant)
  const shared = elements.flatMap((element) => {
    if (idle || !isWrite(element)) return []
    return distribution.concerns(writeOf(sure, { operation, element, via })) ? [element] : []
  })
  const here = shared.length > 0 ? await readHere(dependencies, sure, shared) : NOBODY
  const isShared = new Set<BatchElement>(shared)
  const plans = elements.map((element): Plan => {
    if (!isWrite(element) || !isShared.has(element)) return { element, step: asStep(element) }
    return planned(dependencies, sure, { operation, element, via, here: here.get(element.id) })
  })
  const places = plans.flatMap(({ step }, at) => (step ? [{ at, step }] : []))
  const outcomes = await runBatch(
    dependencies,
    sure,
    places.map(({ step }) => step),
  )
  const own = new Map(places.map(({ at }, place) => [at, outcomes[place]]))
  return plans.map((plan, at) => {
    const outcome = own.get(at)
    return { plan, ...(outcome && { own: outcome }) }
  })
}

const NOBODY: ReadonlyMap<string, Entity> = new Map()

async function sendOthers(
  { distribution }: EntityWriteDependencies,
  command: Command,
  { operation, onward, done }: Pick<Handed, 'operation' | 'onward'> & { readonly done: readonly Done[] },
): Promise<readonly BatchOutcome[]> {
  const { caller, tenant } = command
  const parts = done.flatMap((one, at) => partsElsewhere(command, one, { at, operation }))
  const asked = parts.flatMap((part) => ('refused' in part ? [] : part))
  const onBehalf = { ...onward, caller, tenant }
  const outcomes =
    asked.length > 0 ? await sendBatch(distribution, { operation, onBehalf, parts: asked }) : []
  const told = new Map<number, PartOutcome[]>()
  const tell = (at: number, outcome: PartOutcome | undefined): void => {
    if (outcome) told.set(at, [...(told.get(at) ?? []), outcome])
  }
  for (const part of parts) if ('refused' in part) tell(part.at, part.refused)
  for (const [place, part] of asked.entries()) tell(part.at, outcomes[place])
  return done.map((one, at) => settled(one, told.get(at)))
}

/** An element with what is to be done of it, and where. */
interface Plan {
  readonly element: BatchElement
  /** This hub's part; absent: it has none. */
  readonly step?: BatchStep
  readonly shares?: Shares
  /** What is known of it by what the element says of it, and by what this hub holds of it. */
  readonly said?: KnownEntity
  readonly held?: KnownEntity
}

interface Planning {
  readonly operation: BatchOperation
  readonly element: BatchWrite
  readonly via: string | undefined
  readonly here: Entity | undefined
}

function planned(
  { distribution }: EntityWriteDependencies,
  command: Command,
  { element, here, ...rest }: Planning,
): Plan {
  const { intent, fragment } = element
  try {
    checkIntent(command, intent)
    const held = here ? { types: here.types, scopes: here.scopes ?? [] } : {}
    const said = saidOf(rest.operation, fragment) ?? held
    const shares = distribution.share(writeOf(command, { ...rest, element }), said)
    if (!shares) return { element, step: asStep(element) }
    if (here) checkCurrent(command, intent, here)
    const { own } = shares
    return { element, shares, said, held, ...(own && { step: ownStep(element, own) }) }
  } catch (error) {
    if (error instanceof Problem) return { element, step: { id: element.id, problem: error } }
    throw error
  }
}

function ownStep({ id, intent, fragment, decide }: BatchWrite, part: OwnShare): BatchStep {
  const { attributes } = part
  const narrowed = intent.attributes && attributes !== 'everything' ? { ...intent, attributes } : intent
  return { id, intent: narrowed, decide: decide(fragment ? narrowFragment(fragment, part) : NOTHING) }
}

/** What is deleted has no content. */
const NOTHING: EntityFragment = { attributes: {} }

function isWrite(element: BatchElement): element is BatchWrite {
  return !('problem' in element)
}

function asStep(element: BatchElement): BatchStep {
  if (!isWrite(element)) return element
  const { id, intent, decide } = element
  return { id, intent, decide: decide(element.fragment ?? NOTHING) }
}

function writeOf({ tenant }: Command, { operation, element, via }: Omit<Planning, 'here'>) {
  const { id, fragment } = element
  const { name, path, options, singles } = operation
  const content = fragment ? contentOf(fragment) : { attributes: 'everything' as const, whole: true }
  const replaces = path === 'upsert' && options === undefined
  return {
    ...content,
    whole: path === 'create' ? false : replaces || content.whole,
    operation: name,
    instead: singles.map((single) => single.name),
    tenant,
    id,
    via,
  }
}

/** Entities as this hub has them. */
async function readHere(
  { store, clock }: EntityWriteDependencies,
  { tenant }: Command,
  elements: readonly BatchElement[],
): Promise<ReadonlyMap<string, Entity>> {
  const now = clock()
  const stored = await store.readMany(tenant, [...new Set(elements.map(({ id }) => id))])
  const alive = stored.flatMap(({ text }) => atTime(parseEntity(text), now) ?? [])
  return new Map(alive.map((entity) => [entity.id, entity]))
}

/** Who says what the whole entity is says its types too. */
function saidOf(
  { entire }: BatchOperation,
  { types, scopes = [] }: EntityFragment = NOTHING,
): KnownEntity | undefined {
  return entire && types ? { types, scopes: typeof scopes === 'string' ? [] : scopes } : undefined
}

type Elsewhere = BatchPart | { readonly at: number; readonly refused: PartOutcome }

/** What sources are to do of an element: nothing, where this hub refused it for good. */
function partsElsewhere(
  command: Command,
  { plan, own }: Done,
  { at, operation }: { readonly at: number; readonly operation: BatchOperation },
): readonly Elsewhere[] {
  const { element, shares, held = {} } = plan
  if (!isWrite(element) || !shares || isRefused(own)) return []
  const { id, fragment = NOTHING, table } = element
  return shares.sources.map((share) => {
    const refused =
      refusedPart({ id, share }) ?? refusedByRights(command, { ...plan, element }, { share, operation })
    if (refused) return { at, refused }
    const apart = isApart(command, { element, held }, { share, operation })
    return { at, share, content: { id, known: held, fragment }, table, apart }
  })
}

interface Asked {
  readonly share: SourceShare
  readonly operation: BatchOperation
}

/** What is created is judged by what it is to be, what is changed by what is known of it; an upsert comes to either. */
function refusedByRights(
  command: Command,
  { element, said = {}, held = {} }: Plan & { readonly element: BatchWrite },
  { share, operation: { path } }: Asked,
): PartOutcome | undefined {
  const { intent, fragment = NOTHING } = element
  const { attributes: _, id: __, ...members } = fragment
  const creating = { ...intent, action: 'create' } as const
  const refused = CREATING.has(path)
    ? refusedElsewhere(command, creating, { share, known: said, members })
    : undefined
  return (
    refused ??
    (path === 'create' ? undefined : refusedElsewhere(command, intent, { share, known: held, members }))
  )
}

const CREATING: ReadonlySet<BatchOperation['path']> = new Set(['create', 'upsert'])

/**
 * Tells whether an entity cannot go to its source together with others: its types are not known here, and the caller may
 * not change it whatever they are. A batch has no `type` that would keep the source to those that it may.
 */
function isApart(
  command: Command,
  { element, held }: { readonly element: BatchWrite; readonly held: KnownEntity },
  { share, operation }: Asked,
): boolean {
  if (operation.path === 'create' || held.types || isNamed(share, element.id)) return false
  const { types: _, ...ofAnyType } = share
  return refusedElsewhere(command, element.intent, { share: ofAnyType, known: {}, members: {} }) !== undefined
}

/** Who registered the very entity says of what type it is. */
function isNamed({ registration }: SourceShare, id: string): boolean {
  return registration.information.some(({ entities }) => entities.some((entity) => entity.id === id))
}

function isRefused(own: BatchOutcome | undefined): boolean {
  return own?.problem !== undefined && !OWN_MATTER.has(own.problem.code)
}

/** What became of an element: as told by this hub alone, or by all that had a part. */
function settled(
  { plan: { element, shares }, own }: Done,
  others: readonly PartOutcome[] = [],
): BatchOutcome {
  const { id } = element
  if (!shares || isRefused(own)) return own ?? { id }
  const { decision, problem } = own ?? {}
  const missing = shares.own?.optional && problem?.code === 'ResourceNotFound'
  const mine: readonly PartOutcome[] =
    own && shares.own && !missing
      ? [{ attributes: shares.own.attributes, ...(problem && { problem }), ...leftBy(decision) }]
      : []
  const all = [...mine, ...others]
  const counted = all.filter(({ looped }) => !looped)
  return { id, parts: counted.length > 0 ? counted : all, ...(decision && { decision }) }
}

function leftBy(decision: Decision | undefined): Pick<PartOutcome, 'notUpdated'> {
  return decision?.notUpdated ? { notUpdated: decision.notUpdated } : {}
}
