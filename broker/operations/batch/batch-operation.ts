import type { EntityFragment } from '../../core/model/entity.ts'
import type { WriteRequest, WrittenEntity } from '../../federation/distribute/distribution.ts'
import {
  attributesRequest,
  createRequest,
  deleteRequest,
  mergeRequest,
  replaceRequest,
} from '../../federation/distribute/write-requests.ts'

/** One entity of a batch, as it is written to a source; without `fragment` it is deleted. */
export interface BatchContent extends WrittenEntity {
  readonly fragment: EntityFragment
}

/** A single operation by which a source does what belongs to it of a batch. */
export interface SingleOperation {
  /** Name of 4.20. */
  readonly name: string
  readonly request: (content: BatchContent) => WriteRequest
}

/** A batch operation, and by what a source that lacks it does the same (CIM 009 v1.9.1, 5.6.7 to 5.6.10 and 5.6.20). */
export interface BatchOperation {
  /** Name of 4.20. */
  readonly name: string
  /** Below `/entityOperations/`. */
  readonly path: 'create' | 'upsert' | 'update' | 'merge' | 'delete'
  readonly options?: 'update' | 'noOverwrite'
  /** What is sent of an entity is the whole of it, not what is to be changed. */
  readonly entire: boolean
  /** The first that a source offers; where that finds the entity there already, an upsert goes on with the next. */
  readonly singles: readonly SingleOperation[]
}

const CREATE: SingleOperation = {
  name: 'createEntity',
  request: ({ fragment }) => createRequest(fragment),
}
const REPLACE: SingleOperation = {
  name: 'replaceEntity',
  request: ({ fragment, ...entity }) => replaceRequest(entity, fragment),
}
const UPDATE: SingleOperation = {
  name: 'updateEntity',
  request: ({ fragment, ...entity }) => attributesRequest('PATCH', entity, { fragment }),
}
const APPEND: SingleOperation = {
  name: 'appendAttrs',
  request: ({ fragment, ...entity }) =>
    attributesRequest('POST', entity, { fragment, parameters: { options: 'noOverwrite' } }),
}
const MERGE: SingleOperation = {
  name: 'mergeEntity',
  request: ({ fragment, ...entity }) => mergeRequest(entity, fragment, {}),
}
const DELETE: SingleOperation = {
  name: 'deleteEntity',
  request: (entity) => deleteRequest(entity),
}

/** The batch operations, by what they do. */
export const BATCH_OPERATIONS = {
  create: { name: 'createBatch', path: 'create', entire: true, singles: [CREATE] },
  replace: { name: 'upsertBatch', path: 'upsert', entire: true, singles: [CREATE, REPLACE] },
  update: {
    name: 'upsertBatch',
    path: 'upsert',
    options: 'update',
    entire: true,
    singles: [CREATE, UPDATE],
  },
  overwrite: { name: 'updateBatch', path: 'update', entire: false, singles: [UPDATE] },
  append: { name: 'updateBatch', path: 'update', options: 'noOverwrite', entire: false, singles: [APPEND] },
  merge: { name: 'mergeBatch', path: 'merge', entire: false, singles: [MERGE] },
  delete: { name: 'deleteBatch', path: 'delete', entire: false, singles: [DELETE] },
} as const satisfies Readonly<Record<string, BatchOperation>>
