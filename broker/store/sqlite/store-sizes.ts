import { Worker } from 'node:worker_threads'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { StoreSize } from '../port/store-size.ts'
import type { Measured, Measuring } from './measure-worker.ts'

/** What measuring needs of the store. */
export interface SizeSource {
  readonly directory: string
  readonly tenants: () => Iterable<Tenant>
  readonly clock: () => Micros
}

const FIRST = 10_000
const LEAST_REST = 600_000
/** It rests so many times as long as it worked. */
const REST = 100

/**
 * Measures what tenants take on disk, in turn and in a thread of its own, since every page is looked at: remembered until
 * it is measured again, which costs a hundredth of the time at most.
 */
export class StoreSizes {
  readonly #source: SizeSource
  readonly #sizes = new Map<Tenant, StoreSize>()
  #timer: NodeJS.Timeout | undefined
  #measuring: Promise<void> | undefined
  #end: Int32Array | undefined
  #closed = false

  constructor(source: SizeSource) {
    this.#source = source
  }

  /** Measures now and then from now on. */
  start(): void {
    this.#plan(FIRST)
  }

  /** Answers what a tenant took when it was measured last. */
  of(tenant: Tenant): StoreSize | undefined {
    return this.#sizes.get(tenant)
  }

  /** Forgets a tenant that is dropped. */
  forget(tenant: Tenant): void {
    this.#sizes.delete(tenant)
  }

  /** Measures all tenants; resolves when that is done. */
  measure(): Promise<void> {
    this.#measuring ??= this.#run().finally(() => {
      this.#measuring = undefined
    })
    return this.#measuring
  }

  /** Measures nothing more; resolves when the thread has ended. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    if (this.#end) {
      Atomics.store(this.#end, 0, 1)
      Atomics.notify(this.#end, 0)
    }
    await this.#measuring
  }

  #plan(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const began = performance.now()
      void this.measure().then(() => {
        if (!this.#closed) this.#plan(Math.max(LEAST_REST, (performance.now() - began) * REST))
      })
    }, milliseconds).unref()
  }

  #run(): Promise<void> {
    const { directory, tenants, clock } = this.#source
    const end = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    this.#end = new Int32Array(end)
    const workerData: Measuring = { directory, tenants: [...tenants()], end }
    const worker = new Worker(new URL('./measure-worker.js', import.meta.url), {
      workerData,
      name: 'store-measure',
    })
    worker.on('message', ({ tenant, parts }: Measured) => {
      this.#sizes.set(tenant, { measuredAt: clock(), parts })
    })
    worker.on('error', () => {}) // measured again later
    return new Promise((resolve) => worker.once('exit', () => resolve()))
  }
}
