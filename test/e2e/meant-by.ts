import path from 'node:path'
import { type Feed, loadFeed } from '../../adapters/kit/intake/feed.ts'
import { mapInput } from '../../adapters/kit/intake/map-input.ts'
import { type EntityDocument, instancesOf } from '../../adapters/kit/values/entity-document.ts'
import type { Message } from '../../adapters/simulators/simulator.ts'
import { rowsOf } from '../../adapters/simulators/sql-simulator.ts'
import type { Agency } from '../../adapters/simulators/start-agency.ts'
import type { HistoryInstance } from '../../broker/store/port/store.ts'

/** What messages of a source mean: what history has to have of them, and why some of it has to be in quarantine. */
export interface Meant {
  readonly ids: Set<string>
  /** Values by entity, attribute, dataset and time. */
  readonly observed: Map<string, Set<string>>
  /** Reasons with their texts, one clause each. */
  readonly reasons: Set<string>
  /** Records that are refused, and values that are set aside. */
  faults: number
}

/** Nothing yet. */
export function nothingMeant(): Meant {
  return { ids: new Set(), observed: new Map(), reasons: new Set(), faults: 0 }
}

/** Adds what messages mean by the mapping of their feed alone, which has tests of its own. */
export async function addMeaning(meant: Meant, agency: Agency, messages: readonly Message[]): Promise<void> {
  const feed = await feedOf(agency)
  const receivedAt = new Date().toISOString()
  for (const message of messages) {
    const input = { name: path.basename(message.name), bytes: bytesOf(agency, message), receivedAt }
    const { mapped, refused, notices } = await mapInput(feed, input)
    meant.faults += refused.length + notices.length + mapped.flatMap(({ doubts }) => doubts).length
    for (const { text } of notices) addReasons(meant.reasons, 'unmapped', text)
    for (const { fault } of refused) addReasons(meant.reasons, fault.reason, fault.message)
    for (const { documents, doubts } of mapped) {
      for (const doubt of doubts) addReasons(meant.reasons, 'implausible', doubt)
      for (const document of documents) addDocument(meant, document, receivedAt)
    }
  }
}

/** Adds why something is in quarantine, clause by clause: what is told of several inputs at once is told of each. */
export function addReasons(reasons: Set<string>, reason: string, detail: string): void {
  for (const clause of detail.split('; ')) reasons.add(`${reason}: ${clause}`)
}

/** What is read of a database are rows. */
function bytesOf({ source: { columns } }: Agency, message: Message): Uint8Array {
  if (!columns) return message.bytes
  const rows = rowsOf(message, columns).map((row) =>
    Object.fromEntries(columns.map((column, at) => [column, row[at]])),
  )
  return Buffer.from(JSON.stringify(rows))
}

const feeds = new Map<string, Promise<Feed>>()

function feedOf({ toStart, city }: Agency): Promise<Feed> {
  const key = `${toStart.file} ${city}`
  const feed = feeds.get(key) ?? loadFeed(toStart.file, toStart.variables)
  feeds.set(key, feed)
  return feed
}

function addDocument(meant: Meant, document: EntityDocument, receivedAt: string): void {
  meant.ids.add(document.id)
  for (const { name, instance, observedAt } of instancesOf(document)) {
    // what was observed when it came has no time that could be known before
    if (observedAt === undefined || Date.parse(observedAt) === Date.parse(receivedAt)) continue
    const { datasetId = '' } = instance
    const key = [document.id, lastPart(name), String(datasetId), microseconds(observedAt)].join(' ')
    const values = meant.observed.get(key) ?? new Set()
    meant.observed.set(key, values.add(valueText(instance.value ?? instance.object)))
  }
}

/** Some names are IRIs, whose last part is the name of others. */
function lastPart(name: string): string {
  return /[^/#]+$/.exec(name)?.[0] ?? ''
}

/** The same of what history has. */
export function observedKey(id: string, { attribute, datasetId = '', observedAt }: HistoryInstance): string {
  return [id, lastPart(attribute), datasetId, String(observedAt)].join(' ')
}

/** What is compared of a value: numbers and texts. */
export function valueText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : ''
}

function microseconds(time: string): string {
  const [, seconds = '', fraction = ''] = /^([^.Z]+)(?:\.(\d+))?Z$/.exec(time) ?? []
  return String(Date.parse(`${seconds}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6)))
}
