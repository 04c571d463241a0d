import type { Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import { canonicalInstance } from '../../port/canonical.ts'
import type { InstanceQuery } from '../../port/evolution.ts'
import { idAt, idBeside, instanceTime, seriesName } from '../../port/history-instances.ts'
import type { HistoryInstance } from '../../port/store.ts'
import type { HistoryPlaces } from './history-places.ts'
import { type PlacedRow, plainInstance } from './placed-row.ts'

/** Answers the instances of an entity, attribute by attribute, each in the order asked for. */
export function readInstances(
  places: HistoryPlaces,
  id: string,
  { attributes, perAttribute, ...range }: InstanceQuery,
): readonly HistoryInstance[] {
  const subjects = places.subjects(id)
  const names = attributes ? new Set(attributes) : places.attributes(subjects)
  return [...names].flatMap((attribute) => {
    const rows = places.read(subjects, attribute, { ...range, limit: perAttribute })
    const idOf = idsOf(id, attribute, places.moved(subjects, attribute))
    const textOf = (row: PlacedRow): string => places.textOf(row, attribute)
    return rows.map((row) => historyInstance(row, { attribute, textOf, idOf }))
  })
}

/** Answers the row of an instance. */
export function findInstance(
  places: HistoryPlaces,
  id: string,
  { attribute, instanceId }: { readonly attribute: Iri; readonly instanceId: string },
): PlacedRow | undefined {
  const subjects = places.subjects(id)
  const moved = places.moved(subjects, attribute)
  const time = moved.get(instanceId) ?? instanceTime(instanceId)
  if (time === undefined) return undefined
  const window = { from: time, to: time + 1 }
  const idOf = idsOf(id, attribute, moved)
  const range = { window, order: 'oldest', limit: Number.MAX_SAFE_INTEGER } as const
  return places.read(subjects, attribute, range).find((row) => idOf(row) === instanceId)
}

/** Answers the id of each row of an attribute, of which some took theirs along. */
function idsOf(id: string, attribute: Iri, moved: ReadonlyMap<string, Micros>): (row: PlacedRow) => string {
  const carried = new Set(moved.keys())
  const names = new Map<string, string>()
  return ({ instance, dataset, deleted, time }) => {
    if (instance !== null) return instance
    const series = deleted ? `${dataset} ` : dataset
    let name = names.get(series)
    if (name === undefined) {
      name = seriesName(id, { attribute, datasetId: dataset === '' ? undefined : dataset, deleted })
      names.set(series, name)
    }
    return idBeside(idAt(time, name), carried)
  }
}

function historyInstance(
  row: PlacedRow,
  {
    attribute,
    textOf,
    idOf,
  }: { readonly attribute: Iri } & Record<'textOf' | 'idOf', (row: PlacedRow) => string>,
): HistoryInstance {
  const instance = plainInstance(row)
  if (instance) return new PlainNumber(idOf(row), attribute, instance)
  const { dataset, observed, deleted, time, modified: modifiedAt } = row
  return {
    instanceId: idOf(row),
    attribute,
    ...(dataset !== '' && { datasetId: dataset }),
    ...(observed && { observedAt: time }),
    modifiedAt,
    ...(deleted && { deletedAt: time }),
    text: textOf(row),
  }
}

/** There are many of them, and hardly ever is one asked for its text. */
class PlainNumber implements HistoryInstance {
  readonly instanceId: string
  readonly attribute: Iri
  declare readonly datasetId?: string
  declare readonly observedAt?: Micros
  readonly modifiedAt: Micros
  readonly instance: Instance

  constructor(instanceId: string, attribute: Iri, instance: Instance) {
    const { datasetId, observedAt, modifiedAt } = instance
    this.instanceId = instanceId
    this.attribute = attribute
    if (datasetId !== undefined) this.datasetId = datasetId
    if (observedAt !== undefined) this.observedAt = observedAt
    this.modifiedAt = modifiedAt
    this.instance = instance
  }

  get text(): string {
    return canonicalInstance(this.instance)
  }
}
