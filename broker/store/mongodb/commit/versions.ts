import type { Tenant } from '../../../core/model/tenant.ts'
import { heldProblem } from '../../port/moved-store.ts'
import type { InTurn } from '../in-turn.ts'
import type { KnownCommits } from '../known/known-commits.ts'
import type { TenantCollections } from '../mongo-documents.ts'

/** So many versions are taken at once where no other process takes any. */
const BLOCK = 1000

/** Versions that are this process's to give. */
interface Block {
  next: number
  readonly end: number
}

/** Gives versions of tenants: each once, and each commit greater ones than those before it, whichever process that was. */
export class Versions {
  readonly #known: Pick<KnownCommits, 'alone'>
  readonly #turns: InTurn
  readonly #blocks = new Map<Tenant, Block>()

  constructor(known: Pick<KnownCommits, 'alone'>, turns: InTurn) {
    this.#known = known
    this.#turns = turns
  }

  /** Takes so many versions that follow one another; answers the first. */
  async take(tenant: Tenant, collections: TenantCollections, count: number): Promise<number> {
    return (
      this.#fromBlock(tenant, count) ??
      this.#turns.run(`${tenant}/version`, async () => {
        const left = this.#fromBlock(tenant, count)
        if (left !== undefined) return left
        const { alone } = this.#known
        const taken = alone ? Math.max(count, BLOCK) : count
        const first = await takeFromCounter(tenant, collections, taken)
        if (alone) this.#blocks.set(tenant, { next: first + count, end: first + taken })
        return first
      })
    )
  }

  #fromBlock(tenant: Tenant, count: number): number | undefined {
    const block = this.#blocks.get(tenant)
    if (!block || block.next + count > block.end) return undefined
    const first = block.next
    block.next += count
    return first
  }
}

async function takeFromCounter(tenant: Tenant, { state }: TenantCollections, count: number): Promise<number> {
  const next = await state.findOneAndUpdate(
    { _id: 'version', held: { $exists: false } },
    { $inc: { value: count } },
    { returnDocument: 'after' },
  )
  if (!next && (await state.findOne({ _id: 'version' }))?.held) throw heldProblem()
  if (!next) throw new Error(`Tenant ${tenant} has no version counter`)
  return next.value - count + 1
}
