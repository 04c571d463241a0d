/** The operation groups of CIM 009 v1.9.1, 4.20, with what each stands for. */
const OPERATION_GROUPS: Readonly<Record<string, readonly string[]>> = {
  federationOps: [
    ...['retrieveEntity', 'queryEntity', 'queryBatch'],
    ...['retrieveEntityTypes', 'retrieveEntityTypeDetails', 'retrieveEntityTypeInfo'],
    ...['retrieveAttrTypes', 'retrieveAttrTypeDetails', 'retrieveAttrTypeInfo'],
    ...['createSubscription', 'updateSubscription', 'retrieveSubscription'],
    ...['querySubscription', 'deleteSubscription'],
    ...['retrieveEntityMap', 'updateEntityMap', 'deleteEntityMap', 'createEntityMapQueryEntity'],
    'retrieveContextSourceIdentity',
  ],
  associationOps: [
    ...['retrieveEntity', 'queryEntity', 'queryBatch'],
    ...['retrieveEntityTypes', 'retrieveEntityTypeDetails', 'retrieveEntityTypeInfo'],
    ...['retrieveAttrTypes', 'retrieveAttrTypeDetails', 'retrieveAttrTypeInfo'],
    ...['createSubscription', 'updateSubscription', 'retrieveSubscription'],
    ...['querySubscription', 'deleteSubscription', 'retrieveContextSourceIdentity'],
  ],
  retrieveOps: ['retrieveEntity', 'queryEntity'],
  updateOps: ['updateEntity', 'updateAttrs', 'replaceEntity', 'replaceAttrs'],
  redirectionOps: [
    ...['createEntity', 'updateEntity', 'appendAttrs', 'updateAttrs', 'deleteAttrs', 'deleteEntity'],
    ...['mergeEntity', 'replaceEntity', 'replaceAttrs', 'retrieveEntity', 'queryEntity', 'purgeEntity'],
    ...['retrieveEntityTypes', 'retrieveEntityTypeDetails', 'retrieveEntityTypeInfo'],
    ...['retrieveAttrTypes', 'retrieveAttrTypeDetails', 'retrieveAttrTypeInfo'],
    ...['retrieveEntityMap', 'updateEntityMap', 'deleteEntityMap', 'createEntityMapQueryEntity'],
    'retrieveContextSourceIdentity',
  ],
}

/** Batch and temporal operations, and some single ones, are in no group (4.20). */
const UNGROUPED: readonly string[] = [
  ...['createBatch', 'upsertBatch', 'updateBatch', 'deleteBatch', 'mergeBatch'],
  ...['upsertTemporal', 'appendAttrsTemporal', 'deleteAttrsTemporal', 'deleteTemporal'],
  ...['updateAttrInstanceTemporal', 'deleteAttrInstanceTemporal'],
  ...['retrieveTemporal', 'queryTemporal', 'createEntityMapQueryTemporal'],
]

/** Every word that `operations` of a registration may hold (CIM 009 v1.9.1, 4.20). */
export const OPERATION_NAMES: ReadonlySet<string> = new Set([
  ...Object.keys(OPERATION_GROUPS),
  ...Object.values(OPERATION_GROUPS).flat(),
  ...UNGROUPED,
])

const known = new Map<string, ReadonlySet<string>>()
const MOST_KNOWN = 1000

/** Replaces groups by the operations they stand for; none given: `federationOps`. Alike ones share one set. */
export function operationsOf(names: readonly string[] = ['federationOps']): ReadonlySet<string> {
  const key = names.join()
  const there = known.get(key)
  if (there) return there
  const operations = new Set(
    names.flatMap((name) =>
      Object.hasOwn(OPERATION_GROUPS, name) ? (OPERATION_GROUPS[name] ?? []) : [name],
    ),
  )
  if (known.size < MOST_KNOWN) known.set(key, operations)
  return operations
}

/** Operations that change what a source holds of the current state. */
const WRITES: readonly string[] = [
  ...['createEntity', 'updateEntity', 'appendAttrs', 'updateAttrs', 'deleteAttrs', 'deleteEntity'],
  ...['mergeEntity', 'replaceEntity', 'replaceAttrs', 'purgeEntity'],
  ...['createBatch', 'upsertBatch', 'updateBatch', 'deleteBatch', 'mergeBatch'],
]

/** Tells whether anything can be written to whom supports these operations. */
export function hasWrites(operations: ReadonlySet<string>): boolean {
  return WRITES.some((name) => operations.has(name))
}
