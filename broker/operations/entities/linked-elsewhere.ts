import type { Iri } from '../../core/model/iri.ts'
import type { EntitySelector } from '../../core/query/ast.ts'
import type { Copy } from '../../federation/combine/combine-copies.ts'
import type { FederatedCopies } from '../../federation/federation.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'

/** What other hubs have of linked entities. */
export interface LinkedCopies extends Pick<FederatedCopies, 'own' | 'alone' | 'warnings'> {
  readonly byId: ReadonlyMap<string, readonly Copy[]>
}

/** Asks for linked entities by their ids, of each with the types that its relationship names. */
export type LinkedElsewhere = (wanted: ReadonlyMap<string, readonly Iri[]>) => Promise<LinkedCopies>

/**
 * Answers how linked entities are found in other hubs: those whose relationship says of which type they are (`objectType`, CIM
 * 009 v1.9.1, 4.5.23.1), since that says whom to ask. Not for a request that is local.
 */
export function linkedElsewhere(
  { federation }: Pick<ReadDependencies, 'federation'>,
  command: Pick<QueryEntities, 'tenant' | 'caller' | 'table' | 'via' | 'headers' | 'local'>,
): { readonly elsewhere?: LinkedElsewhere } {
  const { tenant, caller, table, via, headers, local } = command
  if (local) return {}
  const elsewhere: LinkedElsewhere = async (wanted) => {
    const { copies, ...answer } = await federation.query({
      ...{ tenant, caller, table, via, ...(headers && { headers }) },
      query: { selectors: selectorsOf(wanted) },
      parameters: new URLSearchParams(),
      limit: wanted.size,
      pushable: true,
      byBody: true,
    })
    const byId = new Map<string, Copy[]>()
    for (const copy of copies) byId.set(copy.entity.id, [...(byId.get(copy.entity.id) ?? []), copy])
    return { ...answer, byId }
  }
  return { elsewhere }
}

function selectorsOf(wanted: ReadonlyMap<string, readonly Iri[]>): readonly EntitySelector[] {
  const groups = new Map<string, { readonly types: readonly Iri[]; readonly ids: string[] }>()
  for (const [id, types] of wanted) {
    const key = types.join(' ')
    const group = groups.get(key) ?? { types, ids: [] }
    groups.set(key, group)
    group.ids.push(id)
  }
  return [...groups.values()].map(({ types, ids }) => ({
    types: { kind: 'or', nodes: types.map((type) => ({ kind: 'type', type }) as const) },
    ids,
  }))
}
