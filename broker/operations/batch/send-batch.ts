import { encodeEntityFragment } from '../../core/context/encode-fragment.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Distribution } from '../../federation/distribute/distribution.ts'
import { narrowToShare } from '../../federation/distribute/narrow-fragment.ts'
import { failedPart, type PartOutcome } from '../../federation/distribute/part-outcome.ts'
import type { OnBehalf, SourceRequest } from '../../federation/forward/source-connection.ts'
import type { Registration } from '../../federation/registry/registration.ts'
import type { SourceShare } from '../../federation/registry/share-out.ts'
import type { BatchContent, BatchOperation, SingleOperation } from './batch-operation.ts'

/** What a source is to do of one element of a batch. */
export interface BatchPart {
  /** Place of the element in the batch. */
  readonly at: number
  readonly share: SourceShare
  readonly content: BatchContent
  /** The terms that the element came in. */
  readonly table: TermTable
  /** It has to go alone, by an operation that can say of which types the entity is. */
  readonly apart: boolean
}

export interface SentBatch {
  readonly operation: BatchOperation
  readonly onBehalf: Omit<OnBehalf, 'table'>
  readonly parts: readonly BatchPart[]
}

/** Sources that are asked at once, and entities of a source that is asked one by one. */
const SOURCES_AT_ONCE = 16
const ENTITIES_AT_ONCE = 8
/** So much goes to a source in one request at the most: what brokers of every make take. */
const MOST_ENTITIES = 500
const MOST_BYTES = 900_000

/**
 * Has sources do their parts of a batch (CIM 009 v1.9.1, 5.6.7 to 5.6.10 and 5.6.20): all of one source together where it
 * offers the batch operation, else one by one by the single operation that it offers. What belongs to one entity stays in
 * its order. Answers the outcome of each part, in the order of the parts.
 */
export async function sendBatch(
  distribution: Distribution,
  sent: SentBatch,
): Promise<readonly PartOutcome[]> {
  const outcomes = new Map<BatchPart, PartOutcome>()
  const bySource = new Map<Registration, BatchPart[]>()
  for (const part of sent.parts) {
    const { registration } = part.share
    const parts = bySource.get(registration) ?? []
    bySource.set(registration, parts)
    parts.push(part)
  }
  await each([...bySource], SOURCES_AT_ONCE, async ([registration, parts]) => {
    for (const round of rounds(parts)) {
      const isTogether = registration.operations.has(sent.operation.name) && !round.some(({ apart }) => apart)
      const done = isTogether
        ? await sendTogether(distribution, sent, { registration, parts: round })
        : await sendSingly(distribution, sent, round)
      round.forEach((part, at) => {
        const outcome = done[at]
        if (outcome) outcomes.set(part, outcome)
      })
    }
  })
  return sent.parts.flatMap((part) => outcomes.get(part) ?? [])
}

/** Parts that go together: in the terms of one @context, no entity twice, not too much. */
function rounds(parts: readonly BatchPart[]): readonly (readonly BatchPart[])[] {
  const made: BatchPart[][] = []
  let ids = new Set<string>()
  let bytes = 0
  for (const part of parts) {
    const size = JSON.stringify(part.content.fragment).length // names are longer here than in the request
    const open = made.at(-1)
    const fits =
      open !== undefined &&
      open.length < MOST_ENTITIES &&
      bytes + size <= MOST_BYTES &&
      !ids.has(part.content.id) &&
      open[0]?.apart === part.apart &&
      open[0].table.hash === part.table.hash
    if (open && fits) open.push(part)
    else {
      made.push([part])
      ids = new Set()
      bytes = 0
    }
    ids.add(part.content.id)
    bytes += size
  }
  return made
}

function sendTogether(
  distribution: Distribution,
  { operation, onBehalf }: SentBatch,
  { registration, parts }: { readonly registration: Registration; readonly parts: readonly BatchPart[] },
): Promise<readonly PartOutcome[]> {
  const [first] = parts
  if (!first) return Promise.resolve([])
  const { path, options } = operation
  const request = (table: TermTable): SourceRequest => ({
    method: 'POST',
    path: `/entityOperations/${path}`,
    ...(options && { parameters: new URLSearchParams({ options }) }),
    body: parts.map((part) => itemOf(operation, part, table)),
  })
  const told = parts.map(({ share, content }) => ({ id: content.id, share }))
  return distribution.sendTogether(
    { ...onBehalf, table: first.table },
    { registration, parts: told, request },
  )
}

function itemOf(
  { path, entire }: BatchOperation,
  { content, share }: BatchPart,
  table: TermTable,
): JsonValue {
  const { id, fragment } = content
  if (path === 'delete') return id
  return encodeEntityFragment({ ...narrowToShare(fragment, share, entire), id }, table)
}

async function sendSingly(
  distribution: Distribution,
  { operation, onBehalf }: SentBatch,
  parts: readonly BatchPart[],
): Promise<readonly PartOutcome[]> {
  const outcomes: PartOutcome[] = []
  await each([...parts.entries()], ENTITIES_AT_ONCE, async ([at, part]) => {
    outcomes[at] = await sendOne(distribution, { ...onBehalf, table: part.table }, { part, operation })
  })
  return outcomes
}

/** Tries what the source offers, in order, for as long as the entity turns out to be there already. */
async function sendOne(
  distribution: Distribution,
  onBehalf: OnBehalf,
  { part, operation }: { readonly part: BatchPart; readonly operation: BatchOperation },
): Promise<PartOutcome> {
  const { share, content } = part
  const offered: readonly SingleOperation[] = operation.singles.filter(({ name }) =>
    share.registration.operations.has(name),
  )
  if (offered.length === 0) {
    const text = 'Caller may write at other hubs entities of some types only, which a batch cannot say'
    return failedPart(share, new Problem('Forbidden', text))
  }
  for (const single of offered) {
    const outcome = await distribution.send(onBehalf, {
      id: content.id,
      share,
      request: single.request(content),
    })
    if (operation.path !== 'upsert' || outcome.problem?.code !== 'AlreadyExists') return outcome
  }
  const text = `Source of registration ${share.registration.id} has entity ${content.id} already and cannot change it`
  return failedPart(share, new Problem('OperationNotSupported', text))
}

/** Does some work on each of a list, on so many at once. */
async function each<T>(list: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...list]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, list.length) }, worker))
}
