import type { TenantCollections } from '../mongo-documents.ts'

/** An index of one of a tenant's collections, and what it is there for. */
export interface KeptIndex {
  readonly key: Readonly<Record<string, 1>>
  readonly unique?: true
  /** Only of documents that have such a member. */
  readonly sparse?: true
  readonly serves: string
}

/** All indexes besides those of `_id`. */
export const INDEXES: Readonly<Record<keyof TenantCollections, readonly KeptIndex[]>> = {
  entities: [
    { key: { place: 1 }, serves: 'pages of entities, in the order in which they were created' },
    { key: { types: 1, place: 1 }, serves: 'queries by type' },
    { key: { attributes: 1, place: 1 }, serves: 'queries by what attributes entities have' },
    {
      key: { 'values.n': 1, 'values.v': 1, place: 1 },
      serves: 'queries by value, scope and place',
    },
    { key: { shape: 1 }, serves: 'counting types and attributes' },
    { key: { pending: 1 }, sparse: true, serves: 'changes on their way into log and history' },
    { key: { validUntil: 1 }, sparse: true, serves: 'what expires next' },
    { key: { evolvedTypes: 1, _id: 1 }, serves: 'queries of history by type' },
  ],
  documents: [
    { key: { collection: 1, id: 1 }, serves: 'lists of subscriptions, registrations and the like' },
    { key: { pending: 1 }, sparse: true, serves: 'changes on their way into the log' },
    { key: { expires: 1 }, sparse: true, serves: 'taking away what has expired' },
  ],
  log: [{ key: { key: 1 }, unique: true, serves: 'that a change is in the log once; erasures' }],
  history: [
    { key: instanceKey([]), serves: 'history of an attribute by time of observation' },
    { key: instanceKey(['createdAt']), serves: 'history by time of creation' },
    { key: instanceKey(['modifiedAt']), serves: 'history by time of modification' },
    { key: { name: 1 }, sparse: true, serves: 'instances that moved and kept their id' },
    { key: { gone: 1 }, sparse: true, serves: 'taking away places that are empty' },
  ],
  totals: [{ key: { due: 1 }, sparse: true, serves: 'days that are to be summed up' }],
  state: [],
}

/** Creates the indexes of a tenant's collections, where they are not there yet. */
export async function createIndexes(collections: TenantCollections): Promise<void> {
  for (const [name, indexes] of Object.entries(INDEXES)) {
    const collection = collections[name as keyof TenantCollections] // a key of it
    for (const { key, serves: _, ...options } of indexes) await collection.createIndex(key, options)
  }
}

function instanceKey(times: readonly string[]): Record<string, 1> {
  const members = ['entity', 'attribute', ...times, 'time', 'dataset', 'deletedAt']
  return Object.fromEntries(members.map((member) => [`instance.${member}`, 1]))
}
