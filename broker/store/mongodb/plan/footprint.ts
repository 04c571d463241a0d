import type { Document } from 'mongodb'
import type { AttributeChange } from '../../../core/model/change.ts'
import type { Entity, Instance } from '../../../core/model/entity.ts'
import { DAY, HOUR } from '../../../core/model/time.ts'
import { dayOf } from '../../port/days.ts'
import { entityFields, evolutionFields } from '../layout/entity-fields.ts'
import { INDEXES, type KeptIndex } from '../layout/mongo-indexes.ts'
import { changeRecord, historyChange } from '../log/change-record.ts'
import type { TenantCollections } from '../mongo-documents.ts'
import { dayKey } from '../totals/day-keys.ts'
import { DaySums } from '../totals/sum-up-days.ts'

/** Bytes of one document and of its entries in all indexes, before the server compresses either. */
export interface Bytes {
  readonly document: number
  readonly indexes: number
}

/** What one entity takes, one instance of its history, a day of an attribute with a number an hour, and one change in the log. */
export type Footprint = Readonly<Record<'entities' | 'history' | 'totals' | 'log', Bytes>>

const AT = 1_767_225_600_000_000
const IRI = 'https://thainguyen.gov.vn/ontology/urban/'
/** What an entry of an index has besides its values: where the document lies, and how long they are. */
const ENTRY = 10

/** Measures a station with so many numbers, of which a write changes one, as the store keeps it. */
export function footprint(attributes: number, sizeOf: (document: Document) => number): Footprint {
  const before = station(attributes, AT)
  const next = station(attributes, AT + 60_000_000)
  const [name = ''] = Object.keys(next.attributes)
  const changed: AttributeChange = {
    attribute: name,
    action: 'updated',
    ...of(before, 'before'),
    ...of(next, 'after'),
  }
  const change = { action: 'updated', at: next.modifiedAt, attributes: [changed], members: false } as const
  const unit = {
    collection: 'entity',
    id: next.id,
    expectedVersion: 1,
    next,
    change,
    origin: { by: 'feeds' },
  } as const
  const fields = { version: AT, written: AT, place: AT, changes: [] }
  const entity = { _id: next.id, ...fields, ...entityFields(next), ...evolutionFields(null, unit) }
  const { version, ...written } = changeRecord(unit, AT, JSON.stringify(before))
  const [place] = historyChange({ version, ...written }).places
  const record = { _id: AT, key: `entity ${next.id} ${version}`, text: JSON.stringify(written) }
  const bytes = (collection: keyof TenantCollections, document: Document): Bytes => ({
    document: sizeOf(document),
    indexes: [{ key: { _id: 1 } } as const, ...INDEXES[collection]].reduce(
      (sum, index) => sum + entriesBytes(document, index),
      0,
    ),
  })
  return {
    entities: bytes('entities', entity),
    history: bytes('history', { version, ...place }),
    totals: bytes('totals', dayOfNumbers(next.id, name)),
    log: bytes('log', record),
  }

  function of<M extends 'before' | 'after'>({ attributes: all }: Entity, member: M) {
    const [instance] = all[name] ?? []
    return { [member]: instance } as Record<M, Instance> // the station has it
  }
}

function dayOfNumbers(entity: string, attribute: string): Document {
  const day = dayOf(AT)
  const sums = new DaySums()
  for (let hour = 0; hour < 24; hour++) {
    const time = day * DAY + hour * HOUR
    const [number] = station(1, time).attributes[`${IRI}particulateMatter0`] ?? []
    const text = JSON.stringify({ ...number, value: 20 + hour / 7 })
    const times = { time, observedAt: time, createdAt: time, modifiedAt: time }
    sums.add({ entity, attribute, dataset: '', ...times, text })
  }
  const mark = '00000000-0000-4000-8000-000000000000'
  return { _id: dayKey({ entity, attribute, day }), entity, attribute, mark, ...sums.members() }
}

function station(attributes: number, at: number): Entity {
  const number = (value: number): readonly Instance[] => [
    { kind: 'Property', value, unitCode: 'GQ', observedAt: at, createdAt: AT, modifiedAt: at },
  ]
  const numbers = Array.from({ length: attributes }, (_, n) => [
    `${IRI}particulateMatter${n}`,
    number(20 + n),
  ])
  const location: Instance = {
    kind: 'GeoProperty',
    value: { type: 'Point', coordinates: [105.8442, 21.5942] },
    createdAt: AT,
    modifiedAt: AT,
  }
  return {
    id: 'urn:ngsi-ld:AirQualityObserved:thai-nguyen:station-000001',
    types: [`${IRI}AirQualityObserved`],
    createdAt: AT,
    modifiedAt: at,
    attributes: { ...Object.fromEntries(numbers), 'https://uri.etsi.org/ngsi-ld/location': [location] },
  }
}

/** Of the members of an index one at the most is a list, or several are of the items of one. */
function entriesBytes(document: Document, { key, sparse }: Pick<KeptIndex, 'key' | 'sparse'>): number {
  const members = Object.keys(key).map((path) => valuesAt(document, path.split('.')))
  if (sparse && members.every(({ length }) => length === 0)) return 0
  const entries = Math.max(1, ...members.map(({ length }) => length))
  const all = Array.from({ length: entries }, (_, at) =>
    members.reduce((sum, values) => sum + valueBytes(values[at] ?? values[0]), ENTRY),
  )
  return all.reduce((sum, bytes) => sum + bytes, 0)
}

function valuesAt(value: unknown, [first, ...rest]: readonly string[]): readonly unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item) => valuesAt(item, first === undefined ? [] : [first, ...rest]))
  if (value === undefined) return []
  if (first === undefined) return [value]
  return typeof value === 'object' && value !== null ? valuesAt(Object(value)[first], rest) : []
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2
  return typeof value === 'number' ? 9 : 1
}
