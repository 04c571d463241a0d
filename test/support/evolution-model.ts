import { isUnchanged } from '../../broker/core/merge/settle.ts'
import type { EntityChange } from '../../broker/core/model/change.ts'
import type { Entity, Instance } from '../../broker/core/model/entity.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import { compareText } from '../../broker/core/query/compare-text.ts'
import { canonicalInstance } from '../../broker/store/port/canonical.ts'
import type { EvolutionUnit, InstanceQuery } from '../../broker/store/port/evolution.ts'
import {
  historyEntries,
  idBeside,
  instanceId,
  scopeChange,
} from '../../broker/store/port/history-instances.ts'
import type { PastSelection } from '../../broker/store/port/past-selection.ts'
import type { EntityUnit, HistoryInstance } from '../../broker/store/port/store.ts'

/** One instance as the model keeps it; `time` is that of its place, `carried` the id that it had at another one. */
interface Placed extends Omit<HistoryInstance, 'instanceId'> {
  readonly time: Micros
  readonly carried?: string | undefined
}

/** The history of one entity as plainly as can be: a map of places, scanned for each answer. The judge of the stores. */
export class EvolutionModel {
  readonly #places = new Map<string, Placed>()

  readonly #id: string

  constructor(id: string) {
    this.#id = id
  }

  /** Takes what a unit does. */
  apply(unit: EntityUnit | EvolutionUnit): void {
    if (unit.collection === 'entity') this.#record(unit.change, unit.before, unit.next)
    else this.#evolve(unit)
  }

  /** Answers what `EvolutionStore.instances` has to answer. */
  instances({ attributes, window, order, perAttribute }: InstanceQuery): readonly HistoryInstance[] {
    const names = [...new Set(attributes ?? [...this.#places.values()].map(({ attribute }) => attribute))]
    return names.sort(compareText).flatMap((name) => {
      const rows = [...this.#places.values()].filter((row) => row.attribute === name)
      const keyOf = (row: Placed): number | undefined => {
        if (!window?.property) return row.time
        return window.property === 'createdAt' ? JSON.parse(row.text ?? '').createdAt : row[window.property]
      }
      const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = window ?? {}
      const inside = rows.filter((row) => {
        const key = keyOf(row)
        return key !== undefined && key >= from && key < to
      })
      const sign = order === 'oldest' ? 1 : -1
      inside.sort(
        (left, right) =>
          sign *
          ((keyOf(left) ?? 0) - (keyOf(right) ?? 0) ||
            left.time - right.time ||
            compareText(left.datasetId ?? '', right.datasetId ?? '') ||
            Number(left.deletedAt !== undefined) - Number(right.deletedAt !== undefined)),
      )
      return inside.slice(0, perAttribute).map((row) => this.#told(row))
    })
  }

  /** Removes what is in places before an instant, and answers it. */
  removeBefore(end: Micros): readonly HistoryInstance[] {
    const removed = [...this.#places].filter(([, { time }]) => time < end)
    const told = removed.map(([, row]) => this.#told(row))
    for (const [key] of removed) this.#places.delete(key)
    return told
  }

  #told(row: Placed): HistoryInstance {
    const { time, carried, ...instance } = row
    return { instanceId: this.#idOf(row), ...instance }
  }

  /** The id that belongs to the place, unless it came along with what is there, or went with something else. */
  #idOf({ attribute, datasetId, time, deletedAt, carried }: Placed): string {
    if (carried !== undefined) return carried
    const name = { attribute, ...(datasetId !== undefined && { datasetId }) }
    const all = [...this.#places.values()].flatMap((row) => row.carried ?? [])
    return idBeside(instanceId(this.#id, { ...name, time, deleted: deletedAt !== undefined }), new Set(all))
  }

  #record(change: EntityChange, before: Entity | undefined, after: Entity | undefined): void {
    const scopes = scopeChange(before, after, change.at)
    const attributes = scopes ? [...change.attributes, scopes] : change.attributes
    for (const { place, instance } of historyEntries({ ...change, attributes })) {
      const key = this.#keyOf(place.attribute, place.datasetId, place.time, place.deleted)
      this.#places.set(key, { ...instance, carried: this.#places.get(key)?.carried, time: place.time })
    }
  }

  #evolve({ change }: EvolutionUnit): void {
    if (change.action === 'append') {
      for (const { attribute, instance } of change.instances)
        if (!this.#says(attribute, instance)) this.#put(attribute, instance)
    } else if (change.action === 'delete') this.#places.clear()
    else if (change.action === 'erase') {
      for (const [key, row] of this.#places) if (isSelected(row, change.what)) this.#places.delete(key)
    } else {
      for (const [key, row] of [...this.#places]) {
        if (row.attribute !== change.attribute) continue
        if (change.action === 'deleteAttribute') {
          if (change.all || row.datasetId === change.datasetId) this.#places.delete(key)
        } else if (this.#idOf(row) === change.instanceId) {
          this.#places.delete(key)
          if (change.action === 'replaceInstance') {
            const { createdAt } = JSON.parse(row.text ?? '') as Instance
            this.#put(row.attribute, { ...change.instance, createdAt }, { key, row, id: change.instanceId })
          }
          return
        }
      }
    }
  }

  /** Tells whether the place of an instance says the same already. */
  #says(attribute: string, instance: Instance): boolean {
    const { datasetId, observedAt, modifiedAt } = instance
    const there = this.#places.get(this.#keyOf(attribute, datasetId, observedAt ?? modifiedAt, false))
    return there !== undefined && isUnchanged(JSON.parse(there.text ?? ''), instance)
  }

  #put(
    attribute: string,
    instance: Instance,
    from?: { readonly key: string; readonly row: Placed; readonly id: string },
  ): void {
    const { datasetId, observedAt, modifiedAt } = instance
    const time = observedAt ?? modifiedAt
    const name = { attribute, ...(datasetId !== undefined && { datasetId }) }
    const key = this.#keyOf(attribute, datasetId, time, false)
    const carried = from ? (from.key === key ? from.row.carried : from.id) : this.#places.get(key)?.carried
    this.#places.set(key, {
      carried,
      ...name,
      ...(observedAt !== undefined && { observedAt }),
      modifiedAt,
      text: canonicalInstance(instance),
      time,
    })
  }

  #keyOf(attribute: string, datasetId: string | undefined, time: Micros, deleted: boolean): string {
    return `${attribute} ${datasetId ?? ''} ${time} ${deleted}`
  }
}

function isSelected(row: Placed, { attributes, datasetIds, window }: PastSelection): boolean {
  if (attributes && !attributes.includes(row.attribute)) return false
  if (datasetIds && !datasetIds.includes(row.datasetId ?? '')) return false
  if (!window) return true
  const { property, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = window
  const key = !property
    ? row.time
    : property === 'createdAt'
      ? JSON.parse(row.text ?? '').createdAt
      : row[property]
  return key !== undefined && key >= from && key < to
}
