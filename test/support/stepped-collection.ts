import { Aggregator, Query } from 'mingo'
import * as operators from 'mingo/operators/update'
import { type Collection, type Document, type Filter, MongoServerError } from 'mongodb'

type Operator = (expression: Document) => (document: Document) => unknown
// its other members are no operators, and asked for by nobody
const updateOperators = operators as unknown as Readonly<Record<string, Operator>>
const MOST_QUERIES = 1000

/** A document of the model, which is JSON. */
export type Stored = Document & { _id: unknown }

/** What is kept of a collection. */
export interface Kept {
  documents: Stored[]
  readonly unique: string[]
}

/** Has an operation happen when its turn comes. */
export type Happens = <T>(what: string, operation: () => T) => Promise<T>

/** A collection as a process uses it: what operations do is mingo's; keys of indexes that are unique refuse duplicates. */
export function steppedCollection(name: string, kept: Kept, happens: Happens): Collection<Stored> {
  const matching = (filter: Filter<Stored>) => kept.documents.filter((one) => queryOf(filter).test(one))
  const insert = (document: Stored): void => {
    refuseDuplicate(kept, document)
    kept.documents.push(cloned(document))
  }
  const change = (filter: Filter<Stored>, update: Document, options: Document = {}, many = false) => {
    const found = many ? matching(filter) : matching(filter).slice(0, 1)
    for (const document of found) apply(update, document)
    const matchedCount = found.length
    if (matchedCount > 0 || !options.upsert) return { matchedCount }
    const made: Stored = { _id: filter._id, ...update.$setOnInsert }
    apply(update, made)
    insert(made)
    return { matchedCount: 0 }
  }
  const find = (filter: Filter<Stored> = {}, options: Document = {}) => {
    const asked: Asked = { skip: 0, limit: 0, ...options }
    const answer = () => {
      let found = queryOf(filter).find<Stored>(kept.documents, asked.projection ?? {})
      if (asked.sort) found = found.sort(asked.sort)
      if (asked.skip > 0) found = found.skip(asked.skip)
      if (asked.limit > 0) found = found.limit(asked.limit)
      return found.all()
    }
    const cursor = {
      sort: (sort: Document) => Object.assign(asked, { sort }) && cursor,
      skip: (skip: number) => Object.assign(asked, { skip }) && cursor,
      limit: (limit: number) => Object.assign(asked, { limit }) && cursor,
      project: (projection: Document) => Object.assign(asked, { projection }) && cursor,
      maxTimeMS: () => cursor,
      toArray: () => happens('find', answer),
      async *[Symbol.asyncIterator]() {
        yield* await happens('find', answer)
      },
    }
    return cursor
  }
  const used = {
    collectionName: name,
    find,
    findOne: async (filter: Filter<Stored>, options: Document = {}) =>
      (await find(filter, { ...options, limit: 1 }).toArray())[0] ?? null,
    insertOne: (document: Stored) =>
      happens('insert', () => insert(document)).then(() => ({ insertedId: document._id })),
    updateOne: (filter: Filter<Stored>, update: Document, options?: Document) =>
      happens('update', () => change(filter, update, options)),
    updateMany: (filter: Filter<Stored>, update: Document) =>
      happens('update', () => change(filter, update, {}, true)),
    deleteOne: (filter: Filter<Stored>) =>
      happens('delete', () => {
        const [gone] = matching(filter)
        kept.documents = kept.documents.filter((one) => one !== gone)
        return { deletedCount: gone ? 1 : 0 }
      }),
    deleteMany: (filter: Filter<Stored>) =>
      happens('delete', () => {
        const gone = new Set(matching(filter))
        kept.documents = kept.documents.filter((one) => !gone.has(one))
      }),
    findOneAndUpdate: (filter: Filter<Stored>, update: Document) =>
      happens('update', () =>
        change(filter, update).matchedCount > 0 ? (matching(filter)[0] ?? null) : null,
      ),
    // the members of both happen one after the other, and others come between
    insertMany: (documents: readonly Stored[], options?: ManyOptions) =>
      many(
        documents.map((document) => () => happens('insert', () => insert(document))),
        options,
      ),
    bulkWrite: async (writes: readonly { readonly updateOne: BulkUpdate }[], options?: ManyOptions) => {
      const done = await many(
        writes.map(
          ({ updateOne: { filter, update, upsert } }) =>
            () =>
              happens('update', () => change(filter, update, { upsert })),
        ),
        options,
      )
      return { matchedCount: done.reduce((sum, { matchedCount }) => sum + matchedCount, 0) }
    },
    countDocuments: (filter: Filter<Stored> = {}) => happens('count', () => matching(filter).length),
    distinct: (path: string, filter: Filter<Stored>) =>
      happens('distinct', () => [...new Set(matching(filter).map((one) => atPath(one, path)))]),
    aggregate: (stages: Document[]) => ({
      toArray: () => happens('aggregate', () => new Aggregator(stages).run(kept.documents)),
    }),
    createIndex: async (keys: Document, options: Document = {}) => {
      if (options.unique) kept.unique.push(...Object.keys(keys))
    },
  }
  return used as unknown as Collection<Stored> // all of it that the store uses; another member would be missing at once
}

/** Queries are asked again and again. */
const queries = new Map<string, Query>()

function queryOf(filter: Filter<Stored>): Query {
  const text = JSON.stringify(filter)
  const query = queries.get(text) ?? new Query(filter)
  if (queries.size > MOST_QUERIES) queries.clear()
  queries.set(text, query)
  return query
}

interface Asked {
  readonly skip: number
  readonly limit: number
  readonly sort?: Record<string, 1 | -1>
  readonly projection?: Document
}

interface ManyOptions {
  readonly ordered?: boolean
}

interface BulkUpdate {
  readonly filter: Filter<Stored>
  readonly update: Document
  readonly upsert?: boolean
}

/** Does one after the other, and goes on after one that is refused unless they are ordered. @throws MongoServerError that names those */
async function many<T>(operations: readonly (() => Promise<T>)[], { ordered = true }: ManyOptions = {}) {
  const done: T[] = []
  const writeErrors: { readonly index: number; readonly code: unknown }[] = []
  for (const [index, operation] of operations.entries()) {
    if (ordered && writeErrors.length > 0) break
    await operation().then(
      (answer) => done.push(answer),
      ({ code }: MongoServerError) => writeErrors.push({ index, code }),
    )
  }
  if (writeErrors.length === 0) return done
  const { code } = writeErrors[0] ?? {}
  const result = { getWriteConcernError: () => undefined }
  throw Object.assign(new MongoServerError({ message: 'Not all were written', code }), {
    writeErrors,
    result,
  })
}

/** Updates a document that is there. */
function apply({ $setOnInsert: _, ...update }: Document, document: Stored): void {
  for (const [name, expression] of Object.entries(update)) {
    const operator = updateOperators[name]
    if (!operator) throw new Error(`Operator ${name} is not in the model`)
    operator(expression)(document)
  }
}

function refuseDuplicate({ documents, unique }: Kept, document: Stored): void {
  for (const key of ['_id', ...unique])
    if (documents.some((one) => one[key] === document[key]))
      throw new MongoServerError({ message: `E11000 duplicate key ${key}`, code: 11000 })
}

/** Answers a copy: what the store keeps is JSON. */
export function cloned<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

function atPath(document: Document, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (at as Document | undefined)?.[name], document)
}
