import { createHash } from 'node:crypto'
import { Aggregator, Query, updateMany, updateOne } from 'mingo'
import { type Collection, type Document, type Filter, MongoClient, MongoServerError } from 'mongodb'

type Stored = Document & { _id: unknown }
interface Kept {
  documents: Stored[]
  readonly unique: string[]
}

/** An operation of a process that waits for its turn. */
export interface WaitingOperation {
  readonly process: number
  readonly what: string
}

interface Waiting extends WaitingOperation {
  readonly go: () => void
}

/** The connection of a process. */
export interface SteppedConnection {
  readonly client: MongoClient
  /** From now on it has to be given each of its turns. */
  readonly wait: () => void
  /** It gets no more turns. */
  readonly kill: () => void
}

/**
 * What a server of MongoDB is for the model: collections in memory, and operations that happen one at a time, each as a
 * whole, when their turn comes. What operations do is mingo's; keys of indexes that are unique refuse duplicates.
 */
export class SteppedServer {
  readonly #collections = new Map<string, Kept>()
  /** What each process has been answered so far: all that it does next follows from it. */
  readonly #seen: string[][] = []
  readonly #waiting: Waiting[] = []
  readonly #stepped = new Set<number>()
  readonly #killed = new Set<number>()

  /** Answers a connection of a process, and what can be done to it. */
  connect(): SteppedConnection {
    const process = this.#seen.push([]) - 1
    const database = { collection: (name: string) => this.#collection(name, process) }
    const client = { close: async () => {}, db: () => database }
    Object.setPrototypeOf(client, MongoClient.prototype)
    return {
      client: client as unknown as MongoClient, // what is used of it
      wait: () => void this.#stepped.add(process),
      kill: () => {
        this.#waiting.splice(0, Infinity, ...this.#waiting.filter((one) => one.process !== process))
        this.#killed.add(process)
      },
    }
  }

  /** Operations that could happen now, once nothing is left that processes do by themselves. */
  async waiting(): Promise<readonly WaitingOperation[]> {
    await new Promise((resolve) => setImmediate(resolve))
    return [...this.#waiting]
  }

  /** Lets one of the waiting operations happen. */
  turn(at: number): void {
    const [next] = this.#waiting.splice(at, 1)
    next?.go()
  }

  /** Names the state of the server and of all processes: from equal ones equal things follow. */
  state(): string {
    const all = [[...this.#collections], this.#seen, this.#waiting.map(({ process }) => process)]
    return createHash('sha256').update(JSON.stringify(all)).digest('base64')
  }

  /** Answers a server with the same content, as processes find it that come after all others were killed. */
  copy(): SteppedServer {
    const copy = new SteppedServer()
    for (const [name, { documents, unique }] of this.#collections)
      copy.#collections.set(name, { documents: cloned(documents), unique: [...unique] })
    return copy
  }

  /** Answers what a collection has now. */
  content(name: string): readonly Document[] {
    return cloned(this.#kept(name).documents)
  }

  #kept(name: string): Kept {
    const kept = this.#collections.get(name) ?? { documents: [], unique: [] }
    this.#collections.set(name, kept)
    return kept
  }

  async #happens<T>(process: number, what: string, operation: () => T): Promise<T> {
    if (this.#stepped.has(process)) await new Promise<void>((go) => this.#waiting.push({ process, what, go }))
    const seen = this.#seen[process]
    try {
      const answer = JSON.stringify(operation())
      seen?.push(`${what} ${answer}`)
      return answer === undefined ? (undefined as T) : JSON.parse(answer) // all that is kept is JSON
    } catch (error) {
      seen?.push(`${what} ${error}`)
      throw error
    }
  }

  #collection(name: string, process: number): Collection<Stored> {
    const kept = this.#kept(name)
    const happens = <T>(what: string, operation: () => T) =>
      this.#happens(process, `${what} ${name}`, operation)
    const matching = (filter: Filter<Stored>) => kept.documents.filter((one) => new Query(filter).test(one))
    const insert = (document: Stored): void => {
      refuseDuplicate(kept, document)
      kept.documents.push(cloned(document))
    }
    const change = (filter: Filter<Stored>, update: Document, options: Document = {}, many = false) => {
      const matchedCount = (many ? updateMany : updateOne)(kept.documents, filter, update).matchedCount
      if (matchedCount > 0 || !options.upsert) return { matchedCount }
      const made: Stored[] = [{ _id: filter._id, ...update.$setOnInsert }]
      updateOne(made, {}, withoutInsertion(update))
      for (const document of made) insert(document)
      return { matchedCount: 0 }
    }
    const find = (filter: Filter<Stored>, options: Document = {}) => {
      const asked: Asked = { limit: 0, ...options }
      const answer = () => {
        let found = new Query(filter).find<Stored>(kept.documents, asked.projection ?? {})
        if (asked.sort) found = found.sort(asked.sort)
        if (asked.limit > 0) found = found.limit(asked.limit)
        return found.all()
      }
      const cursor = {
        sort: (sort: Document) => Object.assign(asked, { sort }) && cursor,
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
      countDocuments: (filter: Filter<Stored>) => happens('count', () => matching(filter).length),
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
}

interface Asked {
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

function withoutInsertion({ $setOnInsert: _, ...update }: Document): Document {
  return update
}

function refuseDuplicate({ documents, unique }: Kept, document: Stored): void {
  for (const key of ['_id', ...unique])
    if (documents.some((one) => one[key] === document[key]))
      throw new MongoServerError({ message: `E11000 duplicate key ${key}`, code: 11000 })
}

/** What the store keeps is JSON. */
function cloned<T>(value: T): T {
  return JSON.parse(JSON.stringify(value))
}

function atPath(document: Document, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (at as Document | undefined)?.[name], document)
}
