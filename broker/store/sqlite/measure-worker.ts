import { parentPort, workerData } from 'node:worker_threads'
import type { Tenant } from '../../core/model/tenant.ts'
import type { StorePart } from '../port/store-size.ts'
import { openForReading } from './connection.ts'
import { fileParts } from './file-parts.ts'
import { tenantFile } from './tenant-files.ts'

/** What the measuring thread is told. */
export interface Measuring {
  readonly directory: string
  readonly tenants: readonly Tenant[]
  /** Its only number is not 0 once it is to end. */
  readonly end: SharedArrayBuffer
}

/** What it tells of one tenant. */
export interface Measured {
  readonly tenant: Tenant
  readonly parts: readonly StorePart[]
}

/** Milliseconds that it works, and then rests. */
const WORK = 20
const CACHE = 1024 * 1024

/** It is to end. */
class Ended extends Error {}

if (parentPort) measure(workerData, (measured) => parentPort?.postMessage(measured))

// The thread: every page of every file is looked at, so it works half of the time only.
function measure({ directory, tenants, end }: Measuring, tell: (measured: Measured) => void): void {
  const signal = new Int32Array(end)
  let since = performance.now()
  const breathe = (): void => {
    if (performance.now() - since < WORK) return
    if (Atomics.wait(signal, 0, 0, WORK) !== 'timed-out') throw new Ended()
    since = performance.now()
  }
  for (const tenant of tenants) {
    try {
      tell({ tenant, parts: partsOf(tenantFile(directory, tenant), breathe) })
    } catch (error) {
      if (error instanceof Ended) return
      // the file is gone meanwhile, or cannot be read: others can
    }
  }
}

function partsOf(file: string, breathe: () => void): readonly StorePart[] {
  const database = openForReading({ file, cacheBytes: CACHE })
  try {
    return fileParts(database, file, breathe)
  } finally {
    database.close()
  }
}
