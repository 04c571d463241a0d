import { type DecodeRules, decodeEntity } from '../../core/context/decode-entity.ts'
import { appendAttributes } from '../../core/merge/append-attributes.ts'
import { createEntity } from '../../core/merge/create-entity.ts'
import { deleteEntity } from '../../core/merge/delete-entity.ts'
import { keepNewest } from '../../core/merge/keep-newest.ts'
import { mergeEntity } from '../../core/merge/merge-entity.ts'
import { upsertEntity } from '../../core/merge/upsert-entity.ts'
import { isIri } from '../../core/model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../../core/model/json.ts'
import { badRequestData, invalidRequest, Problem } from '../../core/model/problem.ts'
import { BATCH_OPERATIONS } from '../../operations/batch/batch-operation.ts'
import type { Batch, BatchElement, BatchWrite } from '../../operations/batch/distribute-batch.ts'
import type { BatchOutcome } from '../../operations/batch/run-batch.ts'
import type { Command } from '../../operations/command.ts'
import { flag } from '../decode/entity-parameters.ts'
import { who } from '../decode/who.ts'
import { batchAnswer } from '../encode/batch-answer.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** Runs a batch for a caller; creates the tenant first where the operation may. */
export type BatchRunner = (
  command: Command & { readonly createsTenant?: boolean },
  batch: Batch,
) => Promise<readonly BatchOutcome[]>

export interface BatchSettings {
  readonly maxItems: number
  readonly maxBytes: number
}

const OPERATIONS = '/ngsi-ld/v1/entityOperations'
const WHOLE = { nulls: 'forbidden', requireId: true, requireType: true } as const satisfies DecodeRules

