import type { Federation } from '../../federation/federation.ts'
import type { FederatedTemporal } from '../../federation/temporal/find-evolutions.ts'
import type { EvolutionStore } from '../../store/port/evolution.ts'
import type { Command } from '../command.ts'
import { isPushable } from '../entities/query-entities.ts'
import { type AskedOfEvolutions, displayedAttributes } from './evolution-content.ts'
import { overlayEvolutions } from './overlay-evolutions.ts'

/** How other hubs are asked. */
export type AskedElsewhere = Pick<
  FederatedTemporal,
  'via' | 'headers' | 'parameters' | 'splitEntities' | 'held'
>

/** A read of history; of this hub's alone, unless it says how others are asked. */
export interface TemporalRead extends Command, AskedOfEvolutions {
  readonly elsewhere?: AskedElsewhere
}

/** What a read of history reads. */
export interface SharedHistory {
  readonly store: EvolutionStore
  /** No other hub is asked. */
  readonly alone: boolean
  /** Which registrations told of which evolutions. */
  readonly told: ReadonlyMap<string, ReadonlySet<string>>
  readonly warnings: readonly string[]
}

/** Gathers what other hubs have of the history that is asked for, and lays it over this hub's own. */
export async function readOverSources(
  { store, federation }: { readonly store: EvolutionStore; readonly federation: Federation },
  { elsewhere, ...read }: TemporalRead,
  id?: string,
): Promise<SharedHistory> {
  if (!elsewhere) return { store, alone: true, told: new Map(), warnings: [] }
  const { caller, tenant, table, query, window } = read
  const wanted = displayedAttributes(read.options)
  const { copies, alone, warnings } = await federation.temporal({
    ...elsewhere,
    caller,
    tenant,
    table,
    query,
    pushable: isPushable(query, caller.view(tenant)),
    ...(id !== undefined && { id }),
    ...(window && { window }),
    ...(wanted && { wanted }),
    ...lastOf(read),
  })
  const told = new Map<string, Set<string>>()
  for (const { entity, source } of copies) told.set(entity.id, (told.get(entity.id) ?? new Set()).add(source))
  return { store: copies.length === 0 ? store : overlayEvolutions(store, copies), alone, told, warnings }
}

/** Where instances are still chosen from among them, the last ones at a source need not be those that are wanted. */
function lastOf({ lastN, query, options }: AskedOfEvolutions): Pick<FederatedTemporal, 'lastN'> {
  const { q, geo, scope } = query
  if (lastN === undefined || q || geo || scope || options.datasetIds) return {}
  return { lastN }
}
