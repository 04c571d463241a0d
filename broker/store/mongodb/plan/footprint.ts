import type { Document } from 'mongodb'
import type { AttributeChange } from '../../../core/model/change.ts'
import type { Entity, Instance } from '../../../core/model/entity.ts'
import { entityFields, evolutionFields } from '../layout/entity-fields.ts'
import { INDEXES, type KeptIndex } from '../layout/mongo-indexes.ts'
import { changeRecord, historyChange } from '../log/change-record.ts'
import type { TenantCollections } from '../mongo-documents.ts'

/** Bytes of one document and of its entries in all indexes, before the server compresses either. */
export interface Bytes {
  readonly document: number
  readonly indexes: number
}

/** What one entity takes, one instance of its history, and one change of it in the log. */
export type Footprint = Readonly<Record<'entities' | 'history' | 'log', Bytes>>

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
    log: bytes('log', record),
  }

  function of<M extends 'before' | 'after'>({ attributes: all }: Entity, member: M) {
    const [instance] = all[name] ?? []
    return { [member]: instance } as Record<M, Instance> // the station has it
  }
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
