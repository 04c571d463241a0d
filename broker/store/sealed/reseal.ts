import { setImmediate, setTimeout } from 'node:timers/promises'
import type { AttributeChange } from '../../core/model/change.ts'
import type { Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { canonicalEntity, canonicalInstance } from '../port/canonical.ts'
import { parseEntity } from '../port/change.ts'
import type { Store } from '../port/store.ts'
import type {
  RewritableTexts,
  StoredInstance,
  StoredRecord,
  StoredText,
  TextChange,
} from '../port/stored-texts.ts'
import { keysIn, type Seal, type Sealing } from './seal.ts'
import type { SealedAttributes } from './sealed-attributes.ts'
import { SEALING_COLLECTION } from './sealing-state.ts'

/** What is walked over, and how. */
export interface ResealOptions {
  readonly store: Store & RewritableTexts
  readonly seal: Seal
  readonly attributes: () => SealedAttributes
  /** Names the key that everything is to be under. */
  readonly current: () => string
  /** Whatever is not sealed as it should be is looked for; else only what is under another key. */
  readonly whole: boolean
  /** Milliseconds that are left to others between two steps. */
  readonly pause: number
  readonly isLost: (key: string) => boolean
  readonly signal: AbortSignal
}

const TEXTS = 200

/**
 * Seals what is stored as it is to be sealed now, under the key of now: state, history, log and documents of all tenants, hidden
 * ones too. Answers how many texts were written anew; 0: everything is as it should be.
 */
export async function reseal(options: ResealOptions): Promise<number> {
  const { store } = options
  let changed = 0
  for (const tenant of [...(await store.tenants()), ...(await store.hiddenTenants())])
    changed += await resealTenant(options, tenant)
  return changed
}

async function resealTenant(options: ResealOptions, tenant: Tenant): Promise<number> {
  const { store, attributes, whole, pause, signal } = options
  const { always, byType } = attributes()
  const numbersOf = whole ? [...always, ...byType.keys()] : []
  await store.unpack(tenant, numbersOf)
  const types = new TypesOfIds(store, tenant)
  let changed = 0
  let after: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const texts = await store.texts(tenant, {
      limit: TEXTS,
      numbersOf,
      ...(after !== undefined && { after }),
    })
    const last = texts.at(-1)
    if (!last) break
    after = last.place
    const changes: TextChange[] = []
    for (const text of texts) {
      const change = isAsked(options, text)
        ? await resealedUnlessLost(options, tenant, text, types)
        : undefined
      if (change) changes.push(change)
    }
    if (changes.length > 0) await store.rewrite(tenant, changes)
    changed += changes.length
    await (pause > 0 ? setTimeout(pause, undefined, { ref: false }) : setImmediate())
  }
  if (changed > 0) await store.finishErasing(tenant)
  return changed
}

/** Tells whether a text is to be looked at. */
function isAsked({ whole, current }: ResealOptions, text: StoredText): boolean {
  return whole || keysOf(text).some((key) => key !== current())
}

/** Names the keys that a text is under, and those that somebody made it look like. */
function keysOf(text: StoredText): readonly string[] {
  return [...keysIn(text.text ?? ''), ...(text.kind === 'record' ? keysIn(text.changes ?? '') : [])]
}

/** What is under a lost key cannot be opened, and stays as it is. @throws Problem that names what should open and does not */
async function resealedUnlessLost(
  options: ResealOptions,
  tenant: Tenant,
  text: StoredText,
  types: TypesOfIds,
): Promise<TextChange | undefined> {
  try {
    return await resealed(options, tenant, text, types)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (keysOf(text).some(options.isLost)) return undefined
    throw new Problem(error.code, `${error.message} (${nameOf(text)}${tenant && ` of tenant ${tenant}`})`, {
      cause: error,
    })
  }
}

/** Names what a text is of, so that somebody can look at it. */
function nameOf(text: StoredText): string {
  return text.kind === 'instance'
    ? `history of ${text.attribute} of entity ${text.id}`
    : `${text.kind === 'record' ? 'log record of ' : ''}${text.collection} ${text.id}`
}

async function resealed(
  { seal }: ResealOptions,
  tenant: Tenant,
  text: StoredText,
  types: TypesOfIds,
): Promise<TextChange | undefined> {
  if (text.kind === 'instance') return resealedInstance(seal, tenant, text, await types.of(text.id))
  if (text.kind === 'record' && text.collection === 'entity')
    return resealedState(seal, tenant, text, text.text === null ? await types.of(text.id) : [])
  const { collection, id } = text
  if (text.text === null || collection === SEALING_COLLECTION || collection === 'entity') return undefined
  const place = { tenant, collection, id }
  const next = JSON.stringify(seal.sealDocument(seal.openDocument(JSON.parse(text.text), place), place))
  return next === text.text ? undefined : { from: text, text: next }
}

function resealedInstance(
  seal: Seal,
  tenant: Tenant,
  from: StoredInstance,
  types: readonly Iri[],
): TextChange | undefined {
  const owner = { tenant, id: from.id }
  const instance: Instance = JSON.parse(from.text)
  const opened = seal.openInstance(from.attribute, instance, owner)
  const sealed = seal.sealInstance(from.attribute, opened, { owner, types, known: new Map() })
  if (sealed === instance) return undefined
  const text = canonicalInstance(sealed)
  return text === from.text ? undefined : { from, text }
}

function resealedState(
  seal: Seal,
  tenant: Tenant,
  from: StoredRecord,
  known: readonly Iri[],
): TextChange | undefined {
  const owner = { tenant, id: from.id }
  const before = from.text === null ? undefined : parseEntity(from.text)
  const sealing: Sealing = { owner, types: before?.types ?? known, known: new Map() }
  const after = before && seal.sealEntity(seal.openEntity(before, owner), sealing)
  const text = after ? canonicalEntity(after) : null
  const changes = from.changes === null ? null : resealedChanges(seal, from.changes, sealing)
  if (text === from.text && changes === from.changes) return undefined
  return { from, text, changes, ...(from.isCurrent && before && after && { states: { before, after } }) }
}

function resealedChanges(seal: Seal, text: string, sealing: Sealing): string {
  const changes: readonly AttributeChange[] = JSON.parse(text)
  const opened = seal.openChanges(changes, sealing.owner)
  const sealed = seal.sealChanges(opened, sealing)
  return sealed === changes ? text : JSON.stringify(sealed)
}

/** Which types ids have or had, as history knows them. */
class TypesOfIds {
  readonly #store: Pick<Store, 'evolutions'>
  readonly #tenant: Tenant
  #known: { readonly id: string; readonly types: readonly Iri[] } | undefined

  constructor(store: Pick<Store, 'evolutions'>, tenant: Tenant) {
    this.#store = store
    this.#tenant = tenant
  }

  /** Answers the types of an id; the last one is remembered, since rows of one follow each other. */
  async of(id: string): Promise<readonly Iri[]> {
    if (this.#known?.id !== id) {
      const query = { ids: [id], stateless: true, limit: 1 } as const
      const [head] = await this.#store.evolutions(this.#tenant, query)
      this.#known = { id, types: head?.types ?? [] }
    }
    return this.#known?.types ?? []
  }
}
