import type { Entity } from '../../core/model/entity.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { parseEntity } from '../../store/port/change.ts'
import { type NewSnapshot, type NewSnapshotDependencies, startSnapshot } from './create-snapshot.ts'
import { findSnapshot, type SnapshotStore } from './keep-snapshot.ts'
import { contentOf } from './snapshot.ts'
import { refuseUnready } from './use-snapshot.ts'

export interface CloneSnapshot extends NewSnapshot {
  /** The snapshot to be cloned. */
  readonly of: string
}

/** Clone Snapshot (CIM 009 v1.9.1, 5.16.2): answers the id of the clone at once; it is filled in the background. @throws Problem */
export const cloneSnapshot =
  (dependencies: NewSnapshotDependencies) =>
  async ({ of, ...command }: CloneSnapshot): Promise<{ readonly id: string }> => {
    command.caller.check('read', command.tenant, { resource: 'snapshot', id: of })
    const source = await findSnapshot(dependencies, { ...command, id: of })
    refuseUnready(source)
    const content = contentOf(source, command.tenant)
    return startSnapshot(dependencies, command, {
      clone: true,
      parts: [() => allEntities(dependencies, content)],
    })
  }

const PAGE = 200

/** Walks everything in a snapshot: whoever cloned it owns both. */
async function* allEntities({ store }: SnapshotStore, content: Tenant): AsyncGenerator<Entity> {
  let after: string | undefined
  do {
    const page = await store.query(content, {
      query: {},
      limit: PAGE,
      maxRows: Number.MAX_SAFE_INTEGER,
      ...(after !== undefined && { after }),
    })
    for (const { text } of page.rows) yield parseEntity(text)
    after = page.next
  } while (after !== undefined)
}