/** Routes of `/entityOperations/` that write (CIM 009 v1.9.1, 6.14 to 6.17 and 6.31). */
export function batchRoutes(run: BatchRunner, { maxItems, maxBytes }: BatchSettings): readonly Route[] {
  const route = { method: 'POST', body: 'ld', maxBytes } as const
  return [
    {
      ...route,
      path: `${OPERATIONS}/create`,
      createsTenant: true,
      idempotent: 'batch',
      parameters: ['local'],
      handle: create,
    },
    {
      ...route,
      path: `${OPERATIONS}/upsert`,
      createsTenant: true,
      idempotent: 'upsert',
      parameters: ['options', 'local'],
      handle: upsert,
    },
    { ...route, path: `${OPERATIONS}/update`, parameters: ['options', 'local'], handle: update },
    { ...route, path: `${OPERATIONS}/merge`, parameters: ['local'], handle: merge },
    { ...route, path: `${OPERATIONS}/delete`, body: 'ld', parameters: ['local'], handle: remove },
  ]

  async function create(request: HubRequest): Promise<HubAnswer> {
    const elements = await entityElements(
      request,
      WHOLE,
      'create',
      (fragment) => (current, now) => createEntity(current, fragment, now),
    )
    const batch = { operation: BATCH_OPERATIONS.create, elements, ...onwardTo(request) }
    const outcomes = await run({ createsTenant: true, ...who(request) }, batch)
    return batchAnswer(outcomes, () => ({ status: 201, body: outcomes.map(({ id }) => id) }))
  }

  async function upsert(request: HubRequest): Promise<HubAnswer> {
    const mode = option(request, ['replace', 'update']) === 'update' ? 'update' : 'replace'
    const late = lateObservations(request, mode)
    const elements = await entityElements(
      request,
      { ...WHOLE, nulls: mode === 'update' ? 'attribute' : 'forbidden' },
      mode === 'replace' ? 'replace' : 'upsert',
      (fragment) => (current, now) => {
        const decision = upsertEntity(current, fragment, { mode }, now)
        return late === 'history' ? keepNewest(current, decision) : decision
      },
    )
    const batch = { operation: BATCH_OPERATIONS[mode], elements, ...onwardTo(request) }
    const outcomes = await run({ createsTenant: true, ...who(request) }, batch)
    const created = outcomes.filter(isCreated).map(({ id }) => id)
    return batchAnswer(outcomes, () =>
      created.length > 0 ? { status: 201, body: created } : { status: 204 },
    )
  }

  async function update(request: HubRequest): Promise<HubAnswer> {
    const overwrite = option(request, ['noOverwrite']) === undefined
    const rules = { nulls: 'attribute', requireId: true } as const
    const elements = await entityElements(
      request,
      rules,
      'update',
      (fragment) => (current, now) => appendAttributes(current, fragment, { overwrite }, now),
    )
    const operation = overwrite ? BATCH_OPERATIONS.overwrite : BATCH_OPERATIONS.append
    const outcomes = await run(who(request), { operation, elements, ...onwardTo(request) })
    return batchAnswer(outcomes, () => ({ status: 204 }))
  }

  /** Batch Entity Merge (5.6.20): each fragment by the rules of Merge Entity, nulls at any depth. */
  async function merge(request: HubRequest): Promise<HubAnswer> {
    const elements = await entityElements(
      request,
      { nulls: 'deep', partial: true, requireId: true },
      'update',
      (fragment) => (current, now) => mergeEntity(current, fragment, {}, now),
    )
    const batch = { operation: BATCH_OPERATIONS.merge, elements, ...onwardTo(request) }
    return batchAnswer(await run(who(request), batch), () => ({ status: 204 }))
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    const list = items(request.body)
    const table = await request.table('headers')
    const elements = list.map((item): BatchElement => {
      if (typeof item !== 'string' || !isIri(item)) {
        return {
          id: typeof item === 'string' ? item : '',
          problem: badRequestData('Item of the batch is no entity id'),
        }
      }
      return {
        id: item,
        intent: { action: 'delete', id: item },
        table,
        decide: () => (current, now) => deleteEntity(current, now),
      }
    })
    const batch = { operation: BATCH_OPERATIONS.delete, elements, ...onwardTo(request) }
    return batchAnswer(await run(who(request), batch), () => ({ status: 204 }))
  }

  /** Faults of the headers refuse the whole request, faults of one entity or its @context only that entity (6.3.5, 5.6.7). */
  async function entityElements(
    request: HubRequest,
    rules: DecodeRules,
    kind: 'create' | 'replace' | 'upsert' | 'update',
    decide: BatchWrite['decide'],
  ): Promise<readonly BatchElement[]> {
    const list = items(request.body)
    await request.table('headers')
    return Promise.all(list.map(element))

    async function element(item: JsonValue, at: number): Promise<BatchElement> {
      const id = idOf(item)
      try {
        const table = await request.table(at)
        const fragment = decodeEntity(item, table, rules)
        const { types, attributes } = fragment
        const intent = {
          action: kind === 'create' ? 'create' : 'update',
          id: fragment.id ?? '',
          attributes: Object.keys(attributes),
          ...(types && { types }),
          ...(kind === 'replace' && { whole: true as const }),
          ...((kind === 'replace' || kind === 'upsert') && { creates: true as const }),
        } as const
        return { id: fragment.id ?? '', intent, table, fragment, decide }
      } catch (error) {
        if (error instanceof Problem) return { id, problem: error }
        throw error
      }
    }
  }

  function items(body: JsonValue | undefined): readonly JsonValue[] {
    if (!Array.isArray(body)) throw badRequestData('Body of a batch is no array')
    const list: readonly JsonValue[] = body // narrowed by isArray
    if (list.length === 0) throw badRequestData('Body of a batch is an empty array')
    if (list.includes(null)) throw badRequestData(`Item ${list.indexOf(null)} of the batch is null`)
    if (list.length > maxItems) {
      throw new Problem(
        'RequestEntityTooLarge',
        `Batch has ${list.length} items, over the ${maxItems} that one request may have`,
      )
    }
    return list
  }
}

/** How a batch is handed on to other hubs: not at all with `local=true` (CIM 009 v1.9.1, 6.3.18). @throws Problem */
function onwardTo({ query, headers }: HubRequest): Pick<Batch, 'onward'> {
  return flag(query, 'local') ? {} : { onward: { via: headers.via, headers } }
}

function isCreated({ decision, parts = [] }: BatchOutcome): boolean {
  return decision?.change?.action === 'created' || parts.some(({ created }) => created)
}

function option(request: HubRequest, known: readonly string[]): string | undefined {
  const word = request.query.get('options') ?? undefined
  if (word !== undefined && !known.includes(word))
    throw invalidRequest(`Option ${word} is not one of ${known.join(', ')}`)
  return word
}

/** Reads what is to become of observations that are older than the current ones; absent: they are as good as any. */
function lateObservations({ headers }: HubRequest, mode: 'replace' | 'update'): 'history' | undefined {
  const value = headers['hub-late-observations']
  if (value === undefined) return undefined
  if (value !== 'history') throw invalidRequest('Header Hub-Late-Observations has another value than history')
  if (mode !== 'update')
    throw invalidRequest('Header Hub-Late-Observations is only for upserts with options=update')
  return value
}

function idOf(item: JsonValue): string {
  const id = isJsonObject(item) ? (ownValue(item, 'id') ?? ownValue(item, '@id')) : undefined
  return typeof id === 'string' ? id : ''
}
