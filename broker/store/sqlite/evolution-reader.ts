import type { Iri } from '../../core/model/iri.ts'
import type { InstanceQuery } from '../port/evolution.ts'
import { idAt, instanceTime, seriesName } from '../port/history-instances.ts'
import type { HistoryInstance } from '../port/store.ts'
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
    const idOf = idsOf(id, attribute)
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
  const time = places.movedTo(subjects, attribute, instanceId) ?? instanceTime(instanceId)
  if (time === undefined) return undefined
  const window = { from: time, to: time + 1 }
  const idOf = idsOf(id, attribute)
  const range = { window, order: 'oldest', limit: Number.MAX_SAFE_INTEGER } as const
  return places.read(subjects, attribute, range).find((row) => idOf(row) === instanceId)
}

/** Answers the id of each row of an attribute. */
function idsOf(id: string, attribute: Iri): (row: PlacedRow) => string {
  const names = new Map<string, string>()
  return ({ instance, dataset, deleted, time }) => {
    if (instance !== null) return instance
    const series = deleted ? `${dataset} ` : dataset
    let name = names.get(series)
    if (name === undefined) {
      name = seriesName(id, { attribute, datasetId: dataset === '' ? undefined : dataset, deleted })
      names.set(series, name)
    }
    return idAt(time, name)
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
  const { dataset, observed, deleted, time, modified: modifiedAt } = row
  const head = {
    instanceId: idOf(row),
    attribute,
    ...(dataset !== '' && { datasetId: dataset }),
    ...(observed && { observedAt: time }),
    modifiedAt,
    ...(deleted && { deletedAt: time }),
  }
  const instance = plainInstance(row)
  if (!instance) return { ...head, text: textOf(row) }
  return Object.defineProperty({ ...head, instance }, 'text', { enumerable: true, get: () => textOf(row) })
}
