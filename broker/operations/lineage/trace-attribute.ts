import { IRI_TABLE } from '../../core/context/iri-table.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue, ownValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'
import type { Command } from '../command.ts'
import { look } from '../entities/render-entity.ts'
import { feedDocumentId, textOf } from '../feeds/feed-documents.ts'
import { may } from '../may.ts'
import type { EvolutionReading } from '../temporal/read-dependencies.ts'
import { retrieveTemporalEvolution } from '../temporal/retrieve-temporal-evolution.ts'

export interface TraceAttribute extends Command {
  readonly id: string
  readonly attribute: Iri
  /** Absent: the default instance. */
  readonly datasetId?: Iri
  /** Which instance of its history; absent: the current one. */
  readonly observedAt?: Micros
}

/** What tracing works with. */
export interface TraceDependencies extends EvolutionReading {
  /** The sub-attribute in which feeds say where a value is from. */
  readonly sourceRecord: () => Iri
}

/** Where feeds say that a value is from: feed, beginning of the digest of its delivery, which input of it, which record. */
const POINTER = /^urn:ngsi-ld:SourceRecord:([a-z0-9][a-z0-9-]{0,63}):([0-9a-f]{16}):(\d{1,9}):(\d{1,12})$/

/**
 * Answers which record of which source an attribute is from. Whoever sees the attribute may know; what the delivery was called and when it
 * came is for those who may see the feed. @throws Problem ResourceNotFound, whatever of it is not there or not seen
 */
export const traceAttribute =
  (dependencies: TraceDependencies) =>
  async (command: TraceAttribute): Promise<JsonObject> => {
    const { caller, tenant, id, observedAt } = command
    caller.check('read', tenant, { resource: 'entity', id })
    const told = await (observedAt === undefined
      ? currentRecord(dependencies, command)
      : pastRecord(dependencies, { ...command, observedAt }))
    const [, feed = '', digest = '', input, position] = POINTER.exec(told ?? '') ?? []
    if (feed === '')
      throw new Problem('ResourceNotFound', 'Attribute is not there, or no feed said where it is from')
    return {
      feed: await feedOf(dependencies, command, feed),
      delivery: await deliveryOf(dependencies, command, { feed, digest }),
      record: { input: Number(input), position: Number(position) },
    }
  }

async function currentRecord(
  { store, clock, sourceRecord }: TraceDependencies,
  { caller, tenant, id, attribute, datasetId }: TraceAttribute,
): Promise<string | undefined> {
  const stored = await store.read(tenant, id)
  const seen = stored && look(stored, caller.view(tenant), clock()).seen
  const instance = seen?.attributes[attribute]?.find((one) => one.datasetId === datasetId)
  return textIn(instance?.attributes?.[sourceRecord()]?.[0]?.value)
}

async function pastRecord(
  { sourceRecord, ...reading }: TraceDependencies,
  { attribute, datasetId, observedAt, ...command }: TraceAttribute & { readonly observedAt: Micros },
): Promise<string | undefined> {
  const { texts } = await retrieveTemporalEvolution(reading)({
    ...command,
    window: { property: 'observedAt', from: observedAt - 1, to: observedAt + 1 },
    options: { format: 'normalized', property: 'observedAt', datasetIds: [datasetId ?? '@none'] },
    table: IRI_TABLE,
  })
  const evolution: JsonObject = JSON.parse(texts[0] ?? '{}') // the hub wrote it
  const instance = itemsOf(ownValue(evolution, attribute))
    .filter(isJsonObject)
    .find((one) => parseDateTime(textOf(one, 'observedAt') ?? '') === observedAt)
  const told = instance && ownValue(instance, sourceRecord())
  return isJsonObject(told) ? textOf(told, 'value') : undefined
}

async function feedOf(
  { store }: TraceDependencies,
  { tenant }: TraceAttribute,
  name: string,
): Promise<JsonObject> {
  const stored = await store.document(tenant, 'feed', feedDocumentId(name))
  const definition = stored && ownValue(stored.document, 'definition')
  const said = ['title', 'source', 'dataProvider'].flatMap((member) => {
    const text = isJsonObject(definition) ? textOf(definition, member) : undefined
    return text === undefined ? [] : [[member, text] as const]
  })
  return { name, ...Object.fromEntries(said) }
}

/** Names of files may say more than the attribute does. */
async function deliveryOf(
  { store }: TraceDependencies,
  { caller, tenant }: TraceAttribute,
  { feed, digest }: { readonly feed: string; readonly digest: string },
): Promise<JsonObject> {
  if (!may(caller, 'read', tenant, { resource: 'feed', id: feed })) return { digest }
  const beginning = `checkpoint:${feed}:${digest}`
  const [stored] = await store.documents(tenant, 'feed', { limit: 1, after: beginning })
  if (!stored?.id.startsWith(beginning)) return { digest }
  const [input, takenAt] = [textOf(stored.document, 'input'), textOf(stored.document, 'takenAt')]
  return {
    digest: stored.id.slice(`checkpoint:${feed}:`.length),
    ...(input !== undefined && { input }),
    ...(takenAt !== undefined && { takenAt }),
  }
}

function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
