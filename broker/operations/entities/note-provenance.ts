import type { Entity } from '../../core/model/entity.ts'
import { type Copy, suppliersOf } from '../../federation/combine/combine-copies.ts'
import type { StoredEntity } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import type { Supply } from '../provenance.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { look, type Style } from './render-entity.ts'

/** Takes down, for who asked for it, which source supplied each attribute instance that the caller sees of an entity. */
export function noteProvenance(
  { federation, clock }: Pick<ReadDependencies, 'federation' | 'clock'>,
  { provenance, tenant }: Pick<Command, 'provenance' | 'tenant'>,
  { seen, copies, style }: { seen: Entity; copies: readonly Copy[]; style: Style },
): void {
  if (!provenance) return
  const here = { label: federation.alias(tenant), at: clock() }
  const suppliers = suppliersOf(copies)
  const { datasetIds } = style.options
  const supplies: Supply[] = []
  for (const [iri, instances] of Object.entries(seen.attributes)) {
    const name = style.table.compact(iri)
    for (const { datasetId, observedAt, modifiedAt } of instances) {
      if (datasetIds && !datasetIds.includes(datasetId ?? '@none')) continue
      const { label, at } = suppliers.get(iri)?.get(datasetId ?? '')?.answer ?? here
      supplies.push({
        name,
        source: label,
        answeredAt: at,
        ...(datasetId !== undefined && { datasetId }),
        ...(observedAt !== undefined && { observedAt }),
        // a source without system times has told nothing
        ...(modifiedAt > 0 && { modifiedAt }),
      })
    }
  }
  provenance.set(seen.id, supplies)
}

/** Takes down, for who asked for it, that an entity is all this hub's own. */
export function noteOwn(
  dependencies: Pick<ReadDependencies, 'federation' | 'clock'>,
  command: Pick<Command, 'provenance' | 'tenant'>,
  stored: StoredEntity,
  style: Style,
): void {
  if (!command.provenance) return
  const { seen } = look(stored, style.view, dependencies.clock())
  if (seen) noteProvenance(dependencies, command, { seen, copies: [], style })
}
