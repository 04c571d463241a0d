import { Problem } from '../../../core/model/problem.ts'
import type { Tenant } from '../../../core/model/tenant.ts'
import type { StoreLog } from '../../port/store-log.ts'
import type { TakeTurn } from '../in-turn.ts'
import type { TenantCollections } from '../mongo-documents.ts'
import { asked, refusedAsDuplicate } from '../mongo-errors.ts'
import { LAYOUT } from './entity-fields.ts'
import { layOutEntities } from './lay-out-entities.ts'

/** How entities that an older program wrote are brought to the layout of this one. */
export interface LayingOut {
  readonly takeTurn: (tenant: Tenant) => TakeTurn
  readonly log: StoreLog
}

/** So many entities are laid out anew between two words about it. */
const TOLD_EVERY = 10_000

/**
 * Which tenants have nothing but entities of this program's layout. The others are brought to it while they are in use; what
 * does not end with this process another start goes on with.
 */
export class EntityLayouts {
  readonly #how: LayingOut
  readonly #current = new Set<Tenant>()
  readonly #running = new Set<Promise<void>>()
  #closed = false

  constructor(how: LayingOut) {
    this.#how = how
  }

  /** Tells whether all entities of a tenant have the members of this layout. */
  isCurrent(tenant: Tenant): boolean {
    return this.#current.has(tenant)
  }

  /** Takes in a tenant, new or not. @throws Problem when a newer program wrote it */
  async open(tenant: Tenant, collections: TenantCollections, isNew: boolean): Promise<void> {
    const { state, entities } = collections
    await state.insertOne({ _id: 'layout', value: isNew ? LAYOUT : 0 }).catch(refusedAsDuplicate)
    const { value = 0 } = (await state.findOne({ _id: 'layout' })) ?? {}
    if (value > LAYOUT) {
      const text = `Tenant ${tenant} has layout ${value}, and this program knows layouts up to ${LAYOUT}`
      throw new Problem('ServiceUnavailable', text)
    }
    if (value === LAYOUT) {
      // programs of before gave a place to what a creation without an answer had not created; an index has these
      if (!isNew)
        await entities.updateMany({ types: { $exists: false }, place: { $gt: 0 } }, { $unset: { place: '' } })
      return void this.#current.add(tenant)
    }
    const running = asked(() => this.#layOut(tenant, collections)).catch((err: unknown) =>
      this.#how.log.error({ err, tenant }, 'entities are not laid out anew: the next start goes on'),
    )
    this.#running.add(running)
    void running.then(() => this.#running.delete(running))
  }

  /** Leaves what is under way where it is. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#running)
  }

  async #layOut(tenant: Tenant, collections: TenantCollections): Promise<void> {
    const { log, takeTurn } = this.#how
    const { entities, state } = collections
    const documents = await entities.estimatedDocumentCount()
    if (documents > 0) log.info({ tenant, documents }, 'entities are laid out anew')
    let told = 0
    const done = await layOutEntities(entities, takeTurn(tenant), (count) => {
      if (count - told >= TOLD_EVERY) {
        told = count
        log.info({ tenant, done: count, documents }, 'entities are laid out anew')
      }
      return !this.#closed
    })
    if (!done) return
    // not put in anew: the tenant may have been dropped
    await state.updateOne({ _id: 'layout' }, { $set: { value: LAYOUT } })
    this.#current.add(tenant)
    if (documents > 0) log.info({ tenant, documents }, 'entities are all laid out')
  }
}
