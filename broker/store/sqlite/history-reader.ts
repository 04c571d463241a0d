import { instanceOf } from '../../core/merge/attributes.ts'
import { wholeChange } from '../../core/merge/settle.ts'
import type { Entity, Instance } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { canonicalInstance } from '../port/canonical.ts'
import { parseEntity } from '../port/change.ts'
import { type HistoryEntry, historyEntries, instanceId } from '../port/history-instances.ts'
import type { HistoryInstance, HistoryRange } from '../port/store.ts'
import type { Database } from './connection.ts'
import { ALL_ATTRIBUTES } from './history-writer.ts'
import { prepare } from './statements.ts'

/** An instance and the log record that it comes from: of two in the same place the later counts. */
interface Sourced extends HistoryEntry {
  readonly source: number
}

interface Row {
  readonly attribute: string
  readonly time: Micros
  readonly dataset: string
  readonly deleted: number
  readonly source: number
  readonly text: string | null
}

interface WholeRow {
  readonly source: number
  readonly deleted: number
  readonly at: Micros
  readonly text: string | null
}

/** Answers a function that reads the history of an entity, oldest first. */
export function historyReader(
  database: Database,
): (id: string, range: HistoryRange) => readonly HistoryInstance[] {
  const { lives, whole, single, singleOf, source } = statements(database)
  return (id, { attribute, limit }) => {
    const places = new Map<string, Sourced>()
    const add = (entry: Sourced): void => {
      const key = placeKey(entry)
      if ((places.get(key)?.source ?? 0) < entry.source) places.set(key, entry)
    }
    const subjects = lives.all(id).map(({ subject }) => subject)
    for (const subject of subjects)
      whole.all(subject).flatMap(wholeEntries).filter(isOf(attribute)).forEach(add)
    const most = limit + places.size // as many may turn out to be in the same place
    const texts = sourceTexts()
    for (const subject of subjects) {
      const rows =
        attribute === undefined ? single.all(subject, most) : singleOf.all(subject, attribute, most)
      for (const row of rows) add(singleEntry(row, texts))
    }
    const entries = [...places.values()].sort(byPlace).slice(0, limit)
    return entries.map(({ place, instance }) => ({ instanceId: instanceId(id, place), ...instance }))
  }

  /** Each record is read once, though several of its instances may be asked for. */
  function sourceTexts(): (sequence: number) => Entity | undefined {
    const read = new Map<number, Entity | undefined>()
    return (sequence) => {
      if (!read.has(sequence)) {
        const text = source.get(sequence)?.after
        read.set(sequence, text ? parseEntity(text) : undefined)
      }
      return read.get(sequence)
    }
  }
}

function isOf(attribute: string | undefined): (entry: Sourced) => boolean {
  return ({ place }) => attribute === undefined || place.attribute === attribute
}

function wholeEntries({ source, deleted, at, text }: WholeRow): readonly Sourced[] {
  if (text === null) return []
  const change = wholeChange(deleted === 1 ? 'deleted' : 'created', parseEntity(text), at)
  return historyEntries(change).map((entry) => ({ ...entry, source }))
}

function singleEntry(row: Row, entityAt: (source: number) => Entity | undefined): Sourced {
  const { attribute, time, source } = row
  const name = { attribute, ...(row.dataset !== '' && { datasetId: row.dataset }) }
  const place = { ...name, time, deleted: row.deleted === 1 }
  if (place.deleted) return { source, place, instance: { ...name, modifiedAt: time, deletedAt: time } }
  const text = row.text ?? instanceText(entityAt(source), name)
  const { observedAt, modifiedAt }: Instance = JSON.parse(text)
  return {
    source,
    place,
    instance: { ...name, ...(observedAt !== undefined && { observedAt }), modifiedAt, text },
  }
}

function instanceText(
  entity: Entity | undefined,
  { attribute, datasetId }: { readonly attribute: string; readonly datasetId?: string },
): string {
  const instance = entity && instanceOf(entity.attributes, attribute, datasetId)
  if (!instance) throw new Error('History names a log record without the instance')
  return canonicalInstance(instance)
}

function placeKey({ place: { attribute, datasetId = '', time, deleted } }: HistoryEntry): string {
  return `${attribute} ${datasetId} ${time} ${deleted}`
}

function byPlace({ place: left }: HistoryEntry, { place: right }: HistoryEntry): number {
  return (
    left.time - right.time ||
    compareText(left.attribute, right.attribute) ||
    compareText(left.datasetId ?? '', right.datasetId ?? '') ||
    Number(left.deleted) - Number(right.deleted)
  )
}

const SINGLE = `SELECT name.iri AS attribute, time, dataset, deleted, source, text
  FROM history JOIN name ON name.key = history.attribute WHERE subject = ? AND attribute > ${ALL_ATTRIBUTES}`

const ORDER = 'ORDER BY time, name.iri, dataset, deleted'

function statements(database: Database) {
  return {
    lives: prepare<{ subject: number }>(
      database,
      'SELECT key AS subject FROM entity WHERE id = ?1 UNION SELECT subject FROM life WHERE id = ?1',
    ),
    whole: prepare<WholeRow>(
      database,
      `SELECT history.source, history.deleted, log.at,
        CASE history.deleted WHEN 1 THEN earlier.after ELSE log.after END AS text
      FROM history JOIN log ON log.sequence = history.source
      LEFT JOIN log AS earlier ON earlier.sequence = log.before
      WHERE history.subject = ? AND history.attribute = ${ALL_ATTRIBUTES}`,
    ),
    single: prepare<Row>(database, `${SINGLE} ${ORDER} LIMIT ?`),
    singleOf: prepare<Row>(database, `${SINGLE} AND name.iri = ? ${ORDER} LIMIT ?`),
    source: prepare<{ after: string | null }>(database, 'SELECT after FROM log WHERE sequence = ?'),
  }
}
