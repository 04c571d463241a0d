import type { TermTable } from '../../core/context/term-table.ts'
import type { Entity } from '../../core/model/entity.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { answerTable, linkedTable } from './answer-table.ts'
import { createBreather } from './breather.ts'
import { decodeAnswer } from './decode-answer.ts'
import { decodeOddAnswer } from './decode-odd-answer.ts'
import type { SourceResponse } from './exchange.ts'
import type { SourceConnection } from './source-connection.ts'

type Connection = Pick<SourceConnection, 'table' | 'tableOf'>

/**
 * Reads the entities of a page; undefined when any of it is no NGSI-LD: then nothing of it is believed. One entity may come
 * by itself or as an array of one; nothing as 204, as 404 or as an empty array.
 */
export async function readEntities(
  connection: Connection,
  { status, body, headers }: SourceResponse,
  id: string | undefined,
): Promise<readonly Entity[] | undefined> {
  if (status === 404 || status === 204) return []
  if (body === undefined) return undefined
  try {
    const linked = await linkedTable(headers.link, connection.table, connection)
    const entities = readBefore(body, linked) ?? (await readItems(body, linked, connection))
    return entities.every((entity) => id === undefined || entity.id === id) ? entities : undefined
  } catch {
    return undefined
  }
}

/** What was read of a body that is still around, and in which terms: of one that came again it is the same. */
const READ = new WeakMap<object, { readonly table: TermTable; readonly entities: readonly Entity[] }>()

function readBefore(body: JsonValue, table: TermTable): readonly Entity[] | undefined {
  const read = typeof body === 'object' && body !== null ? READ.get(body) : undefined
  return read?.table === table ? read.entities : undefined
}

async function readItems(
  body: JsonValue,
  table: TermTable,
  connection: Connection,
): Promise<readonly Entity[]> {
  const items = itemsOf(body)
  const entities: Entity[] = []
  const breathe = createBreather()
  for (const item of items) {
    entities.push(namesContext(item) ? await readNamed(item, table, connection) : readItem(item, table))
    const pause = breathe()
    if (pause) await pause
  }
  if (Array.isArray(body) && !items.some(namesContext)) READ.set(body, { table, entities })
  return entities
}

function namesContext(item: JsonValue): item is JsonObject {
  return isJsonObject(item) && Object.hasOwn(item, '@context')
}

async function readNamed(item: JsonObject, table: TermTable, connection: Connection): Promise<Entity> {
  const own = await answerTable(item, table, connection)
  const { '@context': _, ...body } = item
  return decodeOddAnswer(body, own)
}

function readItem(item: JsonValue, table: TermTable): Entity {
  return isJsonObject(item) ? decodeOddAnswer(item, table) : decodeAnswer(item, table)
}
