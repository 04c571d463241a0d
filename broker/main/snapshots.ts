import { randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Egress } from '../../security/egress/egress.ts'
import type { Micros } from '../core/model/time.ts'
import { snapshotDocument } from '../http/encode/snapshot-document.ts'
import type { SnapshotOperations } from '../http/routes/snapshot-routes.ts'
import { cloneSnapshot } from '../operations/snapshots/clone-snapshot.ts'
import { createSnapshot } from '../operations/snapshots/create-snapshot.ts'
import { deleteSnapshot } from '../operations/snapshots/delete-snapshot.ts'
import { notifyStatus } from '../operations/snapshots/notify-status.ts'
import { createPreparations } from '../operations/snapshots/prepare-snapshots.ts'
import { purgeSnapshots } from '../operations/snapshots/purge-snapshots.ts'
import { retrieveSnapshot } from '../operations/snapshots/retrieve-snapshot.ts'
import type { SelectDependencies } from '../operations/snapshots/select-entities.ts'
import { sweepSnapshots } from '../operations/snapshots/sweep-snapshots.ts'
import { updateSnapshot } from '../operations/snapshots/update-snapshot.ts'
import { useSnapshot } from '../operations/snapshots/use-snapshot.ts'

/** The parts that snapshots are made of. */
export interface SnapshotParts extends SelectDependencies {
  readonly egress: Egress
  /** Told of what went wrong in the background. */
  readonly failed: (err: unknown, text: string) => void
}

export interface AssembledSnapshots {
  readonly operations: SnapshotOperations
  readonly use: ReturnType<typeof useSnapshot>
  /** Begins to take away what has expired, and what a crash left. */
  start(): void
  /** Ends what runs in the background. */
  stop(): Promise<void>
}

const USES = 10_000
const SWEEP_MILLISECONDS = 60_000

/** Puts snapshots together, with what they do in the background. */
export function assembleSnapshots({ egress, failed, ...select }: SnapshotParts): AssembledSnapshots {
  const { store, clock } = select
  const uses = new LRUCache<string, Micros>({ max: USES })
  const fault = (err: unknown) => failed(err, 'snapshot failed')
  const notify = notifyStatus({
    egress,
    clock,
    encode: snapshotDocument,
    newId: () => `urn:ngsi-ld:SnapshotNotification:${randomUUID()}`,
    undelivered: (err) => failed(err, 'notification of a snapshot is not delivered'),
  })
  const preparations = createPreparations({
    store,
    clock,
    maxEntities: select.maxRows,
    ready: notify,
    failed: fault,
  })
  const creating = { ...select, preparations, newId: () => `urn:ngsi-ld:Snapshot:${randomUUID()}` }
  const sweep = () => void sweepSnapshots({ store, clock }).catch(fault)
  let sweeping: NodeJS.Timeout | undefined
  return {
    operations: {
      createSnapshot: createSnapshot(creating),
      cloneSnapshot: cloneSnapshot(creating),
      retrieveSnapshot: retrieveSnapshot({ store, clock, uses }),
      updateSnapshot: updateSnapshot({ store, clock, uses, notify }),
      deleteSnapshot: deleteSnapshot({ store, clock }),
      purgeSnapshots: purgeSnapshots({ store, clock, uses }),
    },
    use: useSnapshot({ store, clock, uses, failed: fault }),
    start: () => {
      sweep()
      sweeping = setInterval(sweep, SWEEP_MILLISECONDS).unref()
    },
    stop: async () => {
      clearInterval(sweeping)
      await preparations.stop()
    },
  }
}
