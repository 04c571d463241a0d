import { randomUUID } from 'node:crypto'
import type { Condition, Db } from 'mongodb'
import type { KeptValue } from '../mongo-documents.ts'

/** What queries may ask of a server: those that only speak its protocol cannot do all that MongoDB can. */
export interface Capabilities {
  /** `$elemMatch` on members: a name and a value of one entry. */
  readonly elementMatch: boolean
  /** Texts are in the order of their code points, as MongoDB has them without a collation. */
  readonly codePointOrder: boolean
}

/** A document to try it on. */
interface Probed {
  readonly _id: string
  readonly values: readonly KeptValue[]
}

// U+1F600 comes after U+FFFD, but its first half, by which UTF-16 is ordered, does not
const VALUES: readonly KeptValue[] = [
  { n: 'one', v: 1 },
  { n: 'two', v: 2 },
  { n: 'text', v: '\u{1F600}' },
]

/** Tries what a server does with the filters of queries. */
export async function probeCapabilities(database: Db): Promise<Capabilities> {
  const collection = database.collection<Probed>('probe')
  const _id = randomUUID()
  const finds = async (values: Condition<readonly KeptValue[]>): Promise<boolean | undefined> =>
    (await collection.find({ _id, values }).toArray().catch(unlessRefused))?.length === 1
  await collection.insertOne({ _id, values: VALUES })
  try {
    return {
      elementMatch:
        (await finds({ $elemMatch: { n: 'two', v: { $gt: 1 } } })) === true &&
        (await finds({ $elemMatch: { n: 'one', v: { $gt: 1 } } })) === false,
      codePointOrder: (await finds({ $elemMatch: { n: 'text', v: { $gt: '\uFFFD' } } })) === true,
    }
  } finally {
    await collection.deleteOne({ _id })
  }
}

/** A server that knows a filter no better refuses it by name; everything else is no answer. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Error && error.name === 'MongoServerError')) throw error
}
