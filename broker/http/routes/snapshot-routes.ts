import { isIri } from '../../core/model/iri.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { parseMemberQuery } from '../../operations/member-query.ts'
import type { cloneSnapshot } from '../../operations/snapshots/clone-snapshot.ts'
import type { createSnapshot } from '../../operations/snapshots/create-snapshot.ts'
import type { deleteSnapshot } from '../../operations/snapshots/delete-snapshot.ts'
import { type purgeSnapshots, SNAPSHOT_MEMBERS } from '../../operations/snapshots/purge-snapshots.ts'
import type { retrieveSnapshot } from '../../operations/snapshots/retrieve-snapshot.ts'
import type { updateSnapshot } from '../../operations/snapshots/update-snapshot.ts'
import { cloneBody, newSnapshotBody, snapshotFragment } from '../decode/snapshot-body.ts'
import { who } from '../decode/who.ts'
import { batchAnswer } from '../encode/batch-answer.ts'
import { pathSegment } from '../encode/path-segment.ts'
import { snapshotDocument } from '../encode/snapshot-document.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the snapshot resources. */
export interface SnapshotOperations {
  readonly createSnapshot: ReturnType<typeof createSnapshot>
  readonly cloneSnapshot: ReturnType<typeof cloneSnapshot>
  readonly retrieveSnapshot: ReturnType<typeof retrieveSnapshot>
  readonly updateSnapshot: ReturnType<typeof updateSnapshot>
  readonly deleteSnapshot: ReturnType<typeof deleteSnapshot>
  readonly purgeSnapshots: ReturnType<typeof purgeSnapshots>
}

const COLLECTION = '/ngsi-ld/v1/snapshots'
const MOST_BYTES = 65_536

/** Routes of `/snapshots` (CIM 009 v1.9.1, 6.36 to 6.38). */
export function snapshotRoutes(operations: SnapshotOperations): readonly Route[] {
  const item = `${COLLECTION}/:id`
  const body = { body: 'ld', maxBytes: MOST_BYTES } as const
  return [
    { method: 'POST', path: COLLECTION, ...body, handle: create },
    { method: 'DELETE', path: COLLECTION, body: 'none', parameters: ['q'], handle: purge },
    { method: 'GET', path: item, body: 'none', handle: retrieve },
    { method: 'PATCH', path: item, ...body, handle: update },
    { method: 'DELETE', path: item, body: 'none', handle: remove },
    { method: 'POST', path: `${item}/clone`, ...body, handle: clone },
  ]

  async function create(request: HubRequest): Promise<HubAnswer> {
    const { removed: _, ...snapshot } = newSnapshotBody(request.body, await request.table())
    return created(await operations.createSnapshot({ ...who(request), ...snapshot }))
  }

  async function clone(request: HubRequest): Promise<HubAnswer> {
    await request.table()
    const { removed: _, ...snapshot } = cloneBody(request.body)
    return created(await operations.cloneSnapshot({ ...who(request), ...snapshot, of: snapshotId(request) }))
  }

  async function retrieve(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const snapshot = await operations.retrieveSnapshot({ ...who(request), id: snapshotId(request) })
    return { status: 200, table, linkedData: snapshotDocument(snapshot) }
  }

  async function update(request: HubRequest): Promise<HubAnswer> {
    const table = await request.table()
    const id = snapshotId(request)
    const { id: _, ...fragment } = snapshotFragment(request.body, id)
    const snapshot = await operations.updateSnapshot({ ...who(request), ...fragment, id })
    return { status: 200, table, linkedData: snapshotDocument(snapshot) }
  }

  async function remove(request: HubRequest): Promise<HubAnswer> {
    await operations.deleteSnapshot({ ...who(request), id: snapshotId(request) })
    return { status: 204 }
  }

  async function purge(request: HubRequest): Promise<HubAnswer> {
    const text = request.query.get('q')
    if (text === null) throw badRequestData('Purge of snapshots has no parameter q')
    const q = parseMemberQuery(text, SNAPSHOT_MEMBERS, 'Snapshot')
    return batchAnswer(await operations.purgeSnapshots({ ...who(request), q }), () => ({
      status: 204,
    }))
  }
}

function created({ id }: { readonly id: string }): HubAnswer {
  return { status: 201, headers: { Location: `${COLLECTION}/${pathSegment(id)}` } }
}

function snapshotId({ params }: HubRequest): string {
  const id = params.id ?? ''
  if (!isIri(id)) throw badRequestData(`Snapshot id ${JSON.stringify(id)} of the path is no URI`)
  return id
}
