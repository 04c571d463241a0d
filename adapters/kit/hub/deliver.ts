import type { EntityDocument } from '../values/entity-document.ts'
import type { Json } from '../values/json.ts'
import { member } from '../values/json.ts'
import { type HubClient, type HubReply, problemText } from './hub-client.ts'
import { HubAway } from './hub-connection.ts'

/** Why the hub refused a document; absent: it keeps it. */
export type Refusal = string | undefined

/**
 * Sends documents in one batch, in order. A document that the hub refuses does not stop the others: after a refusal
 * that cannot be told to one document, each is sent alone.
 * @throws HubAway, HubRefusal
 */
export async function deliver(
  client: HubClient,
  documents: readonly EntityDocument[],
  context: string,
): Promise<readonly Refusal[]> {
  if (documents.length === 0) return []
  const reply = await sent(client, documents, context)
  if (reply.status < 300 && reply.status !== 207) return documents.map(() => undefined)
  const [only] = documents
  if (documents.length === 1 && only) return [refusalOfOne(reply, only)]
  const refusals = reply.status === 207 ? refusalsById(reply.body) : undefined
  if (!refusals || isAmbiguous(refusals, documents)) return oneByOne(client, documents, context)
  return documents.map(({ id }) => refusals.get(id))
}

async function oneByOne(
  client: HubClient,
  documents: readonly EntityDocument[],
  context: string,
): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = []
  for (const document of documents) refusals.push((await deliver(client, [document], context))[0])
  return refusals
}

/** A hub that fails with 500 again and again fails on what it was sent: that is told to the document. */
async function sent(
  client: HubClient,
  documents: readonly EntityDocument[],
  context: string,
): Promise<HubReply> {
  try {
    return await client.upsert(documents, context)
  } catch (error) {
    if (error instanceof HubAway && error.status === 500)
      return { status: 500, body: { title: error.message } }
    throw error
  }
}

function refusalOfOne(reply: HubReply, { id }: EntityDocument): Refusal {
  if (reply.status !== 207) return problemText(reply.body)
  const refusals = refusalsById(reply.body)
  return refusals.get(id) ?? [...refusals.values()][0]
}

/** Reads the `errors` of a BatchOperationResult (CIM 009 v1.9.1, 5.2.16). */
function refusalsById(body: Json | undefined): ReadonlyMap<string, string> {
  const errors = member(body, 'errors')
  const list: readonly Json[] = Array.isArray(errors) ? errors : []
  return new Map(
    list.map((error) => [String(member(error, 'entityId')), problemText(member(error, 'error'))]),
  )
}

/** An id that stands more than once in a batch, or an error without a known id, does not say which was refused. */
function isAmbiguous(refusals: ReadonlyMap<string, string>, documents: readonly EntityDocument[]): boolean {
  const counts = new Map<string, number>()
  for (const { id } of documents) counts.set(id, (counts.get(id) ?? 0) + 1)
  return [...refusals.keys()].some((id) => counts.get(id) !== 1)
}
